"""The cameras of all keyframes, as hairline frustums that can be clicked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_engine.geometry.se3 import transform
from l3rocc_studio.render.colormaps import Rgb
from l3rocc_studio.render.projection import project
from l3rocc_studio.render.stroke_mesh import line_actor

CLICK_REACH_PX = 14.0
KEYFRAME_SHARE = 0.6
"""Size over that of the current camera's frustum."""
_LINES = np.array([[0, 1], [0, 2], [0, 3], [0, 4], [1, 2], [2, 3], [3, 4], [4, 1], [1, 5], [2, 5]])


class KeyframeLayer:
    """Draws every keyframe's camera with one actor.

    Parameters
    ----------
    renderer
        The renderer to draw into.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._frames: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._poses = np.zeros((0, 4, 4))
        self._corners = np.zeros((4, 3))
        self._scale = 1.0
        self._color: Rgb = (1.0, 1.0, 1.0)
        self._is_visible = False
        self._actor: vtkActor | None = None

    def set_keyframes(
        self, frames: NDArray[np.integer], poses: NDArray[np.float64], corners: NDArray[np.float64]
    ) -> None:
        """Show other cameras.

        Parameters
        ----------
        frames
            (K,) source frames.
        poses
            (K, 4, 4) ``world_from_cam``.
        corners
            (4, 3) corners of the picture in the camera's frame, from the top left clockwise.
        """
        self._frames, self._poses, self._corners = np.asarray(frames, dtype=np.int64), poses, corners
        self._shape()

    def set_scale(self, scale: float) -> None:
        """Size over the usual one."""
        if scale != self._scale:
            self._scale = scale
            self._shape()

    def set_color(self, color: Rgb) -> None:
        """To suit the background."""
        self._color = color
        if self._actor is not None:
            self._actor.GetProperty().SetColor(*color)

    def set_visible(self, *, is_visible: bool) -> None:
        """Show or hide the cameras; hidden ones cannot be clicked."""
        self._is_visible = is_visible
        if self._actor is not None:
            self._actor.SetVisibility(is_visible)

    def actors(self) -> list[vtkActor]:
        """Everything that the layer draws."""
        return [] if self._actor is None else [self._actor]

    def frame_at(self, x_px: float, y_px: float) -> int | None:
        """The keyframe whose camera stands nearest to a pixel, if it is near enough to be meant."""
        if not self._is_visible or not len(self._frames):
            return None
        pixels, depth = project(self._renderer, self._poses[:, :3, 3])
        distance = np.where(depth > 0, np.linalg.norm(pixels - (x_px, y_px), axis=1), np.inf)
        nearest = int(distance.argmin())
        return int(self._frames[nearest]) if distance[nearest] <= CLICK_REACH_PX else None

    def _shape(self) -> None:
        for actor in self.actors():
            self._renderer.RemoveActor(actor)
        self._actor = None
        if not len(self._frames):
            return
        shape = KEYFRAME_SHARE * self._scale * _camera_points(self._corners)
        points = np.concatenate([transform(pose, shape) for pose in self._poses]).astype(np.float32)
        starts = np.arange(len(self._poses))[:, None, None] * len(shape)
        self._actor, _ = line_actor(points, (starts + _LINES).reshape(-1, 2))
        self._actor.GetProperty().SetColor(*self._color)
        self._actor.SetVisibility(self._is_visible)
        self._renderer.AddActor(self._actor)


def _camera_points(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apex, corners, and the tip of a tick on the upper side: (6, 3)."""
    tip = (corners[0] + corners[1]) / 2 + 0.22 * (corners[0] - corners[3])
    return np.vstack([np.zeros((1, 3)), corners, tip])
