"""What each beam crosses, worked out once for a ray set and a grid.

A beam is a list of steps in the order of travel; a step is one word (block) with the union of its rays' masks, and
the list of distinct masks in it with the set of rays that have each. Rays of one octant enter a new block with each
increase of the sum of block numbers, so ordering by that sum is in order of travel for every ray of the beam.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from l3rocc_engine.occupancy.dda import enter_box, mirror, next_face

LOW_32 = np.uint64(0xFFFFFFFF)


@njit(nogil=True, cache=True)
def _trace(
    index: Any,
    centre: Any,
    speed: Any,
    high: Any,
    offset: Any,
    base: Any,
    counts: Any,
    words: Any,
    masks: Any,
    ray: Any,
) -> None:
    """Walk one ray to the end of the box; note each block's word and mask at its level."""
    x, y, z = index[0], index[1], index[2]
    t_x = next_face(x, centre[0], speed[0])
    t_y = next_face(y, centre[1], speed[1])
    t_z = next_face(z, centre[2], speed[2])
    x_end, y_end, z_end = high[0] + offset[0], high[1] + offset[1], high[2] + offset[2]
    x, y, z = x + offset[0], y + offset[1], z + offset[2]
    mask = np.uint64(0)
    while True:
        mask |= np.uint64(1) << np.uint64(((x & 1) << 5) | ((y & 3) << 3) | (z & 7))
        old_x, old_y, old_z = x, y, z
        if t_x < t_y and t_x < t_z:
            x += 1
            leaves, is_out = (x & 1) == 0, x >= x_end
            t_x = next_face(x - offset[0], centre[0], speed[0])
        elif t_x >= t_y and t_y < t_z:
            y += 1
            leaves, is_out = (y & 3) == 0, y >= y_end
            t_y = next_face(y - offset[1], centre[1], speed[1])
        else:
            z += 1
            leaves, is_out = (z & 7) == 0, z >= z_end
            t_z = next_face(z - offset[2], centre[2], speed[2])
        if leaves or is_out:
            b_x, b_y, b_z = old_x >> 1, old_y >> 2, old_z >> 3
            level = b_x + b_y + b_z
            words[level, ray] = ((base[0] + b_x) * counts[1] + base[1] + b_y) * counts[2] + base[2] + b_z
            masks[level, ray] = mask
            mask = np.uint64(0)
            if is_out:
                return


@njit(nogil=True, cache=True)
def _group(
    words: Any, masks: Any, num_rays: int, steps: Any, pairs: Any, num_steps: Any, num_pairs: Any, beam_pairs: Any
) -> Any:
    """Turn one level of a beam into steps and pairs."""
    done = np.uint64(0)
    one = np.uint64(1)
    for r in range(num_rays):
        if words[r] < 0 or (done >> np.uint64(r)) & one:
            continue
        word, union, start = words[r], np.uint64(0), num_pairs
        for other in range(r, num_rays):
            if words[other] != word:
                continue
            mask = masks[other]
            done |= one << np.uint64(other)
            union |= mask
            place = num_pairs - 1
            while place >= start and pairs[place, 0] != mask:
                place -= 1
            if place < start:
                place = num_pairs
                pairs[place, 0], pairs[place, 1] = mask, np.uint64(0)
                num_pairs += 1
            pairs[place, 1] |= one << np.uint64(other)
        steps[num_steps, 0] = np.uint64(word) | (np.uint64(num_pairs - beam_pairs) << np.uint64(32))
        steps[num_steps, 1] = union
        num_steps += 1
    return num_steps, num_pairs


@njit(nogil=True, cache=True)
def build_beams(
    rays: Any,
    bounds: Any,
    camera: Any,
    shape: Any,
    outward: Any,
    first_block: Any,
    num_blocks: Any,
    words: Any,
    masks: Any,
    steps: Any,
    pairs: Any,
    beam_ends: Any,
    beam_rays: Any,
) -> Any:
    """Tables of a run of beams.

    Parameters
    ----------
    rays
        (K, 3) float32 in beam order.
    bounds
        (B + 1,) int64 bounds in ``rays``.
    camera, shape, outward, first_block, num_blocks
        Of the block layout.
    words, masks
        (levels, 64) int32 and uint64, scratch.
    steps, pairs
        (n, 2) uint64, receive the tables. A step is ``word | end of its pairs << 32`` (counted within the beam) and
        the union of masks; a pair is a mask and its set of rays.
    beam_ends
        (B, 2) int64, receives the ends of each beam's steps and pairs.
    beam_rays
        (B,) uint64, receives the set of rays that cross the box.
    """
    sign, index = np.empty(3, np.int64), np.empty(3, np.int64)
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    speed, centre = np.empty(3, np.float64), np.empty(3, np.float64)
    offset, base = np.empty(3, np.int64), np.empty(3, np.int64)
    num_steps, num_pairs = np.int64(0), np.int64(0)
    for beam in range(len(bounds) - 1):
        words[:] = -1
        beam_rays[beam] = np.uint64(0)
        num_rays = bounds[beam + 1] - bounds[beam]
        for r in range(num_rays):
            if not mirror(rays[bounds[beam] + r], camera, shape, sign, speed, centre, low, high):
                continue
            if not enter_box(centre, speed, low, high, index):
                continue
            beam_rays[beam] |= np.uint64(1) << np.uint64(r)
            for axis in range(3):
                side = 0 if sign[axis] > 0 else 1
                offset[axis], base[axis] = outward[axis, side], first_block[axis, side]
            _trace(index, centre, speed, high, offset, base, num_blocks, words, masks, r)
        beam_pairs = num_pairs
        for level in range(len(words)):
            num_steps, num_pairs = _group(
                words[level], masks[level], num_rays, steps, pairs, num_steps, num_pairs, beam_pairs
            )
        beam_ends[beam, 0], beam_ends[beam, 1] = num_steps, num_pairs
    return num_steps, num_pairs
