"""A cloud made ready to draw; no renderer is touched, so any thread may do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_studio.render import polydata
from l3rocc_studio.render.cloud_measures import CloudMeasures
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.point_facing import estimate_facing

MAX_CHUNKS = 32
COARSE_POINTS = 30_000
FACING, MEASURES = "facing", "measures"
"""Arrays of a chunk: normal and time of first sight; confidence, edge, distance and count. Four floats a point each."""
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
    """The levels of detail of a cloud, in chunks by the frame that first saw a point.

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
    cloud: PointCloud,
    *,
    spacing: float,
    splat_growth: float,
    seen_from: NDArray[np.floating] | None = None,
    measures: CloudMeasures | None = None,
    has_coarse: bool = True,
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
    measures
        What colours and filters go by; without it the points have their own colours and all are shown.
    has_coarse
        Whether there is to be a coarse level at all.
    """
    if cloud.num_points == 0:
        return PreparedCloud(chunk_starts=np.zeros(0, dtype=np.int64), levels={})
    order = np.argsort(cloud.first_frame, kind="stable")
    frames = np.unique(cloud.first_frame)
    starts = frames[:: -(-len(frames) // MAX_CHUNKS)].astype(np.int64)
    arrays = _vertex_arrays(cloud, seen_from, measures, cell_size=FACING_CELLS * spacing)
    splat = spacing * splat_growth
    levels = {Detail.FULL: _level(cloud, arrays, order, starts, splat)}
    if has_coarse:
        kept = np.sort(np.random.default_rng(0).permutation(len(order))[:COARSE_POINTS])
        # A surface keeps its look when fewer points grow by the square root of what was left out.
        growth = min(3.0, float(np.sqrt(len(order) / len(kept))))
        levels[Detail.COARSE] = _level(cloud, arrays, order[kept], starts, splat * growth)
    return PreparedCloud(chunk_starts=starts, levels=levels)


def _vertex_arrays(
    cloud: PointCloud, seen_from: NDArray[np.floating] | None, measures: CloudMeasures | None, *, cell_size: float
) -> dict[str, NDArray[np.float32]]:
    """(N, 4) arrays that the shader reads, by name."""
    facing, numbers = (np.zeros((cloud.num_points, 4), dtype=np.float32) for _ in range(2))
    if seen_from is not None:
        facing[:, :3] = estimate_facing(cloud.points_world, seen_from, cell_size=cell_size)
    numbers[:, 0] = 1.0
    if measures is not None:
        facing[:, 3] = measures.first_seen_s
        columns = (measures.confidence, measures.edge, measures.distance, measures.num_seen)
        for column, values in enumerate(columns):
            if values is not None:
                numbers[:, column] = values
    return {FACING: facing, MEASURES: numbers}


def _level(
    cloud: PointCloud,
    arrays: dict[str, NDArray[np.float32]],
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    splat: float,
) -> PointLevel:
    cuts = np.searchsorted(cloud.first_frame[rows], starts[1:])
    chunks = tuple(_chunk(cloud, arrays, part) for part in np.split(rows, cuts))
    return PointLevel(splat=splat, chunks=chunks)


def _chunk(cloud: PointCloud, arrays: dict[str, NDArray[np.float32]], rows: NDArray[np.int64]) -> vtkPolyData:
    data = vtkPolyData()
    polydata.set_points(data, cloud.points_world[rows])
    polydata.set_colors(data, polydata.rgba(cloud.colors[rows]))
    for name, values in arrays.items():
        array = numpy_to_vtk(np.ascontiguousarray(values[rows]))
        array.SetName(name)
        data.GetPointData().AddArray(array)
    data.SetVerts(polydata.cells(np.arange(len(rows), dtype=np.int32), 1))
    return data
