"""Which way the surface under each point faced when a camera saw it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

FLATNESS = 0.2
"""Largest thickness of a patch, as a share of its extent, that still counts as a surface."""
MIN_POINTS = 4
MARKED_A_POINT = 8
"""So many cells a point are soon looked through; more take longer than sorting the points."""
_MOMENTS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
FloatArray = NDArray[np.float64]


def estimate_facing(
    points: NDArray[np.float32], seen_from: NDArray[np.floating], *, cell_size: float
) -> NDArray[np.float32]:
    """Unit normals of flat patches, towards the camera that saw them; zero where there is no clear surface.

    One principal component analysis a cell instead of one a point: good enough to tell the front of a wall from its
    back, and fast enough to run whenever a cloud is shown.

    Parameters
    ----------
    points
        (N, 3) float32, world.
    seen_from
        (N, 3) centre of a camera that saw each point, world.
    cell_size
        Edge of the cells that make up a patch; a few times the distance between points.

    Returns
    -------
    numpy.ndarray
        (N, 3) float32.
    """
    if len(points) == 0:
        return np.zeros((0, 3), dtype=np.float32)
    # Coordinate by coordinate, so that everything lies in one piece.
    places = points.T.astype(np.float64)
    cells = np.floor(places / cell_size)
    cell_of_point, num_cells = _number(cells)
    counts = np.bincount(cell_of_point, minlength=num_cells)
    spread = places - cells * cell_size
    spread -= _cell_means(spread, cell_of_point, counts)[:, cell_of_point]
    products = (spread[row] * spread[column] for row, column in _MOMENTS)
    moments = _cell_means(products, cell_of_point, counts).T
    extents, axes = np.linalg.eigh(moments[:, [[0, 1, 2], [1, 3, 4], [2, 4, 5]]])
    normals = axes[:, :, 0]
    # A line of points has no side either, so the middle extent must stand out from the smallest.
    is_flat = (counts >= MIN_POINTS) & (extents[:, 0] < FLATNESS * extents[:, 1])
    facing = normals[cell_of_point]
    towards = np.einsum("ij,ij->i", facing, np.asarray(seen_from, dtype=np.float64) - points)
    sign = np.where(is_flat[cell_of_point], np.sign(towards), 0.0)
    return (facing * sign[:, None]).astype(np.float32)


def _number(cells: FloatArray) -> tuple[NDArray[np.int64], int]:
    """Number of each point's cell (3, N) among those that have points, and how many they are."""
    low = cells.min(axis=1, keepdims=True)
    x, y, z = (cells - low).astype(np.int64)
    spans = int(x.max()) + 1, int(y.max()) + 1, int(z.max()) + 1
    keys = (x * spans[1] + y) * spans[2] + z
    if math.prod(spans) > MARKED_A_POINT * len(keys):
        _, cell_of_point = np.unique(keys, return_inverse=True)
        return cell_of_point, int(cell_of_point.max()) + 1
    is_used = np.zeros(math.prod(spans), dtype=np.bool_)
    is_used[keys] = True
    numbers = np.cumsum(is_used) - 1
    return numbers[keys], int(numbers[-1]) + 1


def _cell_means(
    values: Iterable[FloatArray], cell_of_point: NDArray[np.int64], counts: NDArray[np.int64]
) -> FloatArray:
    """Mean in each cell of each of the values (N,)."""
    sums = [np.bincount(cell_of_point, weights=column, minlength=len(counts)) for column in values]
    return np.stack(sums) / counts
