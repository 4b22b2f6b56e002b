"""An inspected file's points on screen: cubes where they are voxels, a line where they are a path, else dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from l3rocc_engine.inspection import Axes, FramePoints, Lattice
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.model.point_coloring import Coloring, available_colorings
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render import camera_rig, polydata
from l3rocc_studio.render.colormaps import HEAD, Background
from l3rocc_studio.render.grid_box import GridBox
from l3rocc_studio.render.point_colors import Legend, color_points
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.stroke_mesh import lit_actor, tube
from l3rocc_studio.render.voxel_layer import VoxelLayer
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh

MAX_CELLS = 5e8
"""Cells of the box around the voxels beyond which they are drawn as dots: a cube's neighbours are looked up in it."""
SPACING_SAMPLE = 2000
MIN_DOT_PX, MAX_DOT_PX = 1.5, 12.0
PATH_RADIUS = 0.003
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
        self._axes, self._grid, self._up = axes, grid, up or DEFAULT_UP
        self._points = FramePoints(points=np.zeros((0, 3), np.float32))
        self._coloring: Coloring | None = None
        self.legend = Legend()
        self._voxels = VoxelLayer(self.renderer)
        self._dots, self._dots_data = _dots_actor()
        self.renderer.AddActor(self._dots)
        self._path: vtkActor | None = None
        self._spacing = 0.0
        self._box = GridBox(self.renderer, grid, self.background) if grid is not None else None

    @property
    def points(self) -> FramePoints:
        """What is shown."""
        return self._points

    @property
    def colorings(self) -> tuple[Coloring, ...]:
        """What the points can be coloured by."""
        return available_colorings(self._points, self._axes)

    @property
    def coloring(self) -> Coloring:
        """What they are coloured by: what was asked for if it can be, else the most telling."""
        available = self.colorings
        return self._coloring if self._coloring in available else available[0]

    def set_coloring(self, coloring: Coloring | None) -> None:
        """Colour by something else; None takes the most telling."""
        self._coloring = coloring
        self._draw()

    def set_points(self, points: FramePoints) -> None:
        """Show other points."""
        self._points = points
        self._draw()

    def set_background(self, background: Background) -> None:
        """Change the background and the box's lines with it."""
        super().set_background(background)
        if self._box is not None:
            self._box.set_background(background)

    def show_frame(self, frame_idx: int) -> None:
        """Moments are set by :meth:`set_points`."""

    def fit(self) -> None:
        """Look at everything: from behind the camera for camera axes, else obliquely from above."""
        points = self._points.points
        if not len(points):
            low, high = np.full(3, -1.0), np.full(3, 1.0)
        else:
            low, high = np.percentile(points[:: max(1, len(points) // camera_rig.FIT_SAMPLE)], (1, 99), axis=0)
        if np.linalg.norm(high - low) < 1e-9:
            low, high = low - 0.5, high + 0.5
        if self._axes is Axes.CAMERA:
            self.set_camera_pose(camera_rig.behind_camera(low, high, aspect=self.aspect))
        else:
            self.set_camera_pose(self._from_above(low, high))

    def close(self) -> None:
        """Let go of everything in VTK."""
        self._path = None
        super().close()

    def _from_above(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> CameraPose:
        up = np.array(self._up) / np.linalg.norm(self._up)
        middle = (low + high) / 2
        path = self._points.points[self._points.is_path()].astype(np.float64)
        # Seen from where the camera was, or else so that the longer side lies across the picture.
        ahead = middle - path.mean(axis=0) if len(path) else np.eye(3)[int(np.argmin(high - low + 1e9 * np.abs(up)))]
        ahead = ahead - (ahead @ up) * up
        if np.linalg.norm(ahead) < 1e-6:
            ahead = np.eye(3)[int(np.argmin(np.abs(up)))]
            ahead = ahead - (ahead @ up) * up
        picks = np.array([[i >> k & 1 for k in range(3)] for i in range(8)])
        corners = np.where(picks, high, low)
        scene = camera_rig.SceneFrame(
            points=corners,
            centres=path if len(path) else middle[None],
            up=up,
            heading=ahead / np.linalg.norm(ahead),
            radius=float(np.linalg.norm(high - low) / 2),
            low=low,
            high=high,
        )
        return camera_rig.gods_eye(scene, aspect=self.aspect)

    def _draw(self) -> None:
        colors, self.legend = color_points(self._points, self.coloring, self._up)
        voxels, path = self._points.is_voxel(), self._points.is_path()
        mesh = None
        if self._points.lattice is not None and voxels.any():
            mesh = _voxel_mesh(self._points.points[voxels], colors[voxels], self._points.lattice, self._up)
        self._voxels.set_mesh(mesh)
        dots = ~path if mesh is None else ~(voxels | path)
        self._set_dots(self._points.points[dots], colors[dots])
        self._set_path(self._points.points[path])

    def _set_dots(self, points: NDArray[np.float32], colors: NDArray[np.uint8]) -> None:
        data = vtkPolyData()
        if len(points):
            polydata.set_points(data, points)
            polydata.set_colors(data, polydata.rgba(colors))
            data.SetVerts(polydata.cells(np.arange(len(points), dtype=np.int32), 1))
        self._dots_data = data
        self._dots.GetMapper().SetInputData(data)
        self._spacing = _spacing(points)

    def _set_path(self, points: NDArray[np.float32]) -> None:
        if self._path is not None:
            self.renderer.RemoveActor(self._path)
            self._path = None
        if len(points) > 1:
            everything = self._points.points
            size = float(np.linalg.norm(np.ptp(everything, axis=0))) or 1.0
            self._path = lit_actor(tube(points, PATH_RADIUS * size), HEAD)
            self.renderer.AddActor(self._path)

    def _before_drawing(self) -> None:
        if self._box is not None:
            self._box.face_viewer()
        camera = self.renderer.GetActiveCamera()
        distance = 1.0 if camera.GetParallelProjection() else max(camera.GetDistance(), 1e-9)
        size_px = 1.4 * self._spacing * self._px_per_unit() / distance
        self._dots.GetProperty().SetPointSize(float(np.clip(size_px, MIN_DOT_PX, MAX_DOT_PX)))


def _dots_actor() -> tuple[vtkActor, vtkPolyData]:
    data = vtkPolyData()
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    actor.PickableOff()
    return actor, data


def _spacing(points: NDArray[np.float32]) -> float:
    """Usual distance between neighbouring points."""
    if len(points) < 2:
        return 0.0
    tree = cKDTree(points)
    sample = points[:: max(1, len(points) // SPACING_SAMPLE)]
    distance, _ = tree.query(sample, k=2)
    return float(np.median(distance[:, 1]))


def _voxel_mesh(
    centres: NDArray[np.float32], colors: NDArray[np.uint8], lattice: Lattice, up: tuple[float, float, float]
) -> VoxelMesh | None:
    """Cubes of the cells that the centres lie in; None if the box around them has too many cells."""
    origin = np.array(lattice.origin)
    cells = np.rint((centres.astype(np.float64) - origin) / lattice.cell_size - 0.5).astype(np.int64)
    low = cells.min(axis=0)
    x, y, z = (int(n) for n in np.ptp(cells, axis=0) + 1)
    if float(x) * y * z > MAX_CELLS:
        return None
    i, j, k = (cells - low).T
    flat, rows = np.unique((i * y + j) * z + k, return_index=True)
    mesh = build_voxel_mesh(
        flat,
        (x, y, z),
        origin=origin + low * lattice.cell_size,
        voxel_size=lattice.cell_size,
        palettes=np.ones((1, z, 3), dtype=np.float32),
        layer_axis=2,
        face_shade=_face_shade(up),
    )
    shade = mesh.colors[:, :3].astype(np.float32) / 255.0
    own = np.repeat(colors[rows][mesh.owners], 4, axis=0)
    mesh.colors[:, :3] = np.rint(shade * own).astype(np.uint8)
    return mesh


def _face_shade(up: tuple[float, float, float]) -> NDArray[np.float32]:
    """Brightness of the faces -x, +x, -y, +y, -z, +z: light from above, and sides that can be told apart."""
    normals = np.repeat(np.eye(3), 2, axis=0) * np.array([-1.0, 1.0] * 3)[:, None]
    towards = np.array(up) / np.linalg.norm(up)
    light = towards + np.array([-0.25, 0.0, -0.35]) * (1 - np.abs(towards))
    shade: NDArray[np.float32] = (0.82 + 0.18 * normals @ light).astype(np.float32)
    return np.clip(shade, 0.0, 1.0)
