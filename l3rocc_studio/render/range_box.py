"""The box of the range with a handle on each face, around the current camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_engine.occupancy.grid import Range
from l3rocc_studio.render.camera_rig import box_corners
from l3rocc_studio.render.colormaps import Rgb, rgb_from_hex
from l3rocc_studio.render.face_drag import FaceDrag, along_axis, face_centres
from l3rocc_studio.render.projection import project, ray_through
from l3rocc_studio.render.stroke_mesh import flat_actor, tube

BOX: Rgb = rgb_from_hex("#f2a541")
GRIPPED: Rgb = rgb_from_hex("#ffe0ad")
HANDLE_RADIUS_PX = 7.0
GRIP_RADIUS_PX = 14.0
STROKE_RADIUS_PX = 0.9
"""Half the thickness of the edges at the distance of the box's middle."""
_ON_TOP = "//VTK::PositionVC::Impl\n  gl_Position.z = 0.02 * gl_Position.z - 0.98 * gl_Position.w;\n"
"""Handles are drawn before everything else, so that no wall hides what can be gripped."""


class RangeBox:
    """Hidden until it is made visible; the host asks :meth:`face_at` and drags with :meth:`grip` and :meth:`drag`.

    Parameters
    ----------
    renderer
        The renderer to draw into.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._range: Range = (-1.0, -1.0, -1.0, 1.0, 1.0, 1.0)
        self._voxel_size = 0.02
        self._pose = np.eye(4)
        self._is_visible = False
        self._drag: FaceDrag | None = None
        strokes = [tube(np.eye(3)[[axis]] * [[0.0], [1.0]], 1.0) for axis in range(3)]
        # One stroke an axis, stretched into place: a drag moves actors and makes no shapes.
        self._frame = [flat_actor(strokes[axis], BOX) for axis in range(3) for _ in range(4)]
        ball = vtkSphereSource()
        ball.SetRadius(1.0)
        ball.SetThetaResolution(16)
        ball.SetPhiResolution(12)
        ball.Update()
        self._handles = [_handle(ball.GetOutput()) for _ in range(6)]
        for actor in self.actors():
            actor.SetVisibility(False)
            renderer.AddActor(actor)
        self._shape()

    @property
    def is_visible(self) -> bool:
        """Whether it is shown and can be gripped."""
        return self._is_visible

    @property
    def pc_range(self) -> Range:
        """The box, in the camera's frame."""
        return self._range

    @property
    def reach(self) -> float:
        """Distance of its farthest corner from the camera; 0 while it is hidden."""
        farthest = np.abs(np.reshape(self._range, (2, 3))).max(axis=0)
        return float(np.linalg.norm(farthest)) if self._is_visible else 0.0

    def corners_along(self, world_from_cam: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its corners around each of some cameras, (T, 4, 4) -> (8 T, 3) float64, world; none while it is hidden."""
        if not self._is_visible:
            return np.zeros((0, 3))
        low, high = np.reshape(self._range, (2, 3))
        world = box_corners(low, high) @ world_from_cam[:, :3, :3].transpose(0, 2, 1) + world_from_cam[:, None, :3, 3]
        return np.asarray(world.reshape(-1, 3), dtype=np.float64)

    def actors(self) -> list[vtkActor]:
        """Everything that is drawn."""
        return [*self._frame, *self._handles]

    def set_visible(self, *, is_visible: bool) -> None:
        """Show or hide it."""
        self._is_visible = is_visible
        for actor in self.actors():
            actor.SetVisibility(is_visible)

    def set_range(self, pc_range: Range, voxel_size: float) -> None:
        """Show another box; faces snap to whole voxels."""
        if (pc_range, voxel_size) != (self._range, self._voxel_size):
            self._range, self._voxel_size = pc_range, voxel_size
            self._shape()

    def set_pose(self, world_from_cam: NDArray[np.float64]) -> None:
        """Attach it to a camera, (4, 4) float64."""
        self._pose = world_from_cam
        matrix = vtkMatrix4x4()
        matrix.DeepCopy(world_from_cam.ravel().tolist())
        for actor in self.actors():
            actor.SetUserMatrix(matrix)

    def update_view(self, px_per_unit: float) -> None:
        """Keep handles and edges readable wherever they are; call it before each drawing."""
        if not self._is_visible:
            return
        _, depths = project(self._renderer, self._centres_world())
        is_flat = self._renderer.GetActiveCamera().GetParallelProjection()
        units_per_px = np.ones(6) / px_per_unit if is_flat else np.maximum(depths, 1e-6) / px_per_unit
        for handle, unit in zip(self._handles, units_per_px, strict=True):
            handle.SetScale(HANDLE_RADIUS_PX * float(unit))
        self._set_stroke(STROKE_RADIUS_PX * float(units_per_px.mean()))

    def _set_stroke(self, radius: float) -> None:
        """Stretch the edges to the box, with a thickness."""
        lengths = np.subtract(self._range[3:], self._range[:3])
        for number, actor in enumerate(self._frame):
            scale = np.full(3, radius)
            scale[number // 4] = lengths[number // 4]
            actor.SetScale(*scale)

    def face_at(self, x_px: float, y_px: float) -> int | None:
        """The face whose handle is at a pixel, or None."""
        if not self._is_visible:
            return None
        pixels, depths = project(self._renderer, self._centres_world())
        distance = np.linalg.norm(pixels - (x_px, y_px), axis=1)
        near = np.flatnonzero((distance <= GRIP_RADIUS_PX) & (depths > 0))
        return int(near[distance[near].argmin()]) if len(near) else None

    def highlight(self, face: int | None) -> None:
        """Make one handle stand out."""
        for number, handle in enumerate(self._handles):
            handle.GetProperty().SetColor(*(GRIPPED if number == face else BOX))

    def grip(self, face: int, x_px: float, y_px: float) -> None:
        """Begin to drag a face from a pixel."""
        at = along_axis(self._range, face, *self._ray(x_px, y_px))
        gripped_at = self._range[face] if at is None else at
        self._drag = FaceDrag(face=face, pc_range=self._range, voxel_size=self._voxel_size, gripped_at=gripped_at)
        self.highlight(face)

    def drag(self, x_px: float, y_px: float) -> Range:
        """The box when the mouse is at a pixel; the caller decides and hands it to :meth:`set_range`."""
        moved = None if self._drag is None else self._drag.moved(*self._ray(x_px, y_px))
        return self._range if moved is None else moved

    def let_go(self) -> None:
        """End the drag."""
        self._drag = None
        self.highlight(None)

    def _ray(self, x_px: float, y_px: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The line of sight in the camera's frame."""
        start, direction = ray_through(self._renderer, x_px, y_px)
        rotation, centre = self._pose[:3, :3], self._pose[:3, 3]
        return rotation.T @ (start - centre), rotation.T @ direction

    def _centres_world(self) -> NDArray[np.float64]:
        return face_centres(self._range) @ self._pose[:3, :3].T + self._pose[:3, 3]

    def _shape(self) -> None:
        low, high = np.array(self._range[:3]), np.array(self._range[3:])
        for number, actor in enumerate(self._frame):
            axis, (second, third) = number // 4, divmod(number % 4, 2)
            place = low.copy()
            place[(axis + 1) % 3] = (low, high)[second][(axis + 1) % 3]
            place[(axis + 2) % 3] = (low, high)[third][(axis + 2) % 3]
            actor.SetPosition(*place)
        for handle, centre in zip(self._handles, face_centres(self._range), strict=True):
            handle.SetPosition(*centre)


def _handle(ball: vtkPolyData) -> vtkActor:
    actor = flat_actor(ball, BOX)
    actor.GetShaderProperty().AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _ON_TOP, False)
    return actor
