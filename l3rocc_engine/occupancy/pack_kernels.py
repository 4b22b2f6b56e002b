"""From words to packed bits in the grid's own order, and from there to indices; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from l3rocc_engine.occupancy.bits import trailing_zeros


@njit(nogil=True, cache=True)
def _put(word: Any, place: Any, step_x: Any, step_y: Any, out: Any) -> None:
    """Write a word's eight rows of eight bits into a packed buffer."""
    for row in range(8):
        byte = np.int64((word >> np.uint64(8 * row)) & np.uint64(255))
        if byte:
            bit = place + (row >> 2) * step_x + (row & 3) * step_y
            both = byte << (8 - (bit & 7))
            out[bit >> 3] |= np.uint8(both >> 8)
            out[(bit >> 3) + 1] |= np.uint8(both & 255)


@njit(nogil=True, cache=True)
def _reversed_bytes(word: Any) -> Any:
    """Each byte's bits in reverse order."""
    word = ((word >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)) | (
        (word & np.uint64(0x0F0F0F0F0F0F0F0F)) << np.uint64(4)
    )
    word = ((word >> np.uint64(2)) & np.uint64(0x3333333333333333)) | (
        (word & np.uint64(0x3333333333333333)) << np.uint64(2)
    )
    return ((word >> np.uint64(1)) & np.uint64(0x5555555555555555)) | (
        (word & np.uint64(0x5555555555555555)) << np.uint64(1)
    )


@njit(nogil=True, cache=True)
def pack_words(words: Any, places: Any, octants: Any, shape: Any, visible: Any, hits: Any) -> None:
    """Write what is seen, and what is seen and occupied, into packed buffers, most significant bit first.

    Parameters
    ----------
    words
        (W, 2) uint64.
    places
        (W,) int64, bit in the buffer of each word's first row.
    octants
        (W,) uint8, 4, 2, 1 for words below the camera along x, y, z.
    visible, hits
        (PAD + ceil(X*Y*Z/8) + PAD,) uint8, zero on entry.
    """
    zero = np.uint64(0)
    for w in range(len(words)):
        seen = words[w, 1]
        if seen == zero:
            continue
        octant = octants[w]
        step_x = -shape[1] * shape[2] if octant & 4 else shape[1] * shape[2]
        step_y = -shape[2] if octant & 2 else shape[2]
        occupied = words[w, 0] & seen
        if not octant & 1:
            seen = _reversed_bytes(seen)
        _put(seen, places[w], step_x, step_y, visible)
        if occupied != zero:
            if not octant & 1:
                occupied = _reversed_bytes(occupied)
            _put(occupied, places[w], step_x, step_y, hits)


@njit(nogil=True, cache=True)
def list_bits(words: Any, indices: Any) -> None:
    """Indices of the bits set in a packed buffer, most significant bit first, in order.

    Parameters
    ----------
    words
        (N,) uint64, the buffer as little-endian numbers.
    indices
        int32, as many as there are bits.
    """
    count = 0
    one = np.uint64(1)
    for w in range(len(words)):
        if words[w] == np.uint64(0):
            continue
        left = _reversed_bytes(words[w])
        while left:
            indices[count] = 64 * w + np.int64(trailing_zeros(left))
            left &= left - one
            count += 1
