"""Sorting points into cells by counting; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

NOT_FINITE = np.iinfo(np.int32).min


@njit(nogil=True, cache=True)
def cell_indices(points: Any, scale: float, limit: int, cells: Any, bounds: Any) -> Any:
    """Cell (N, 3) int32 of each point, kept within ``limit``; bounds (2, 3) of all; returns how many are finite."""
    bounds[0], bounds[1] = limit, -limit
    count = 0
    for n in range(len(points)):
        if not (np.isfinite(points[n, 0]) and np.isfinite(points[n, 1]) and np.isfinite(points[n, 2])):
            cells[n] = NOT_FINITE
            continue
        count += 1
        for axis in range(3):
            place = np.floor(np.float64(points[n, axis]) * scale)
            cell = np.int64(min(max(place, -np.float64(limit)), np.float64(limit - 1)))
            cells[n, axis] = cell
            bounds[0, axis] = min(bounds[0, axis], cell)
            bounds[1, axis] = max(bounds[1, axis], cell)
    return count


@njit(nogil=True, cache=True)
def sort_by_number(points: Any, numbers: Any, num_cells: int, xs: Any, ys: Any, zs: Any) -> Any:
    """Counting sort, stable; points numbered -1 are left out; returns where each number starts (num_cells + 1,)."""
    starts = np.zeros(num_cells + 1, np.int64)
    for n in range(len(numbers)):
        if numbers[n] >= 0:
            starts[numbers[n] + 1] += 1
    for cell in range(num_cells):
        starts[cell + 1] += starts[cell]
    following = starts[:-1].copy()
    for n in range(len(numbers)):
        if numbers[n] >= 0:
            place = following[numbers[n]]
            following[numbers[n]] += 1
            xs[place], ys[place], zs[place] = points[n, 0], points[n, 1], points[n, 2]
    return starts


@njit(nogil=True, cache=True)
def measure_cells(xs: Any, ys: Any, zs: Any, starts: Any, max_radius: float, spheres: Any) -> Any:
    """Centre of each cell's points, and 1 if some is farther from it; returns the largest absolute coordinate."""
    reach = 0.0
    for cell in range(len(starts) - 1):
        square = 0.0
        for axis in range(3):
            column = xs if axis == 0 else (ys if axis == 1 else zs)
            low, high = np.inf, -np.inf
            for n in range(starts[cell], starts[cell + 1]):
                value = np.float64(column[n])
                low, high = min(low, value), max(high, value)
            spheres[cell, axis] = 0.5 * (low + high)
            square += (0.5 * (high - low)) ** 2
            reach = max(reach, abs(low), abs(high))
        spheres[cell, 3] = 1.0 if square > max_radius * max_radius else 0.0
    return reach
