"""How much of its grid a run fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.sequence import OccupancySequence

SAMPLED_FRAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The part of the grid that a run really fills, without the rare outermost voxels.

    Attributes
    ----------
    low, high
        (3,) corners in the camera frame.
    most_voxels
        As many as a frame sees, as far as was looked.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    most_voxels: int = 0

    @property
    def size(self) -> float:
        """Longest edge."""
        return float((self.high - self.low).max())


def measure_extent(occupancy: OccupancySequence) -> Extent:
    """Look at some frames spread over what there is of the sequence; the whole grid if they are empty."""
    grid, num_ready = occupancy.grid, occupancy.num_ready
    if not num_ready:
        return whole_extent(grid)
    frames = np.unique(np.linspace(0, num_ready - 1, SAMPLED_FRAMES).astype(int))
    each = [occupancy.occupied_indices(int(frame_idx)) for frame_idx in frames]
    seen = np.concatenate(each)
    if len(seen) == 0:
        return whole_extent(grid)
    low, high = np.quantile(grid.centres(seen).astype(np.float64), (0.01, 0.99), axis=0)
    return Extent(low=low - grid.voxel_size, high=high + grid.voxel_size, most_voxels=max(map(len, each)))


def whole_extent(grid: GridSpec) -> Extent:
    """All of a grid."""
    return Extent(low=np.array(grid.pc_range[:3]), high=np.array(grid.pc_range[3:]))
