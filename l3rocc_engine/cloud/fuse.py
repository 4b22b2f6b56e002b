"""Point maps of all keyframes into one cloud whose density follows the voxel size."""

from __future__ import annotations

import math

import numpy as np

from l3rocc_engine.cloud.densify import surface_samples
from l3rocc_engine.cloud.downsample import CellAccumulator
from l3rocc_engine.cloud.floating import without_floating_points
from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.geometry.se3 import transform
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.reconstruction import Reconstruction

CELLS_PER_VOXEL = 2.0
"""Cells of the cloud along a voxel's edge: finer than the voxels, so that surfaces keep no holes."""
REACH_STEP = 1.25
SAMPLE_SPACING = 0.7
"""Wanted distance of surface samples, in voxels."""


def surface_reach(grid: GridSpec) -> float:
    """Distance from a camera up to which surfaces are filled: at least to the farthest corner of the grid.

    Rounded up to steps of a quarter, so that another range mostly needs no other cloud. One of the steps is the reach
    of the usual range.
    """
    usual, wanted = _corner_distance(GridSpec()), _corner_distance(grid)
    step = math.ceil(math.log(wanted / usual) / math.log(REACH_STEP) - 1e-9)
    return usual * REACH_STEP**step


def _corner_distance(grid: GridSpec) -> float:
    corner = np.abs(np.reshape(grid.pc_range, (2, 3))).max(axis=0)
    return float(np.linalg.norm(corner))


def fuse_point_maps(
    reconstruction: Reconstruction,
    grid: GridSpec,
    *,
    min_confidence: float,
    edge_depth_step: float = 0.0,
    edge_turn_deg: float = 0.0,
    progress: StepProgress = no_progress,
    cancel: CancelToken | None = None,
) -> PointCloud:
    """Fuse all keyframes into one cloud in the world frame, one point a cell of half a voxel.

    Parameters
    ----------
    reconstruction
        Unfiltered point maps and poses.
    grid
        Decides the density: within its :func:`surface_reach`, gaps in one surface are filled up to 0.7 voxels.
    min_confidence
        Points below are left out.
    edge_depth_step, edge_turn_deg
        Floating points are left out, see :func:`without_floating_points`, where the reconstruction has them; a step
        of 0 leaves all of them in.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    cells = CellAccumulator(grid.voxel_size / CELLS_PER_VOXEL)
    reach = surface_reach(grid)
    total = len(reconstruction.point_maps)
    has_filter = reconstruction.has_floating_points and edge_depth_step > 0
    for number, point_map in enumerate(reconstruction.point_maps, start=1):
        if cancel is not None:
            cancel.check()
        if has_filter:
            point_map = without_floating_points(point_map, depth_step=edge_depth_step, turn_deg=edge_turn_deg)
        points_cam, colors, confidence, edge = surface_samples(
            point_map,
            min_confidence=min_confidence,
            spacing=SAMPLE_SPACING * grid.voxel_size,
            reach=reach,
        )
        world_from_cam = reconstruction.trajectory.world_from_cam[point_map.frame_idx]
        cells.add(transform(world_from_cam, points_cam), colors, confidence, point_map.frame_idx, edge=edge)
        progress(number, total)
    return cells.cloud()
