"""What earlier frames saw, brought into the current camera's grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.occupancy.grid import GridSpec


def history_indices(
    past_indices: Sequence[NDArray[np.int32]],
    past_world_from_cam: NDArray[np.float64],
    world_from_cam: NDArray[np.float64],
    grid: GridSpec,
) -> NDArray[np.int32]:
    """Union of earlier frames' voxels as voxels of the current grid.

    Parameters
    ----------
    past_indices
        Flat indices a past frame.
    past_world_from_cam
        (P, 4, 4) float64, their poses.
    world_from_cam
        (4, 4) float64, the current pose.

    Returns
    -------
    numpy.ndarray
        Sorted unique flat indices, int32.
    """
    cells = np.zeros(grid.num_voxels, dtype=bool)
    cam_from_past = invert(world_from_cam) @ past_world_from_cam
    for indices, pose in zip(past_indices, cam_from_past, strict=True):
        centres = np.stack(np.unravel_index(indices, grid.shape), axis=-1) + 0.5
        pose_voxels = pose.copy()
        # Same map in voxel units, so that the identity moves nothing by rounding.
        pose_voxels[:3, 3] = (pose[:3, :3] @ grid.origin + pose[:3, 3] - grid.origin) / grid.voxel_size
        xyz = np.floor(transform(pose_voxels, centres)).astype(np.int64)
        inside = ((xyz >= 0) & (xyz < grid.shape)).all(axis=1)
        cells[np.ravel_multi_index(tuple(xyz[inside].T), grid.shape)] = True
    return np.flatnonzero(cells).astype(np.int32)
