"""World points sorted into cells once, so that a frame looks only at those near its view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec

CELL = 8
"""Edge of a cell, in voxels."""
_LIMIT = 2**20
_MAX_DENSE = 2**24
"""Cells of a bounding box up to which cells are numbered by their place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCells:
    """Points in cells.

    Attributes
    ----------
    xs, ys, zs
        (N,) float32, finite, cell by cell.
    starts
        (C + 1,) int64.
    spheres
        (C, 4) float32: centre of each cell's points, and 1 if they spread over more than a cell, else 0.
    reach
        Largest absolute coordinate.
    """

    xs: NDArray[np.float32]
    ys: NDArray[np.float32]
    zs: NDArray[np.float32]
    starts: NDArray[np.int64]
    spheres: NDArray[np.float32]
    reach: float

    def is_cullable(self, affine: NDArray[np.float32]) -> bool:
        """Whether float32 places points to within half a voxel, so that cells may be judged by their centres.

        ``affine`` is (3, 4), grid from world, in voxels.
        """
        size = np.abs(affine[:, :3]).sum(axis=1) * self.reach + np.abs(affine[:, 3])
        return bool(size.max() * 2.0**-20 < 0.5)


def sort_points(points_world: NDArray[np.float32], grid: GridSpec) -> PointCells:
    """Sort finite points (N, 3) into world cells of ``CELL`` voxels; the order within a cell is kept."""
    from l3rocc_engine.occupancy.cell_kernels import cell_indices, measure_cells, sort_by_number

    scale = 1.0 / (CELL * grid.voxel_size)
    cells = np.empty((len(points_world), 3), np.int32)
    bounds = np.empty((2, 3), np.int64)
    num_finite = cell_indices(points_world, scale, _LIMIT, cells, bounds)
    if num_finite == 0:
        none = np.zeros(0, np.float32)
        starts, spheres = np.zeros(1, np.int64), np.zeros((0, 4), np.float32)
        return PointCells(xs=none, ys=none, zs=none, starts=starts, spheres=spheres, reach=0.0)
    sizes = bounds[1] - bounds[0] + 1
    numbers, num_cells = _numbered(cells, bounds[0], sizes)
    columns = [np.empty(num_finite, np.float32) for _ in range(3)]
    starts = sort_by_number(points_world, numbers, num_cells, *columns)
    starts = np.append(starts[:-1][np.diff(starts) > 0], starts[-1])
    spheres = np.empty((len(starts) - 1, 4), np.float32)
    reach = measure_cells(*columns, starts, (CELL - 1) * grid.voxel_size, spheres)
    xs, ys, zs = columns
    return PointCells(xs=xs, ys=ys, zs=zs, starts=starts, spheres=spheres, reach=float(reach))


def _numbered(
    cells: NDArray[np.int32], low: NDArray[np.int64], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """A number for each point's cell, -1 for points that are not finite, and how many numbers there are."""
    numbers = cells[:, 0] - low[0]
    for axis in (1, 2):
        numbers *= sizes[axis]
        numbers += cells[:, axis] - low[axis]  # stays below 2**63: at most 2**21 cells along each axis
    is_finite = cells[:, 0] != np.iinfo(np.int32).min
    numbers[~is_finite] = -1
    if float(np.prod(sizes.astype(np.float64))) <= _MAX_DENSE:
        return numbers, int(np.prod(sizes))
    found, inverse = np.unique(numbers[is_finite], return_inverse=True)
    numbers[is_finite] = inverse
    return numbers, len(found)
