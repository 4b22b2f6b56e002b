"""Voxels of one grid as voxels of another, and who saw which world voxel; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

EMPTY = np.int64(-1)
KEY, COUNT, FIRST, LAST = 0, 1, 2, 3
HALF = 2**20
"""World voxel indices run from -HALF to HALF - 1 along each axis."""


@njit(nogil=True, cache=True)
def _moved(index: Any, shape: Any, affine: Any, place: Any) -> None:
    """Voxel coordinates of a voxel's centre after an affine map (3, 4) between voxel coordinates, rounded down."""
    rest = index // shape[2]
    x, y, z = rest // shape[1] + 0.5, rest % shape[1] + 0.5, index % shape[2] + 0.5
    for axis in range(3):
        place[axis] = np.floor(((affine[axis, 0] * x + affine[axis, 1] * y) + affine[axis, 2] * z) + affine[axis, 3])


@njit(nogil=True, cache=True)
def mark_moved(indices: Any, shape: Any, affine: Any, packed: Any) -> None:
    """Set the bits of moved voxels that fall into a grid of the same shape.

    Parameters
    ----------
    indices
        (N,) int32 flat.
    affine
        (3, 4) float64.
    packed
        (at least ceil(X*Y*Z/8),) uint8, most significant bit first.
    """
    place = np.empty(3, np.float64)
    for n in range(len(indices)):
        _moved(np.int64(indices[n]), shape, affine, place)
        x, y, z = place[0], place[1], place[2]
        if x >= 0.0 and x < shape[0] and y >= 0.0 and y < shape[1] and z >= 0.0 and z < shape[2]:
            flat = (np.int64(x) * shape[1] + np.int64(y)) * shape[2] + np.int64(z)
            packed[flat >> 3] |= np.uint8(128 >> (flat & 7))


@njit(nogil=True, cache=True)
def _slot(table: Any, key: Any) -> Any:
    """Row of the key, or the free one where it belongs.

    Pairs of voxels along each axis start next to each other, so that a surface touches fewer cache lines; the blocks
    of 2 x 2 x 2 that they make are spread by Fibonacci hashing.
    """
    local = (key & 1) | (((key >> 21) & 1) << 1) | (((key >> 42) & 1) << 2)
    block = np.uint64(key & ~np.int64(1 | 1 << 21 | 1 << 42)) * np.uint64(0x9E3779B97F4A7C15)
    mask = len(table) - 1
    slot = (np.int64((block >> np.uint64(30)) << np.uint64(3)) | local) & mask
    while table[slot, KEY] != EMPTY and table[slot, KEY] != key:
        slot = (slot + 1) & mask
    return slot


@njit(nogil=True, cache=True)
def observe(indices: Any, shape: Any, affine: Any, frame: Any, table: Any) -> Any:
    """Note in a hash table that a frame saw voxels; several that fall into one world voxel count once.

    Parameters
    ----------
    table
        (size, 4) int64: key, number of frames, first and last frame; key -1 in free rows.

    Returns
    -------
    tuple
        Number of new world voxels, and the largest absolute world coordinate met, in voxels; nothing is noted for
        coordinates that reach ``HALF``.
    """
    place = np.empty(3, np.float64)
    num_new, farthest = 0, 0.0
    for n in range(len(indices)):
        _moved(np.int64(indices[n]), shape, affine, place)
        extent = max(abs(place[0]), abs(place[1]), abs(place[2]))
        farthest = max(farthest, extent)
        if not extent < HALF:
            continue
        key = np.int64(0)
        for axis in range(3):
            key = (key << 21) | (np.int64(place[axis]) + HALF)
        slot = _slot(table, key)
        if table[slot, KEY] == EMPTY:
            table[slot, KEY], table[slot, COUNT], table[slot, FIRST], table[slot, LAST] = key, 1, frame, frame
            num_new += 1
        elif table[slot, LAST] != frame:
            table[slot, COUNT] += 1
            table[slot, LAST] = frame
    return num_new, farthest


@njit(nogil=True, cache=True)
def rehash(old: Any, table: Any) -> None:
    """Move everything to a larger table."""
    for n in range(len(old)):
        if old[n, KEY] != EMPTY:
            table[_slot(table, old[n, KEY])] = old[n]
