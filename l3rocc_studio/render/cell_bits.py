"""A grid's cells as bits, so that all that is around one is in nine words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numba import njit
from numpy.typing import NDArray

Shape = tuple[int, int, int]
Words = NDArray[np.uint64]

CELLS = 62
"""Cells along z in a word; its first and last bit are those of its neighbours, so that no cell's are in two words."""
_KEPT = threading.local()
"""Each thread's words: memory that is asked for anew costs more than everything that is done with it."""


@njit(cache=True, nogil=True)
def places_of(indices: NDArray[np.int32], shape: Shape) -> NDArray[np.uint32]:
    """Places (3, N) in a grid of flat C-order indices."""
    places = np.empty((3, len(indices)), dtype=np.uint32)
    x, y, z = places[0], places[1], places[2]
    # Exact instead of a division: a half is farther from a whole number of sizes than float64 errs.
    per_y, per_z = 1.0 / shape[1], 1.0 / shape[2]
    for n in range(np.uint64(len(indices))):
        column = np.int32((indices[n] + 0.5) * per_z)
        slab = np.int32((column + 0.5) * per_y)
        x[n] = slab
        y[n] = np.int32(column - slab * np.int32(shape[1]))
        z[n] = np.int32(indices[n] - column * np.int32(shape[2]))
    return places


@njit(cache=True, nogil=True, inline="always")
def words_a_row(shape: Shape) -> np.uint32:
    """Words that the cells along z take."""
    return np.uint32((shape[2] + CELLS - 1) // CELLS)


@njit(cache=True, nogil=True)
def _mark(words: Words, places: NDArray[np.uint32], shape: Shape) -> None:
    one, per_row, cells = np.uint32(1), words_a_row(shape), np.uint32(CELLS)
    per_slab = np.uint32(np.uint32(shape[1] + 2) * per_row)
    words[:] = 0
    for n in range(places.shape[1]):
        word = np.uint32(places[2, n] // cells)
        bit = np.uint32(places[2, n] - word * cells)
        at = np.uint32((places[0, n] + one) * per_slab + (places[1, n] + one) * per_row + word)
        words[at] |= np.uint64(2) << np.uint64(bit)
        if bit == 0 and word > 0:
            words[np.uint32(at - one)] |= np.uint64(1) << np.uint64(63)
        if bit + one == cells and word + one < per_row:
            words[np.uint32(at + one)] |= np.uint64(1)


@contextmanager
def marked_words(places: NDArray[np.uint32], shape: Shape) -> Iterator[Words]:
    """The bits of cells (3, N), with one empty row around the grid, so that nobody asks for its border.

    They are this thread's, and somebody else's afterwards.
    """
    size = (shape[0] + 2) * (shape[1] + 2) * -(-shape[2] // CELLS)
    kept: Words | None = getattr(_KEPT, "words", None)
    if kept is None or len(kept) < size:
        kept = np.empty(size, dtype=np.uint64)
    _KEPT.words = None
    _mark(kept[:size], places, shape)
    yield kept[:size]
    _KEPT.words = kept


@njit(cache=True, nogil=True, inline="always")
def cells_around(
    words: Words, x: np.uint32, y: np.uint32, z: np.uint32, per_slab: np.uint32, per_row: np.uint32
) -> np.uint64:
    """27 bits, that of the cell ``(i - 1, j - 1, k - 1)`` away at ``9 * i + 3 * j + k``."""
    word = np.uint32(z // np.uint32(CELLS))
    shift = np.uint64(z - word * np.uint32(CELLS))
    slab, found, place = np.uint32(x * per_slab + y * per_row + word), np.uint64(0), np.uint64(0)
    for _ in range(3):
        row = slab
        for _ in range(3):
            found |= ((words[row] >> shift) & np.uint64(7)) << place
            place += np.uint64(3)
            row = np.uint32(row + per_row)
        slab = np.uint32(slab + per_slab)
    return found


@njit(cache=True, nogil=True)
def _touches(words: Words, places: NDArray[np.uint32], shape: Shape, result: NDArray[np.bool_]) -> None:
    per_row = words_a_row(shape)
    per_slab = np.uint32(np.uint32(shape[1] + 2) * per_row)
    for n in range(places.shape[1]):
        result[n] = cells_around(words, places[0, n], places[1, n], places[2, n], per_slab, per_row) != 0


def touching(flat_indices: NDArray[np.integer], others: NDArray[np.integer], shape: Shape) -> NDArray[np.bool_]:
    """Which voxels (N,) are one of the others or share a face, an edge or a corner with one."""
    indices, others = (np.ascontiguousarray(flat, dtype=np.int32) for flat in (flat_indices, others))
    result = np.empty(len(indices), dtype=np.bool_)
    with marked_words(places_of(others, shape), shape) as words:
        _touches(words, places_of(indices, shape), shape, result)
    return result
