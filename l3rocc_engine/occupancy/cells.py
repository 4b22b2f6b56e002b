"""World points sorted into cells once, so that a frame looks only at those near its view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec

CELL = 8
"""Edge of a cell, in voxels."""
_LIMIT = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCells:
    """Points in cells.

    Attributes
    ----------
    points
        (N, 3) float32, finite, cell by cell.
    starts
        (C + 1,) int64.
    spheres
        (C, 4) float32: centre of each cell's points, and 1 if they spread over more than a cell, else 0.
    reach
        Largest absolute coordinate.
    """

    points: NDArray[np.float32]
    starts: NDArray[np.int64]
    spheres: NDArray[np.float32]
    reach: float

    def is_cullable(self, affine: NDArray[np.float32]) -> bool:
        """Whether float32 places points to within half a voxel, so that cells may be judged by their centres."""
        size = np.abs(affine[:, :3]).sum(axis=1) * self.reach + np.abs(affine[:, 3])
        return bool(size.max() * 2.0**-20 < 0.5)


def sort_points(points_world: NDArray[np.float32], grid: GridSpec) -> PointCells:
    """Sort finite points into world cells of ``CELL`` voxels; the order within a cell is kept."""
    points = points_world[np.isfinite(points_world).all(axis=1)]
    edge = CELL * grid.voxel_size
    xyz = np.clip(np.floor(points / np.float64(edge)), -_LIMIT, _LIMIT - 1).astype(np.int64) + _LIMIT
    keys = (xyz[:, 0] << 42) | (xyz[:, 1] << 21) | xyz[:, 2]
    order = np.argsort(keys, kind="stable")
    points, keys = points[order], keys[order]
    starts = np.concatenate([np.flatnonzero(np.diff(keys, prepend=-1)), [len(keys)]]).astype(np.int64)
    spheres = np.zeros((len(starts) - 1, 4), dtype=np.float32)
    if len(points):
        low = np.minimum.reduceat(points, starts[:-1]).astype(np.float64)
        high = np.maximum.reduceat(points, starts[:-1]).astype(np.float64)
        spheres[:, :3] = (low + high) / 2
        radius = np.linalg.norm(high - low, axis=1) / 2 / grid.voxel_size
        spheres[:, 3] = radius > CELL - 1
    return PointCells(
        points=np.ascontiguousarray(points),
        starts=starts,
        spheres=spheres,
        reach=float(np.abs(points).max(initial=0.0)),
    )
