"""The camera's way through the world: path, head, and the view of the current camera."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.render import colormaps, polydata
from l3rocc_studio.render.colormaps import Rgb
from l3rocc_studio.render.shape_painter import Shape
from l3rocc_studio.render.stroke_mesh import SIDES, lit_actor, segments, tube

PATH_RADIUS, HEAD_RADIUS, STROKE_RADIUS = 0.0038, 0.012, 0.0028
FRUSTUM_DEPTH = 0.09
"""Sizes as shares of the scene's radius, so that they look alike in a room and in a valley."""
FRUSTUM_REACH = 3.0 * FRUSTUM_DEPTH
"""No corner of a frustum is farther from its camera, up to a field of view of 140 degrees."""


def frustum_corners(intrinsics: Intrinsics, depth: float) -> NDArray[np.float64]:
    """The four corners (4, 3) of the picture at a depth in the camera frame, from the top left clockwise."""
    k = intrinsics
    left, right = -k.cx_px / k.fx_px, (k.width_px - k.cx_px) / k.fx_px
    top, bottom = -k.cy_px / k.fy_px, (k.height_px - k.cy_px) / k.fy_px
    return depth * np.array([[left, top, 1.0], [right, top, 1.0], [right, bottom, 1.0], [left, bottom, 1.0]])


