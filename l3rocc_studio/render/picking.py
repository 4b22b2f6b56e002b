"""What lies under a pixel: the visible point of a cloud, or the first voxel along a line of sight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.point_levels import FACING, PreparedCloud
from l3rocc_studio.render.point_style import BACK_COSINE, MIN_SPLAT_PX, most_splat_px
from l3rocc_studio.render.projection import clip_from_world, line_of_sight

REACH_PX = 9.0
"""A point this near to the pointer is taken where none lies right under it."""
SAME_SURFACE = 2.0
"""Points less than this many splats behind the nearest one belong to the same surface."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PickView:
    """How a scene is looked at, and where the pointer is.

    Attributes
    ----------
    clip_from_world
        (4, 4) float64.
    size_px
        Width and height of the picture.
    pixel
        The pointer, from the lower left corner.
    eye, forward
        (3,) place of the camera, and unit direction that it looks in.
    px_per_unit
        Height in pixels of one unit at distance one, or of one unit anywhere in a parallel projection.
    is_parallel
        Whether lines of sight do not meet.
    """

    clip_from_world: FloatArray
    size_px: tuple[int, int]
    pixel: tuple[float, float]
    eye: FloatArray
    forward: FloatArray
    px_per_unit: float
    is_parallel: bool = False


def pick_view(renderer: vtkRenderer, x_px: float, y_px: float) -> PickView:
    """How a renderer looks at its scene now, with the pointer at a pixel."""
    camera, (width_px, height_px) = renderer.GetActiveCamera(), renderer.GetSize()
    is_parallel = bool(camera.GetParallelProjection())
    half = camera.GetParallelScale() if is_parallel else np.tan(np.radians(camera.GetViewAngle() / 2))
    return PickView(
        clip_from_world=clip_from_world(renderer),
        size_px=(max(width_px, 1), max(height_px, 1)),
        pixel=(x_px, y_px),
        eye=np.array(camera.GetPosition()),
        forward=np.array(camera.GetDirectionOfProjection()),
        px_per_unit=float(height_px / (2 * half)),
        is_parallel=is_parallel,
    )


def sight_line(view: PickView) -> tuple[FloatArray, FloatArray]:
    """Start (3,) and unit direction (3,) of the line of sight through the pixel."""
    return line_of_sight(view.clip_from_world, view.size_px, view.pixel)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickableCloud:
    """The points of a cloud as they are drawn in full detail.

    Attributes
    ----------
    points
        (N, 3) float32, world, in order of the cloud.
    facing
        (N, 3) float32 normals towards the camera that saw them, zero where unknown.
    splat
        Diameter of a drawn point, world units.
    """

    points: NDArray[np.float32]
    facing: NDArray[np.float32]
    splat: float


def pickable(cloud: PointCloud, prepared: PreparedCloud) -> PickableCloud | None:
    """Make a cloud ready to be picked from; any thread may do it. None for an empty cloud."""
    level = prepared.levels.get(Detail.FULL)
    if level is None:
        return None
    # The chunks hold the points in order of the frame that saw them first.
    order = np.argsort(cloud.first_frame, kind="stable")
    facing = np.empty((cloud.num_points, 3), dtype=np.float32)
    drawn = [vtk_to_numpy(chunk.GetPointData().GetArray(FACING))[:, :3] for chunk in level.chunks]
    facing[order] = np.concatenate(drawn)
    return PickableCloud(points=cloud.points_world, facing=facing, splat=level.splat)


def pick_point(
    cloud: PickableCloud,
    view: PickView,
    *,
    is_shown: NDArray[np.bool_] | None = None,
    point_scale: float = 1.0,
    hides_backs: bool = True,
) -> tuple[int, float] | None:
    """The point that is seen at a pixel, or the nearest to it on the foremost surface close by.

    Parameters
    ----------
    cloud
        What is drawn.
    view
        From where, and the pixel.
    is_shown
        (N,) what the filters leave.
    point_scale
        Size of the points over the usual one.
    hides_backs
        Whether surfaces seen from behind are not drawn.

    Returns
    -------
    tuple
        Row of the point and its distance along the view; None where nothing is near.
    """
    near = _near_pixel(cloud.points, view, REACH_PX)
    if is_shown is not None:
        near = near[is_shown[near]]
    if hides_backs:
        near = near[_faces(cloud, near, view)]
    if not len(near):
        return None
    offset_px, shrinking = _offsets(cloud.points[near], view)
    depth = (cloud.points[near] - view.eye) @ view.forward
    splat_px = (
        np.clip(cloud.splat * view.px_per_unit / shrinking, MIN_SPLAT_PX, most_splat_px(view.size_px[1])) * point_scale
    )
    is_under = (np.abs(offset_px) <= splat_px[:, None] / 2 + 0.5).all(axis=1)
    if is_under.any():
        near, offset_px, depth = near[is_under], offset_px[is_under], depth[is_under]
    is_front = depth <= depth.min() + SAME_SURFACE * cloud.splat
    best = np.flatnonzero(is_front)[np.argmin((offset_px[is_front] ** 2).sum(axis=1))]
    return int(near[best]), float(depth[best])


