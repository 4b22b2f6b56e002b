"""Occupied voxels against true ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.cell_keys import AXIS_BITS, HALF, cells_of_keys, keys_of_cells

Voxels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyError:
    """Agreement of two sets of occupied voxels.

    Attributes
    ----------
    iou
        Voxels in both over voxels in either.
    precision, recall
        Share of estimated voxels that are true, and of true voxels that were found.
    near_precision, near_recall
        The same with a miss by one voxel in any direction forgiven.
    num_estimated, num_true
        Sizes of the sets.
    """

    iou: float
    precision: float
    recall: float
    near_precision: float
    near_recall: float
    num_estimated: int
    num_true: int


def voxelise(points: NDArray[np.floating], voxel_size: float, *, min_hits: int = 1) -> Voxels:
    """Integer coordinates (N, 3) int64 of voxels that hold at least ``min_hits`` of the points (P, 3), sorted."""
    if len(points) == 0:
        return np.zeros((0, 3), dtype=np.int64)
    cells = np.floor(np.asarray(points, dtype=np.float64) / voxel_size).astype(np.int64)
    keys, hits = np.unique(_keys(cells), return_counts=True)
    return cells_of_keys(keys[hits >= min_hits])


def compare_voxels(pairs: Iterable[tuple[Voxels, Voxels]]) -> OccupancyError:
    """Agreement over pairs of (estimate, truth), each (N, 3) integers; the counts of all pairs are added up.

    Raises
    ------
    InputError
        If all estimates or all truths are empty.
    """
    counts = np.zeros(5, dtype=np.int64)
    for estimated, true in pairs:
        a, b = np.unique(_keys(estimated)), np.unique(_keys(true))
        counts += (len(a), len(b), _shared(a, b), _shared(a, _grown(b)), _shared(b, _grown(a)))
    num_a, num_b, both, near_a, near_b = (int(count) for count in counts)
    if num_a == 0 or num_b == 0:
        raise InputError(f"There are no voxels to compare: {num_a} estimated, {num_b} true.")
    return OccupancyError(
        iou=both / (num_a + num_b - both),
        precision=both / num_a,
        recall=both / num_b,
        near_precision=near_a / num_a,
        near_recall=near_b / num_b,
        num_estimated=num_a,
        num_true=num_b,
    )


def _keys(cells: Voxels) -> NDArray[np.int64]:
    """One number a voxel, each with room for its neighbours."""
    if len(cells) and np.abs(cells).max() >= HALF - 1:
        raise InputError("The voxels are too far from the origin to compare.")
    return keys_of_cells(np.asarray(cells, dtype=np.int64).reshape(-1, 3))


def _grown(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The voxels and their 26 neighbours."""
    steps = np.array([-1, 0, 1], dtype=np.int64)
    offsets = (steps[:, None, None] << 2 * AXIS_BITS) + (steps[:, None] << AXIS_BITS) + steps
    return np.unique(keys[:, None] + offsets.ravel())


def _shared(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    return int(np.isin(a, b, assume_unique=True).sum())
