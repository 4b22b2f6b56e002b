"""World voxels and who saw them: an open-addressing hash table, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

EMPTY = np.int64(-1)


@njit(nogil=True, cache=True)
def _slot(keys: Any, key: int) -> Any:
    """Position of the key, or of the free place where it belongs."""
    mask = len(keys) - 1
    # Fibonacci hashing: neighbours in space go to places far apart.
    place = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[place] != EMPTY and keys[place] != key:
        place = (place + 1) & mask
    return place


@njit(nogil=True, cache=True)
def observe(keys: Any, counts: Any, first: Any, last: Any, seen: Any, frame: int) -> int:
    """Note that ``frame`` saw the voxels ``seen``; doubles count once. Returns the number of new voxels."""
    num_new = 0
    for n in range(len(seen)):
        place = _slot(keys, seen[n])
        if keys[place] == EMPTY:
            keys[place], counts[place], first[place], last[place] = seen[n], 1, frame, frame
            num_new += 1
        elif last[place] != frame:
            counts[place] += 1
            last[place] = frame
    return num_new


@njit(nogil=True, cache=True)
def rehash(
    old_keys: Any, old_counts: Any, old_first: Any, old_last: Any, keys: Any, counts: Any, first: Any, last: Any
) -> None:
    """Move everything to a larger table."""
    for n in range(len(old_keys)):
        if old_keys[n] != EMPTY:
            place = _slot(keys, old_keys[n])
            keys[place], counts[place], first[place], last[place] = (
                old_keys[n],
                old_counts[n],
                old_first[n],
                old_last[n],
            )
