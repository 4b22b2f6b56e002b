"""Which frames saw a voxel of the world: from the frames themselves, so that nothing need be stored for it."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.cell_keys import keys_of_cells
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.occupancy.world import WorldMap, world_voxel_keys, world_voxels_from_voxels
from l3rocc_engine.progress import CancelToken

_REACH = np.sqrt(3.0) / 2 + 1e-6
"""How far a voxel's centre may lie, along each axis, from the middle of a turned cube that holds it, in voxels."""


def frames_that_saw(
    sequence: OccupancySequence,
    world: WorldMap,
    point_world: NDArray[np.floating],
    *,
    cancel: CancelToken | None = None,
) -> NDArray[np.int32]:
    """All frames that saw the world voxel around a point occupied, by the rule of ``world_map``.

    At most eight voxels of a frame's grid can have their centre in the world voxel. Only frames that saw it first, last
    or between are looked at, and of these only the rows of those whose grid has such a voxel are read.

    Parameters
    ----------
    sequence, world
        Of one run.
    point_world
        (3,), world frame, the grid's unit.
    cancel
        Asked before each frame.

    Returns
    -------
    numpy.ndarray
        (N,) int32, increasing; empty where no frame saw anything. N is the voxel's ``count``.

    Raises
    ------
    InputError
        If sequence and map do not belong together.
    Cancelled
        If asked to stop.
    """
    voxel = world.voxel_at(point_world)
    if voxel is None:
        return np.zeros(0, np.int32)
    if world.voxel_size != sequence.grid.voxel_size or world.last_frame[voxel] >= sequence.num_frames:
        raise InputError("The world map belongs to another occupancy sequence.")
    place = np.floor(world.centres_world[voxel].astype(np.float64) / world.voxel_size).astype(np.int64)
    seen = []
    for frame_idx in range(int(world.first_frame[voxel]), int(world.last_frame[voxel]) + 1):
        if cancel is not None:
            cancel.check()
        wanted = _voxels_inside(place, sequence, frame_idx)
        if len(wanted) and np.isin(wanted, sequence.decode_indices(frame_idx)).any():
            seen.append(frame_idx)
    return np.array(seen, dtype=np.int32)


def _voxels_inside(place: NDArray[np.int64], sequence: OccupancySequence, frame_idx: int) -> NDArray[np.int32]:
    """Flat indices of a frame's voxels whose centres fall into a world voxel."""
    grid = sequence.grid
    square = np.eye(4)
    square[:3] = world_voxels_from_voxels(sequence.world_from_cam[frame_idx], grid)
    middle = (invert(square)[:3] @ np.append(place + 0.5, 1.0)) - 0.5
    low, high = np.ceil(middle - _REACH), np.floor(middle + _REACH)
    low, high = np.maximum(low, 0).astype(int), np.minimum(high, np.array(grid.shape) - 1).astype(int)
    ranges = (range(a, b + 1) for a, b in zip(low, high, strict=True))
    near = np.array([np.ravel_multi_index(xyz, grid.shape) for xyz in product(*ranges)], dtype=np.int32)
    keys = world_voxel_keys(near, sequence.world_from_cam[frame_idx], grid)
    return near[keys == keys_of_cells(place[None])]
