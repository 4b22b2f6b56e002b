"""The egocentric grid: its range, its voxel size, and the numbers that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import ConfigError

_MOST_VOXELS = 2**31 - 1

Range = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSpec:
    """A box of cubic voxels in the camera frame.

    Attributes
    ----------
    pc_range
        ``(x0, y0, z0, x1, y1, z1)``; the lower faces belong to the grid, the upper ones do not.
    voxel_size
        Edge of a voxel, in the same unit.
    """

    pc_range: Range = (-2.0, -1.5, -0.5, 2.0, 1.0, 3.5)
    voxel_size: float = 0.02

    def __post_init__(self) -> None:
        if len(self.pc_range) != 6 or not all(np.isfinite(self.pc_range)):
            raise ConfigError(f"pc_range needs six finite numbers [x0, y0, z0, x1, y1, z1], not {self.pc_range}.")
        if not 0 < self.voxel_size < np.inf:
            raise ConfigError(f"voxel_size must be a positive number, not {self.voxel_size}.")
        for axis, low, high in zip("xyz", self.pc_range[:3], self.pc_range[3:], strict=True):
            cells = (high - low) / self.voxel_size
            if high <= low:
                raise ConfigError(f"pc_range is empty along {axis}: {low} to {high}.")
            if not 0.5 < cells < _MOST_VOXELS:
                raise ConfigError(
                    f"pc_range along {axis} ({low} to {high}) does not fit voxels of {self.voxel_size}.",
                    "Choose a range of at least one voxel, and not of billions.",
                )
            if abs(cells - round(cells)) > 1e-3:
                raise ConfigError(
                    f"pc_range along {axis} ({low} to {high}) is not a whole number of voxels of {self.voxel_size}: "
                    f"{cells:.3f}.",
                    "Change the range or the voxel size so that the division comes out even.",
                )
        if self.num_voxels > _MOST_VOXELS:
            raise ConfigError(f"The grid has {self.num_voxels:,} voxels; at most {_MOST_VOXELS:,} are supported.")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of voxels along x, y, z."""
        x, y, z = (
            round((high - low) / self.voxel_size)
            for low, high in zip(self.pc_range[:3], self.pc_range[3:], strict=True)
        )
        return x, y, z

    @property
    def num_voxels(self) -> int:
        """X * Y * Z."""
        x, y, z = self.shape
        return x * y * z

    @property
    def origin(self) -> NDArray[np.float64]:
        """Lower corner (3,)."""
        return np.array(self.pc_range[:3])

    def centres(self, flat_indices: NDArray[np.integer]) -> NDArray[np.float32]:
        """Centres (N, 3) float32 of voxels given by their flat indices, in the grid's frame."""
        xyz = np.stack(np.unravel_index(np.asarray(flat_indices, dtype=np.int64), self.shape), axis=-1)
        return (self.origin + (xyz + 0.5) * self.voxel_size).astype(np.float32)
