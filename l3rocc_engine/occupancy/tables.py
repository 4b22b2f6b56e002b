"""What each beam crosses, worked out once for a ray set and a grid; compiled.

A beam is a list of steps in the order of travel; a step is one word (block) with the union of its rays' masks, and
the list of distinct masks in it with the set of rays that have each. Rays of one octant enter a new block with each
increase of the sum of block numbers, so ordering by that sum is in order of travel for every ray of the beam.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from l3rocc_engine.occupancy.bits import trailing_zeros
from l3rocc_engine.occupancy.dda import enter_box, mirror, next_face

_ONE = np.uint64(1)


@njit(nogil=True, cache=True)
def _trace(
    index: Any, centre: Any, speed: Any, high: Any, offset: Any, base: Any, counts: Any, words: Any, masks: Any,
    ray: Any,
) -> Any:  # fmt: skip
    """Walk one ray to the end of the box and note each block's word and mask at its level.

    Returns the first and the last level.
    """
    t_x = next_face(index[0], centre[0], speed[0])
    t_y = next_face(index[1], centre[1], speed[1])
    t_z = next_face(index[2], centre[2], speed[2])
    x_shift, y_shift, z_shift = offset[0], offset[1], offset[2]
    x_end, y_end, z_end = high[0] + x_shift, high[1] + y_shift, high[2] + z_shift
    x, y, z = index[0] + x_shift, index[1] + y_shift, index[2] + z_shift
    first = (x >> 1) + (y >> 2) + (z >> 3)
    mask = np.uint64(0)
    while True:
        mask |= _ONE << np.uint64(((x & 1) << 5) | ((y & 3) << 3) | (z & 7))
        old_x, old_y, old_z = x, y, z
        if t_x < t_y and t_x < t_z:
            x += 1
            leaves, is_out = (x & 1) == 0, x >= x_end
            t_x = next_face(x - x_shift, centre[0], speed[0])
        elif t_x >= t_y and t_y < t_z:
            y += 1
            leaves, is_out = (y & 3) == 0, y >= y_end
            t_y = next_face(y - y_shift, centre[1], speed[1])
        else:
            z += 1
            leaves, is_out = (z & 7) == 0, z >= z_end
            t_z = next_face(z - z_shift, centre[2], speed[2])
        if leaves or is_out:
            b_x, b_y, b_z = old_x >> 1, old_y >> 2, old_z >> 3
            level = b_x + b_y + b_z
            words[level, ray] = ((base[0] + b_x) * counts[1] + base[1] + b_y) * counts[2] + base[2] + b_z
            masks[level, ray] = mask
            mask = np.uint64(0)
            if is_out:
                return first, level


@njit(nogil=True, cache=True)
def _split_by_word(words: Any, num_rays: Any, slot_words: Any, slot_rays: Any) -> Any:
    """Which rays of a level are in which word; clears the level; returns the number of words."""
    num_slots = 0
    for r in range(num_rays):
        word = words[r]
        if word < 0:
            continue
        words[r] = -1
        slot = num_slots - 1
        while slot >= 0 and slot_words[slot] != word:
            slot -= 1
        if slot < 0:
            slot = num_slots
            slot_words[slot], slot_rays[slot] = word, np.uint64(0)
            num_slots += 1
        slot_rays[slot] |= _ONE << np.uint64(r)
    return num_slots


@njit(nogil=True, cache=True)
def _list_pairs(masks: Any, rays: Any, table: Any, stamp: Any, pair_masks: Any, pair_sets: Any, start: Any) -> Any:
    """Distinct masks of some rays with the set of rays that have each; returns where they end, and their union.

    ``table`` (64, 2) int64 is a hash table from masks to pairs; entries with an older stamp are empty.
    """
    end, union = start, np.uint64(0)
    while rays:
        r = trailing_zeros(rays)
        rays &= rays - _ONE
        mask = masks[r]
        union |= mask
        place = (mask * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58)
        while table[place, 0] == stamp and pair_masks[table[place, 1]] != mask:
            place = (place + _ONE) & np.uint64(63)
        if table[place, 0] != stamp:
            table[place, 0], table[place, 1] = stamp, end
            pair_masks[end], pair_sets[end] = mask, np.uint64(0)
            end += 1
        pair_sets[table[place, 1]] |= _ONE << r
    return end, union


@njit(nogil=True, cache=True)
def build_beams(
    rays: Any, bounds: Any, camera: Any, shape: Any, outward: Any, first_block: Any, num_blocks: Any, words: Any,
    masks: Any, steps: Any, pair_masks: Any, pair_sets: Any, beam_ends: Any, beam_rays: Any,
) -> Any:  # fmt: skip
    """Tables of a run of beams; returns the number of steps and of pairs.

    Parameters
    ----------
    rays
        (K, 3) float32 in beam order.
    bounds
        (B + 1,) int64 bounds in ``rays``.
    camera, shape, outward, first_block, num_blocks
        Of the block layout.
    words, masks
        (levels, 64) int32 and uint64, scratch; words are -1 on entry and on return.
    steps
        (n, 2) uint64, receives ``word | end of its pairs << 32`` (counted within the beam) and the union of masks.
    pair_masks, pair_sets
        (n,) uint64, receive the distinct masks and their sets of rays.
    beam_ends
        (B, 2) int64, receives the ends of each beam's steps and pairs.
    beam_rays
        (B,) uint64, receives the set of rays that cross the box.
    """
    sign, index = np.empty(3, np.int64), np.empty(3, np.int64)
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    speed, centre = np.empty(3, np.float64), np.empty(3, np.float64)
    offset, base = np.empty(3, np.int64), np.empty(3, np.int64)
    slot_words, slot_rays = np.empty(64, np.int32), np.empty(64, np.uint64)
    table = np.full((64, 2), -1, np.int64)
    num_steps, num_pairs = np.int64(0), np.int64(0)
    for beam in range(len(bounds) - 1):
        beam_rays[beam] = np.uint64(0)
        num_rays = bounds[beam + 1] - bounds[beam]
        first_level, last_level = np.int64(len(words)), np.int64(-1)
        for r in range(num_rays):
            if not mirror(rays[bounds[beam] + r], camera, shape, sign, speed, centre, low, high):
                continue
            if not enter_box(centre, speed, low, high, index):
                continue
            beam_rays[beam] |= _ONE << np.uint64(r)
            for axis in range(3):
                side = 0 if sign[axis] > 0 else 1
                offset[axis], base[axis] = outward[axis, side], first_block[axis, side]
            first, last = _trace(index, centre, speed, high, offset, base, num_blocks, words, masks, r)
            first_level, last_level = min(first_level, first), max(last_level, last)
        beam_pairs = num_pairs
        for level in range(first_level, last_level + 1):
            for slot in range(_split_by_word(words[level], num_rays, slot_words, slot_rays)):
                num_pairs, union = _list_pairs(
                    masks[level], slot_rays[slot], table, num_steps, pair_masks, pair_sets, num_pairs
                )
                steps[num_steps, 0] = np.uint64(slot_words[slot]) | (np.uint64(num_pairs - beam_pairs) << np.uint64(32))
                steps[num_steps, 1] = union
                num_steps += 1
        beam_ends[beam, 0], beam_ends[beam, 1] = num_steps, num_pairs
    return num_steps, num_pairs
