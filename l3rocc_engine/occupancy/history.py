"""What earlier frames saw, brought into the current camera's grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.occupancy.grid import GridSpec


def past_frames(frame_idx: int, length: int, step: int) -> list[int]:
    """The frames that a history looks at, the latest first: every ``step``-th, ``length`` of them, none before 0."""
    return [s for s in range(frame_idx - step, frame_idx - length * step - 1, -step) if s >= 0]


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
    from l3rocc_engine.occupancy.pack_kernels import list_bits
    from l3rocc_engine.occupancy.voxel_moves import mark_moved

    shape = np.array(grid.shape, dtype=np.int64)
    words = np.zeros((grid.num_voxels + 63) // 64, dtype=np.uint64)
    cam_from_past = invert(world_from_cam) @ past_world_from_cam
    for indices, pose in zip(past_indices, cam_from_past, strict=True):
        affine = pose[:3].copy()
        # The same map in voxel units, so that the identity moves nothing by rounding.
        affine[:, 3] = (pose[:3, :3] @ grid.origin + pose[:3, 3] - grid.origin) / grid.voxel_size
        mark_moved(indices, shape, affine, words.view(np.uint8))
    found = np.empty(int(np.bitwise_count(words).sum()), dtype=np.int32)
    list_bits(words, found)
    return found