def frustum_strokes(intrinsics: Intrinsics, depth: float, radius: float) -> vtkPolyData:
    """A camera as strokes: four rays, the picture's frame, and a tick on its upper side."""
    corners = frustum_corners(intrinsics, depth)
    rays = [(np.zeros(3), corner) for corner in corners]
    frame = [(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    middle = (corners[0] + corners[1]) / 2
    peak = middle + 0.22 * (corners[0] - corners[3])
    tick = [(middle + 0.25 * (corners[0] - middle), peak), (middle + 0.25 * (corners[1] - middle), peak)]
    return segments(np.array(rays + frame + tick), radius)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTrajectory:
    """The shapes of a way, made in any thread, for one layer.

    Attributes
    ----------
    trajectory
        Poses in the world.
    path, head, frustum
        Meshes in world units; head and frustum in the camera's frame, the frustum empty where the camera is unknown.
    """

    trajectory: Trajectory
    path: vtkPolyData
    head: vtkPolyData
    frustum: vtkPolyData


def prepare_trajectory(
    trajectory: Trajectory, intrinsics: Intrinsics | None, *, scene_radius: float
) -> PreparedTrajectory:
    """Make the shapes of a way; any thread may do it.

    Parameters
    ----------
    trajectory
        Poses in the world.
    intrinsics
        Gives the frustum its shape; without it there is none.
    scene_radius
        Radius of what the whole picture shows, in world units; sets the thickness of all strokes.
    """
    centres = trajectory.centres_world
    line = centres if len(centres) > 1 else np.repeat(centres, 2, axis=0)
    ball = vtkSphereSource()
    ball.SetRadius(HEAD_RADIUS * scene_radius)
    ball.SetThetaResolution(24)
    ball.SetPhiResolution(24)
    ball.Update()
    sizes = FRUSTUM_DEPTH * scene_radius, STROKE_RADIUS * scene_radius
    return PreparedTrajectory(
        trajectory=trajectory,
        path=tube(line, PATH_RADIUS * scene_radius),
        head=ball.GetOutput(),
        frustum=vtkPolyData() if intrinsics is None else frustum_strokes(intrinsics, *sizes),
    )


class TrajectoryLayer:
    """Draws the path once; a frame change moves the head and the frustum and recolours the path behind it."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._actors: list[vtkActor] = []
        self._trajectory: Trajectory | None = None
        self._future = colormaps.PATH_FUTURE_ON_DARK
        self._camera_scale = 1.0
        self._has_path = self._has_camera = True

    def set_trajectory(self, ready: PreparedTrajectory) -> None:
        """Show another way, as :func:`prepare_trajectory` made it."""
        self.clear()
        self._trajectory = ready.trajectory
        self._path_data = ready.path
        self._path_colors = np.full((ready.path.GetNumberOfPoints(), 4), 255, dtype=np.uint8)
        polydata.set_colors(self._path_data, self._path_colors)
        self._head = lit_actor(ready.head, colormaps.HEAD)
        self._frustum = lit_actor(ready.frustum, colormaps.HEAD)
        self._path = lit_actor(self._path_data, colormaps.PATH_PAST)
        self._actors = [self._path, self._head, self._frustum]
        self._shapes = (
            _shape(ready.frustum, colormaps.HEAD),
            _shape(ready.head, colormaps.HEAD),
            _shape(ready.path, colormaps.PATH_PAST),
        )
        for actor in self._actors:
            self._renderer.AddActor(actor)
        self.set_shown(has_path=self._has_path, has_camera=self._has_camera)
        self.show_frame(0)

    def clear(self) -> None:
        """Show nothing."""
        for actor in self._actors:
            self._renderer.RemoveActor(actor)
        self._actors = []
        self._trajectory = None

    def actors(self) -> list[vtkActor]:
        """Everything that the layer draws, the way first."""
        return list(self._actors)

    def shapes(self, frame_idx: int, *, has_way: bool) -> list[Shape]:
        """What is visible at a frame, with the way or without, for who draws without a graphics library."""
        if self._trajectory is None:
            return []
        pose = self._trajectory.world_from_cam[frame_idx]
        turn, centre = pose[:3, :3], pose[:3, 3]
        frustum, head, way = self._shapes
        shapes = []
        if self._frustum.GetVisibility():
            vertices = frustum.vertices @ (self._camera_scale * turn).T + centre
            shapes.append(replace(frustum, vertices=vertices, normals=frustum.normals @ turn.T))
        if self._head.GetVisibility():
            shapes.append(replace(head, vertices=head.vertices + centre))
        if has_way and self._path.GetVisibility():
            shapes.append(replace(way, colors=self._path_colors[:, :3].astype(np.float64)))
        return shapes

    def set_future_color(self, color: colormaps.Rgb) -> None:
        """Colour of the way still ahead, to suit the background."""
        self._future = color

    def set_shown(self, *, has_path: bool, has_camera: bool) -> None:
        """Show or hide the way with its head, and the present camera's frustum."""
        self._has_path, self._has_camera = has_path, has_camera
        if self._actors:
            self._path.SetVisibility(has_path)
            self._head.SetVisibility(has_path)
            self._frustum.SetVisibility(has_camera)

    def set_camera_scale(self, scale: float) -> None:
        """Size of the frustum over the usual one; takes effect with the next frame."""
        self._camera_scale = scale

    def show_frame(self, frame_idx: int) -> None:
        """Move head and frustum to a frame."""
        if self._trajectory is None:
            return
        world_from_cam = self._trajectory.world_from_cam[frame_idx]
        matrix = vtkMatrix4x4()
        scaled = world_from_cam.copy()
        scaled[:3, :3] *= self._camera_scale
        matrix.DeepCopy(scaled.ravel().tolist())
        self._frustum.SetUserMatrix(matrix)
        self._head.SetPosition(*world_from_cam[:3, 3])
        self.color_way(frame_idx + 1)

    def color_way(self, num_past: int) -> None:
        """Show the first places of the way as passed, the others as still ahead."""
        split = num_past * SIDES
        self._path_colors[:split, :3] = np.round(np.multiply(colormaps.PATH_PAST, 255))
        self._path_colors[split:, :3] = np.round(np.multiply(self._future, 255))
        self._path_data.GetPointData().GetScalars().Modified()


def _shape(data: vtkPolyData, color: Rgb) -> Shape:
    """A mesh in one colour, where it is."""
    num_points = data.GetNumberOfPoints()
    if not num_points:
        nothing = np.zeros((0, 3))
        return Shape(
            vertices=nothing, normals=nothing, triangles=np.zeros((0, 3), np.int32), colors=nothing, shine=color
        )
    return Shape(
        vertices=vtk_to_numpy(data.GetPoints().GetData()).astype(np.float64),
        normals=vtk_to_numpy(data.GetPointData().GetNormals()).astype(np.float64),
        triangles=vtk_to_numpy(data.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32),
        colors=np.tile(255.0 * np.array(color), (num_points, 1)),
        shine=color,
    )
