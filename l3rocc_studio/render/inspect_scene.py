"""An inspected file's points on screen: cubes where they are voxels, a line where they are a path, else dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_engine.inspection import Axes, FramePoints
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render import camera_rig
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.grid_box import GridBox
from l3rocc_studio.render.inspected_points import PreparedPoints
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.scene_frame import FIT_SAMPLE, SceneFrame
from l3rocc_studio.render.stroke_mesh import flat_actor, lit_actor
from l3rocc_studio.render.voxel_layer import VoxelLayer

MIN_DOT_PX, MAX_DOT_PX = 1.5, 12.0
DOT_GROWTH = 2.0
"""Diameter of a dot in usual distances between points; twice, surfaces close: neighbours are no grid."""
STRAYS = 0.1
"""Percent of the points at either end of each axis that the fitted view leaves out."""
DEFAULT_UP = (0.0, -1.0, 0.0)
"""Where nothing else is known: pictures' y points down, and so do the worlds that begin at a camera."""


class InspectScene(Scene):
    """Shows one moment of a file.

    Parameters
    ----------
    axes
        What the file's coordinates refer to.
    grid
        Its egocentric grid, whose box is drawn, where it is known.
    up
        Against gravity, where it is known.
    """

    def __init__(
        self, axes: Axes, *, grid: GridSpec | None = None, up: tuple[float, float, float] | None = None
    ) -> None:
        super().__init__()
        self._axes, self.up = axes, up or DEFAULT_UP
        self._points = FramePoints(points=np.zeros((0, 3), np.float32))
        self._spacing = 0.0
        self._voxels = VoxelLayer(self.renderer)
        self._dots = flat_actor(vtkPolyData(), (1.0, 1.0, 1.0))
        self.renderer.AddActor(self._dots)
        self._path: vtkActor | None = None
        self._box = GridBox(self.renderer, grid, self.background) if grid is not None else None

    def show(self, prepared: PreparedPoints) -> None:
        """Show other points, or the same in other colours."""
        self._points, self._spacing = prepared.points, prepared.spacing
        self._voxels.set_mesh(prepared.mesh)
        self._dots.GetMapper().SetInputData(prepared.dots)
        if self._path is not None:
            self.renderer.RemoveActor(self._path)
        self._path = None if prepared.path is None else lit_actor(prepared.path, prepared.path_color)
        if self._path is not None:
            self.renderer.AddActor(self._path)

    def set_background(self, background: Background) -> None:
        """Change the background and the box's lines with it."""
        super().set_background(background)
        if self._box is not None:
            self._box.set_background(background)

    def show_frame(self, frame_idx: int) -> None:
        """Moments come through :meth:`show`."""

    def fit(self) -> None:
        """Look at everything: from behind the camera for camera axes, else obliquely from above."""
        low, high = self._bounds()
        if self._axes is Axes.CAMERA:
            self.set_camera_pose(camera_rig.behind_camera(low, high, aspect=self.aspect))
        else:
            self.set_camera_pose(self._from_above(low, high))

    @property
    def size(self) -> float:
        """Diagonal of the box around what is shown, without strays."""
        low, high = self._bounds()
        return float(np.linalg.norm(high - low))

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The box around the points, without strays; never flat."""
        points = self._points.points
        if not len(points):
            return np.full(3, -1.0), np.full(3, 1.0)
        sample = points[:: max(1, len(points) // FIT_SAMPLE)].astype(np.float64)
        low, high = np.percentile(sample, STRAYS, axis=0), np.percentile(sample, 100 - STRAYS, axis=0)
        size = float(np.linalg.norm(high - low))
        flat = (high - low) < 1e-3 * size if size > 0 else np.ones(3, bool)
        grown = np.where(flat, 0.01 * size or 0.5, 0.0)
        return low - grown, high + grown

    def _from_above(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> CameraPose:
        up = np.array(self.up) / np.linalg.norm(self.up)
        middle = (low + high) / 2
        path = self._points.points[self._points.is_path()].astype(np.float64)
        # Seen from where the camera was, or else so that the longer side lies across the picture.
        ahead = middle - path.mean(axis=0) if len(path) else np.eye(3)[int(np.argmin(high - low + 1e9 * np.abs(up)))]
        ahead = ahead - (ahead @ up) * up
        if np.linalg.norm(ahead) < 1e-6:
            ahead = np.eye(3)[int(np.argmin(np.abs(up)))]
            ahead = ahead - (ahead @ up) * up
        corners = camera_rig.box_corners(low, high)
        scene = SceneFrame(
            points=corners,
            outline=corners,
            centres=path if len(path) else middle[None],
            up=up,
            heading=ahead / np.linalg.norm(ahead),
            radius=float(np.linalg.norm(high - low) / 2),
            low=low,
            high=high,
        )
        return camera_rig.gods_eye(scene, aspect=self.aspect)

    def _before_drawing(self) -> None:
        if self._box is not None:
            self._box.face_viewer()
        camera = self.renderer.GetActiveCamera()
        distance = 1.0 if camera.GetParallelProjection() else max(camera.GetDistance(), 1e-9)
        size_px = DOT_GROWTH * self._spacing * self._px_per_unit() / distance
        self._dots.GetProperty().SetPointSize(float(np.clip(size_px, MIN_DOT_PX, MAX_DOT_PX)))
