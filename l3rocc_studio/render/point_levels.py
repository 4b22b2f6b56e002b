"""A cloud made ready to draw; no renderer is touched, so any thread may do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_studio.render import polydata
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.point_facing import estimate_facing

MAX_CHUNKS = 32
COARSE_POINTS = 30_000
FACING = "facing"
FACING_CELLS = 6.0
"""Edge of a patch whose side is estimated, in distances between points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointLevel:
    """One level of detail.

    Attributes
    ----------
    splat
        Diameter of a drawn point, world units.
    chunks
        One polydata a chunk of frames.
    """

    splat: float
    chunks: tuple[vtkPolyData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCloud:
    """Both levels of detail of a cloud, in chunks by the frame that first saw a point.

    Attributes
    ----------
    chunk_starts
        (C,) int64 first frame of each chunk, increasing.
    levels
        By level of detail; empty for an empty cloud.
    """

    chunk_starts: NDArray[np.int64]
    levels: dict[Detail, PointLevel]


def prepare_cloud(
    cloud: PointCloud, *, spacing: float, splat_growth: float, seen_from: NDArray[np.floating] | None = None
) -> PreparedCloud:
    """Sort a cloud into chunks and thin it for the coarse level.

    Parameters
    ----------
    cloud
        Any order of points.
    spacing
        Usual distance between neighbouring points, in units of the cloud.
    splat_growth
        Diameter of a drawn point in spacings; above 1 surfaces close.
    seen_from
        (N, 3) centre of a camera that saw each point; with it surfaces can be hidden from behind.
    """
    if cloud.num_points == 0:
        return PreparedCloud(chunk_starts=np.zeros(0, dtype=np.int64), levels={})
    order = np.argsort(cloud.first_frame, kind="stable")
    frames = np.unique(cloud.first_frame)
    starts = frames[:: -(-len(frames) // MAX_CHUNKS)].astype(np.int64)
    facing = np.zeros_like(cloud.points_world)
    if seen_from is not None:
        facing = estimate_facing(cloud.points_world, seen_from, cell_size=FACING_CELLS * spacing)
    kept = np.sort(np.random.default_rng(0).permutation(len(order))[:COARSE_POINTS])
    # A surface keeps its look when fewer points grow by the square root of what was left out.
    growth = min(3.0, float(np.sqrt(len(order) / len(kept))))
    splat = spacing * splat_growth
    return PreparedCloud(
        chunk_starts=starts,
        levels={
            Detail.FULL: _level(cloud, facing, order, starts, splat),
            Detail.COARSE: _level(cloud, facing, order[kept], starts, splat * growth),
        },
    )


def _level(
    cloud: PointCloud,
    facing: NDArray[np.float32],
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    splat: float,
) -> PointLevel:
    cuts = np.searchsorted(cloud.first_frame[rows], starts[1:])
    chunks = tuple(_chunk(cloud, facing, part) for part in np.split(rows, cuts))
    return PointLevel(splat=splat, chunks=chunks)


def _chunk(cloud: PointCloud, facing: NDArray[np.float32], rows: NDArray[np.int64]) -> vtkPolyData:
    data = vtkPolyData()
    polydata.set_points(data, cloud.points_world[rows])
    polydata.set_colors(data, polydata.rgba(cloud.colors[rows]))
    array = numpy_to_vtk(np.ascontiguousarray(facing[rows]))
    array.SetName(FACING)
    data.GetPointData().AddArray(array)
    data.SetVerts(polydata.cells(np.arange(len(rows), dtype=np.int32), 1))
    return data
