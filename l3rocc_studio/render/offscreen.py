"""Pictures of a scene without a window."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.scene import Scene

SUPERSAMPLING = 2
"""Transparent pictures are drawn so many times wider and higher."""
MAX_SUPERSAMPLED_PX = 4_000_000
"""Pixels of a picture up to which that is worth its time."""


class OffscreenView:
    """Draws one scene into memory; use it as a context manager.

    Parameters
    ----------
    scene
        Must not be in another window.
    width_px, height_px
        Size of the pictures.

    Raises
    ------
    OutputError
        If nothing on this machine can draw.
    """

    def __init__(self, scene: Scene, width_px: int, height_px: int) -> None:
        prepare_drawing()
        self._scene = scene
        self._window = vtkRenderWindow()
        self._window.SetOffScreenRendering(True)
        self._window.SetMultiSamples(0)
        self._window.SetSize(width_px, height_px)
        self._window.AddRenderer(scene.renderer)
        self._pixels = vtkUnsignedCharArray()

    def draw(self) -> NDArray[np.uint8]:
        """One picture of the scene as it is, (H, W, 3) uint8 RGB."""
        self._render()
        width_px, height_px = self._window.GetSize()
        self._window.GetPixelData(0, 0, width_px - 1, height_px - 1, False, self._pixels, 0)
        upside_down = vtk_to_numpy(self._pixels).reshape(height_px, width_px, 3)
        return np.ascontiguousarray(upside_down[::-1])

    def draw_transparent(self) -> NDArray[np.uint8]:
        """One picture of the scene with nothing behind it, (H, W, 4) uint8 RGBA, not premultiplied.

        Drawn twice as large and brought down, so that borders are soft in opacity and do not take the background's
        colour on; a picture of many pixels needs no such care.
        """
        width_px, height_px = self._window.GetSize()
        factor = SUPERSAMPLING if width_px * height_px <= MAX_SUPERSAMPLED_PX else 1
        self._window.SetSize(factor * width_px, factor * height_px)
        self._window.SetAlphaBitPlanes(True)
        with self._scene.without_background():
            self._render()
            large_width_px, large_height_px = self._window.GetSize()
            self._window.GetRGBACharPixelData(0, 0, large_width_px - 1, large_height_px - 1, 0, self._pixels, 0)
        upside_down = vtk_to_numpy(self._pixels).reshape(large_height_px, large_width_px, 4)
        picture = _brought_down(upside_down[::-1], factor)
        self._window.SetSize(width_px, height_px)
        return picture

    def _render(self) -> None:
        self._window.Render()

    def close(self) -> None:
        """Free the window; the scene can be shown elsewhere."""
        self._window.RemoveRenderer(self._scene.renderer)
        self._window.Finalize()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _brought_down(picture: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """RGBA (factor * H, factor * W, 4) averaged to (H, W, 4), colours weighted by their opacity."""
    height_px, width_px = picture.shape[0] // factor, picture.shape[1] // factor
    total = np.zeros((height_px, width_px, 3), dtype=np.uint32)
    cover = np.zeros((height_px, width_px), dtype=np.uint32)
    for row in range(factor):
        for col in range(factor):
            part = picture[row::factor, col::factor]
            opacity = part[..., 3].astype(np.uint32)
            total += part[..., :3] * opacity[..., None]
            cover += opacity
    result = np.empty((height_px, width_px, 4), dtype=np.uint8)
    result[..., :3] = (total + cover[..., None] // 2) // np.maximum(cover, 1)[..., None]
    result[..., 3] = (cover + factor**2 // 2) // factor**2
    return result
