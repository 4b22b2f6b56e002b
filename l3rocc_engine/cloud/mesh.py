"""An optional Poisson surface through the cloud, sampled back into points where the data support it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from l3rocc_engine.cloud.downsample import CellAccumulator
from l3rocc_engine.cloud.normals import estimate_normals
from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.isolation import Say, run_isolated
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.storage.ply import PlyPoints, read_ply, write_ply
from l3rocc_engine.storage.scratch import scratch_folder

SUPPORT_VOXELS = 4.0
"""A surface point farther than this from every measured point is an invention of the solver and is dropped."""
_DENSITY_NEIGHBOURS = 8


def add_mesh_surface(
    cloud: PointCloud,
    trajectory: Trajectory,
    config: PipelineConfig,
    *,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> PointCloud:
    """The cloud with the vertices of a Poisson surface added, one point a cell as before.

    The surface is solved by PoissonRecon (Kazhdan and Hoppe, "Screened Poisson surface reconstruction", 2013) at
    octree depth ``config.depth``. Vertices in the thinnest ``min_density`` share, and those with no measured point
    within four voxels, are cut. Added points take colour, confidence, edge and frame from their nearest measured point;
    no keyframe saw them.

    Parameters
    ----------
    cloud
        Measured points.
    trajectory
        Poses, so that normals face the camera that saw a point first.
    config
        ``depth``, ``min_density``, ``max_nn``, ``downsample`` and ``voxel_size`` are read.

    Raises
    ------
    ChildCrashed
        The solver failed, for want of memory for example.
    Cancelled
        ``cancel`` was set.
    """
    cancel = cancel or CancelToken()
    progress = steps_of(events, "mesh")
    progress(0, 3)
    basis = _thinned(cloud, config.voxel_size) if config.downsample else cloud
    if basis.num_points < config.max_nn:
        return cloud
    towards = trajectory.centres_world[basis.first_frame]
    normals = estimate_normals(basis.points_world, towards, num_neighbours=config.max_nn, cancel=cancel)
    progress(1, 3)
    vertices = _poisson_vertices(basis, normals, config.depth, cancel)
    progress(2, 3)
    merged = _merge_supported(cloud, vertices, config)
    progress(3, 3)
    return merged


def _thinned(cloud: PointCloud, cell: float) -> PointCloud:
    cells = CellAccumulator(cell)
    for frame_idx in np.unique(cloud.first_frame):
        _add_cloud(cells, cloud, cloud.first_frame == frame_idx, int(frame_idx))
    return cells.cloud()


def _add_cloud(cells: CellAccumulator, cloud: PointCloud, rows: NDArray[np.bool_], frame_idx: int) -> None:
    """Add points that were one a cell already."""
    part = cloud.part(rows)
    cells.add(part.points_world, part.colors, part.confidence, frame_idx, edge=part.edge, num_seen=part.num_seen)


def _poisson_vertices(
    cloud: PointCloud, normals: NDArray[np.float32], depth: int, cancel: CancelToken
) -> NDArray[np.float32]:
    with scratch_folder("mesh") as folder:
        write_ply(folder / "in.ply", PlyPoints(points=cloud.points_world, colors=cloud.colors, normals=normals))
        run_isolated(solve_poisson, folder / "in.ply", folder / "out.ply", depth, cancel=cancel)
        return np.asarray(read_ply(folder / "out.ply").points, dtype=np.float32)


def solve_poisson(_say: Say, points_ply: Path, mesh_ply: Path, depth: int) -> None:
    """Mesh an oriented cloud, untrimmed; runs in a child process."""
    import pycolmap

    options = pycolmap.PoissonMeshingOptions()
    options.depth, options.trim, options.color = depth, 0.0, False
    pycolmap.poisson_meshing(points_ply, mesh_ply, options)


def _merge_supported(cloud: PointCloud, vertices: NDArray[np.float32], config: PipelineConfig) -> PointCloud:
    tree = cKDTree(cloud.points_world)
    distance, neighbours = tree.query(vertices, k=min(_DENSITY_NEIGHBOURS, cloud.num_points), workers=-1)
    distance = np.asarray(distance).reshape(len(vertices), -1)
    neighbours = np.asarray(neighbours).reshape(len(vertices), -1)
    spread = distance.mean(axis=1)
    is_kept = distance[:, 0] <= SUPPORT_VOXELS * config.voxel_size
    if config.min_density > 0:
        is_kept &= spread <= np.quantile(spread, 1.0 - config.min_density)
    nearest = neighbours[is_kept, 0]
    cells = CellAccumulator(config.voxel_size / 2)
    for frame_idx in np.unique(cloud.first_frame):
        _add_cloud(cells, cloud, cloud.first_frame == frame_idx, int(frame_idx))
        filled = cloud.first_frame[nearest] == frame_idx
        source = nearest[filled]
        cells.add(
            vertices[is_kept][filled],
            cloud.colors[source],
            cloud.confidence[source],
            int(frame_idx),
            edge=None if cloud.edge is None else cloud.edge[source],
            num_seen=np.zeros(len(source), dtype=np.int32),
        )
    return cells.cloud()