def _near_pixel(points: NDArray[np.float32], view: PickView, reach_px: float) -> NDArray[np.int64]:
    """Rows of the points that land within a square about the pixel, before the eye.

    Single precision and no division, so that a million points take milliseconds.
    """
    (width, height), (x_px, y_px) = view.size_px, view.pixel
    matrix = view.clip_from_world
    x, y = 2.0 * x_px / width - 1.0, 2.0 * y_px / height - 1.0
    # Clip coordinates with the pixel in the middle: inside is |u| <= reach * w.
    rows = np.stack([matrix[0] - x * matrix[3], matrix[1] - y * matrix[3], matrix[3]]).astype(np.float32)
    # One column at a time: half a million rows fit the cache, and most points drop out with the first column.
    depth = points @ rows[2, :3] + rows[2, 3]
    limit = depth * np.float32(2.0 * reach_px / width)
    near = np.flatnonzero(np.abs(points @ rows[0, :3] + rows[0, 3]) <= limit)
    high = points[near] @ rows[1, :3] + rows[1, 3]
    is_near = (np.abs(high) <= depth[near] * np.float32(2.0 * reach_px / height)) & (depth[near] > 0)
    return near[is_near]


def _offsets(points: NDArray[np.float32], view: PickView) -> tuple[FloatArray, FloatArray]:
    """Distance (N, 2) to the pixel of a few points, and by what their size is divided (N,)."""
    clip = np.column_stack([points, np.ones(len(points))]) @ view.clip_from_world.T
    pixels = (clip[:, :2] / clip[:, 3:] + 1.0) / 2.0 * view.size_px
    return pixels - view.pixel, clip[:, 3]


def _faces(cloud: PickableCloud, rows: NDArray[np.int64], view: PickView) -> NDArray[np.bool_]:
    towards = np.broadcast_to(-view.forward, (len(rows), 3)) if view.is_parallel else view.eye - cloud.points[rows]
    cosine = (cloud.facing[rows] * towards).sum(axis=1) / np.maximum(np.linalg.norm(towards, axis=1), 1e-12)
    faces: NDArray[np.bool_] = cosine >= BACK_COSINE
    return faces


def first_cube(
    centres: NDArray[np.floating], size: float, start: FloatArray, direction: FloatArray
) -> tuple[int, float] | None:
    """The cube that a ray enters first: its row and the distance to where it does; None if it meets none.

    Slab test of A. Kay and J. Kajiya, SIGGRAPH 1986.

    Parameters
    ----------
    centres
        (N, 3) of equal axis-parallel cubes.
    size
        Their edge.
    start, direction
        (3,) of the ray; the direction has unit length.
    """
    if not len(centres):
        return None
    middle = centres - start
    along = middle @ direction
    # What is farther from the line than half a diagonal cannot be met; the rest is few.
    rows = np.flatnonzero((middle**2).sum(axis=1) - along**2 <= 0.7501 * size**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(middle[rows] - size / 2) / direction, (middle[rows] + size / 2) / direction])
    # A ray along a face gives 0 / 0 there: it is inside that slab for ever.
    enter = np.where(np.isnan(ends).any(axis=0), -np.inf, ends.min(axis=0)).max(axis=1, initial=-np.inf)
    leave = np.where(np.isnan(ends).any(axis=0), np.inf, ends.max(axis=0)).min(axis=1, initial=np.inf)
    is_met = (leave >= enter) & (leave >= 0.0)
    if not is_met.any():
        return None
    best = int(np.flatnonzero(is_met)[np.argmin(enter[is_met])])
    return int(rows[best]), float(enter[best])
