"""Pictures of a scene without a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.scene import Scene


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

    def _render(self) -> None:
        self._window.Render()

    def close(self) -> None:
        """Free the window; the scene can be shown elsewhere."""
        self._window.RemoveRenderer(self._scene.renderer)
        self._window.Finalize()

    def __enter__(self) -> OffscreenView:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def draw_scene(scene: Scene, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """One picture of a scene, (H, W, 3) uint8 RGB."""
    with OffscreenView(scene, width_px, height_px) as view:
        return view.draw()
