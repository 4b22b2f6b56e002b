"""Pictures with their depths, drawn off screen, and what depths make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray

from l3rocc_studio.render.depth_shading import Lens, shade_by_depth, to_distances
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.overlay import overlay_by_depth, veil_by_depth
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.voxel_painter import Eye


@dataclass(slots=True, kw_only=True)
class DepthPicture:
    """A picture that can be shaded and put over others; it is changed in place.

    Attributes
    ----------
    color
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity.
    depth
        (H, W) float32 in [0, 1]; 1 where nothing was drawn.
    """

    color: NDArray[np.uint8]
    depth: NDArray[np.float32]

    def copy(self) -> DepthPicture:
        """The same, to be changed apart."""
        return DepthPicture(color=self.color.copy(), depth=self.depth.copy())

    def veil(self, other: DepthPicture, opacity: float, lens: Lens, reach: float) -> None:
        """Lay a translucent picture of the same view over it, but not farther before something than ``reach``."""
        veil_by_depth(self.color, self.depth, other.color, other.depth, opacity, (lens.near, lens.far), reach)

    def shade(self, lens: Lens, radius: float, step: int) -> None:
        """Darken hollows and what lies behind edges."""
        shade_by_depth(self.color, to_distances(self.depth, lens), lens, radius, step)

    def under(self, other: DepthPicture) -> NDArray[np.uint8]:
        """The nearer of both at each pixel."""
        return overlay_by_depth(self.color, self.depth, other.color, other.depth)


class DepthView(OffscreenView):
    """Draws one scene into memory together with its depths.

    Parameters
    ----------
    scene, width_px, height_px
        As for :class:`OffscreenView`.
    is_clear
        Whether pictures are RGBA, clear where nothing was drawn.
    """

    def __init__(self, scene: Scene, width_px: int, height_px: int, *, is_clear: bool) -> None:
        super().__init__(scene, width_px, height_px)
        self._is_clear = is_clear
        self._depth = vtkFloatArray()

    def draw_with_depth(self) -> DepthPicture:
        """The scene as it is."""
        color = self.draw()
        width_px, height_px = self._window.GetSize()
        self._window.GetZbufferData(0, 0, width_px - 1, height_px - 1, self._depth)
        depth = np.ascontiguousarray(vtk_to_numpy(self._depth).reshape(height_px, width_px)[::-1])
        if self._is_clear:
            cover = np.where(depth < 1.0, np.uint8(255), np.uint8(0))
            color = np.dstack([color * (cover[..., None] > 0), cover])
        return DepthPicture(color=color, depth=depth)

    def lens(self) -> Lens:
        """How the depths of the last picture turn into distances."""
        camera = self._scene.renderer.GetActiveCamera()
        near, far = camera.GetClippingRange()
        half_angle = np.radians(camera.GetViewAngle() / 2)
        return Lens(near=near, far=far, focal_px=float(self._window.GetSize()[1] / (2 * np.tan(half_angle))))

    def eye(self, near: float) -> Eye:
        """The camera, for :func:`paint_voxels`, which draws nothing nearer than ``near``."""
        camera = self._scene.renderer.GetActiveCamera()
        forward = np.array(camera.GetDirectionOfProjection())
        right = np.cross(forward, camera.GetViewUp())
        right /= np.linalg.norm(right)
        return Eye(
            position=np.array(camera.GetPosition()),
            axes=np.stack([right, np.cross(forward, right), forward]),
            focal_px=self.lens().focal_px,
            near=near,
        )


def with_plain_opacity(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colours as they are where the picture is clear in part, not multiplied by opacity; RGB stays as it is."""
    if picture.shape[2] == 3:
        return picture
    cover = picture[..., 3:].astype(np.float32) / 255.0
    plain = picture.copy()
    plain[..., :3] = np.rint(np.minimum(picture[..., :3] / np.maximum(cover, 1e-6), 255.0))
    return plain
