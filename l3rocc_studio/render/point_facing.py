"""Which way the surface under each point faced when a camera saw it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLATNESS = 0.2
"""Largest thickness of a patch, as a share of its extent, that still counts as a surface."""
MIN_POINTS = 4


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
    cell_of_point, num_cells = _cells(points, cell_size)
    counts = np.bincount(cell_of_point, minlength=num_cells)
    local = points.astype(np.float64) - np.floor(points.astype(np.float64) / cell_size) * cell_size
    mean = _cell_means(local, cell_of_point, counts)
    spread = local - mean[cell_of_point]
    products = spread[:, [0, 0, 0, 1, 1, 2]] * spread[:, [0, 1, 2, 1, 2, 2]]
    moments = _cell_means(products, cell_of_point, counts)
    extents, axes = np.linalg.eigh(moments[:, [[0, 1, 2], [1, 3, 4], [2, 4, 5]]])
    normals = axes[:, :, 0]
    # A line of points has no side either, so the middle extent must stand out from the smallest.
    is_flat = (counts >= MIN_POINTS) & (extents[:, 0] < FLATNESS * extents[:, 1])
    facing = normals[cell_of_point]
    towards = np.einsum("ij,ij->i", facing, np.asarray(seen_from, dtype=np.float64) - points)
    sign = np.where(is_flat[cell_of_point], np.sign(towards), 0.0)
    return (facing * sign[:, None]).astype(np.float32)


def _cells(points: NDArray[np.float32], cell_size: float) -> tuple[NDArray[np.int64], int]:
    """Number of each point's cell, and how many cells there are."""
    cells = np.floor(points.astype(np.float64) / cell_size).astype(np.int64)
    cells -= cells.min(axis=0)
    spans = cells.max(axis=0) + 1
    keys = (cells[:, 0] * spans[1] + cells[:, 1]) * spans[2] + cells[:, 2]
    _, cell_of_point = np.unique(keys, return_inverse=True)
    return cell_of_point, int(cell_of_point.max()) + 1


def _cell_means(
    values: NDArray[np.float64], cell_of_point: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    columns = [np.bincount(cell_of_point, weights=column, minlength=len(counts)) for column in values.T]
    return np.stack(columns, axis=1) / counts[:, None]
