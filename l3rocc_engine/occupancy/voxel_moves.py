"""Voxels of one grid as voxels of another, and who saw which world voxel; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

EMPTY = np.int64(-1)
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
def _slot(keys: Any, key: Any) -> Any:
    """Position of the key, or of the free place where it belongs."""
    mask = len(keys) - 1
    # Fibonacci hashing: neighbours in space go to places far apart.
    place = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[place] != EMPTY and keys[place] != key:
        place = (place + 1) & mask
    return place


@njit(nogil=True, cache=True)
def observe(
    indices: Any, shape: Any, affine: Any, frame: Any, keys: Any, counts: Any, first: Any, last: Any
) -> Any:  # fmt: skip
    """Note in a hash table that a frame saw voxels; several that fall into one world voxel count once.

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
        slot = _slot(keys, key)
        if keys[slot] == EMPTY:
            keys[slot], counts[slot], first[slot], last[slot] = key, 1, frame, frame
            num_new += 1
        elif last[slot] != frame:
            counts[slot] += 1
            last[slot] = frame
    return num_new, farthest


@njit(nogil=True, cache=True)
def rehash(
    old_keys: Any, old_counts: Any, old_first: Any, old_last: Any, keys: Any, counts: Any, first: Any, last: Any
) -> None:  # fmt: skip
    """Move everything to a larger table."""
    for n in range(len(old_keys)):
        if old_keys[n] != EMPTY:
            slot = _slot(keys, old_keys[n])
            keys[slot], counts[slot], first[slot], last[slot] = old_keys[n], old_counts[n], old_first[n], old_last[n]
