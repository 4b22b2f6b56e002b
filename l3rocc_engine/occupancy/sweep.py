"""One frame by tables: points into words, and beams through words; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

BATCH = 1024
"""Points placed at a time: first where they are (vectorised by the compiler), then into the words."""
_ZERO, _ONE = np.uint64(0), np.uint64(1)


@njit(nogil=True, cache=True)
def _may_be_seen(sphere: Any, affine: Any, reach: Any) -> bool:
    """Whether a cell of points is near enough to some ray to be looked at."""
    if sphere[3] != np.float32(0.0):
        return True
    for axis in range(3):
        coordinate = _coordinate(affine, axis, sphere) * np.float32(0.125)
        if not (coordinate >= np.float32(-2.0) and coordinate < np.float32(reach.shape[axis] - 2)):
            return False
    x, y, z = (
        np.int64(_coordinate(affine, 0, sphere) * np.float32(0.125) + np.float32(2.0)),
        np.int64(_coordinate(affine, 1, sphere) * np.float32(0.125) + np.float32(2.0)),
        np.int64(_coordinate(affine, 2, sphere) * np.float32(0.125) + np.float32(2.0)),
    )
    return reach[x, y, z]


@njit(nogil=True, cache=True)
def _coordinate(affine: Any, axis: Any, point: Any) -> Any:
    return ((affine[axis, 0] * point[0] + affine[axis, 1] * point[1]) + affine[axis, 2] * point[2]) + affine[axis, 3]


@njit(nogil=True, cache=True)
def _locate(xs: Any, ys: Any, zs: Any, affine: Any, shape: Any, where: Any) -> None:
    """Voxel indices of a batch of points by the rule of ``rounding``; ``where[0]`` is -1 for points outside."""
    m00, m01, m02, m03 = affine[0, 0], affine[0, 1], affine[0, 2], affine[0, 3]
    m10, m11, m12, m13 = affine[1, 0], affine[1, 1], affine[1, 2], affine[1, 3]
    m20, m21, m22, m23 = affine[2, 0], affine[2, 1], affine[2, 2], affine[2, 3]
    x_end, y_end, z_end = np.float32(shape[0]), np.float32(shape[1]), np.float32(shape[2])
    zero = np.float32(0.0)
    for n in range(len(xs)):
        px, py, pz = xs[n], ys[n], zs[n]
        x = ((m00 * px + m01 * py) + m02 * pz) + m03
        y = ((m10 * px + m11 * py) + m12 * pz) + m13
        z = ((m20 * px + m21 * py) + m22 * pz) + m23
        inside = (x >= zero) & (x < x_end) & (y >= zero) & (y < y_end) & (z >= zero) & (z < z_end)
        # Chosen before the conversion: out of range it would be undefined.
        where[0, n] = np.int32(x if inside else zero) if inside else np.int32(-1)
        where[1, n] = np.int32(y if inside else zero)
        where[2, n] = np.int32(z if inside else zero)


@njit(nogil=True, cache=True)
def fill_words(
    xs: Any, ys: Any, zs: Any, cell_starts: Any, spheres: Any, affine: Any, reach: Any, must_visit_all: bool,
    shape: Any, parts: Any, has_two_sides: bool, compact: Any, words: Any,
) -> None:  # fmt: skip
    """Set the occupied bits of all points that some ray could meet.

    Parameters
    ----------
    xs, ys, zs
        (N,) float32, world points sorted into cells.
    cell_starts
        (C + 1,) int64.
    spheres
        (C, 4) float32: centre in the world, and 1 if the cell is too large for ``reach``.
    affine
        (3, 4) float32.
    reach
        (X / 8 + 4, Y / 8 + 4, Z / 8 + 4) bool, where cells must be looked at.
    parts, has_two_sides
        See ``BlockLayout``.
    compact
        Word number to the number among the words that rays touch, or -1.
    words
        (W, 2) uint64, column 0 receives the bits.
    """
    where = np.empty((3, BATCH), np.int32)
    start_y, start_z = shape[0], shape[0] + shape[1]
    for cell in range(len(cell_starts) - 1):
        if not must_visit_all and not _may_be_seen(spheres[cell], affine, reach):
            continue
        for begin in range(cell_starts[cell], cell_starts[cell + 1], BATCH):
            end = min(begin + BATCH, cell_starts[cell + 1])
            _locate(xs[begin:end], ys[begin:end], zs[begin:end], affine, shape, where)
            for n in range(end - begin):
                if where[0, n] < 0:
                    continue
                x = np.uint64(where[0, n])
                y, z = np.uint64(start_y + where[1, n]), np.uint64(start_z + where[2, n])
                part = parts[0, x] + parts[0, y] + parts[0, z]
                place = compact[np.uint64(part >> 6)]
                if place >= 0:
                    words[np.uint64(place), _ZERO] |= _ONE << np.uint64(part & 63)
                if has_two_sides and (parts[1, x] >= 0 or parts[1, y] >= 0 or parts[1, z] >= 0):
                    _fill_other_sides(x, y, z, parts, compact, words)


@njit(nogil=True, cache=True)
def _fill_other_sides(x: Any, y: Any, z: Any, parts: Any, compact: Any, words: Any) -> None:
    """The same voxel in the words of the camera's other sides."""
    for code in range(1, 8):
        i, j, k = code >> 2, (code >> 1) & 1, code & 1
        if parts[i, x] < 0 or parts[j, y] < 0 or parts[k, z] < 0:
            continue
        part = parts[i, x] + parts[j, y] + parts[k, z]
        place = compact[part >> 6]
        if place >= 0:
            words[place, 0] |= _ONE << np.uint64(part & 63)


@njit(nogil=True, cache=True)
def sweep_beams(
    steps: Any, mask_numbers: Any, set_numbers: Any, masks: Any, sets: Any, beam_ends: Any, beam_rays: Any, words: Any
) -> None:
    """Mark what the beams see: column 1 of ``words`` from column 0.

    A beam marks whole unions until a block stops some ray; from there on it goes by the masks of the rays alive. Ray
    sets of one step are disjoint, so its masks can be worked on side by side; the loop has no branches for that.
    """
    shift, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    step, pair_base = np.uint64(0), np.uint64(0)
    for beam in range(len(beam_ends)):
        alive, pair = beam_rays[beam], pair_base
        end = np.uint64(beam_ends[beam, 0])
        while step < end:
            head, union = steps[step, _ZERO], steps[step, _ONE]
            if words[head & low, _ZERO] & union:
                break
            words[head & low, _ONE] |= union
            pair = pair_base + (head >> shift)
            step += _ONE
        while step < end and alive:
            head = steps[step, _ZERO]
            pair_end = pair_base + (head >> shift)
            occupied, seen, stopped = words[head & low, _ZERO], _ZERO, _ZERO
            for p in range(pair, pair_end):
                rays = sets[set_numbers[p]]
                mask = masks[mask_numbers[p]] if rays & alive else _ZERO
                hit = occupied & mask
                seen |= mask & (hit ^ (hit - _ONE))
                stopped |= rays if hit else _ZERO
            words[head & low, _ONE] |= seen
            alive &= ~stopped
            pair = pair_end
            step += _ONE
        step = end
        pair_base = np.uint64(beam_ends[beam, 1])


@njit(nogil=True, cache=True)
def sweep_beams_twice(
    steps: Any,
    mask_numbers: Any,
    set_numbers: Any,
    masks: Any,
    sets: Any,
    beam_ends: Any,
    beam_rays: Any,
    words_a: Any,
    words_b: Any,
) -> None:
    """``sweep_beams`` for two frames side by side: tables are far larger than caches, and are read once for both."""
    shift, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    step, pair_base = np.uint64(0), np.uint64(0)
    for beam in range(len(beam_ends)):
        alive_a, alive_b, pair = beam_rays[beam], beam_rays[beam], pair_base
        end = np.uint64(beam_ends[beam, 0])
        while step < end:
            head, union = steps[step, _ZERO], steps[step, _ONE]
            place = head & low
            if (words_a[place, _ZERO] | words_b[place, _ZERO]) & union:
                break
            words_a[place, _ONE] |= union
            words_b[place, _ONE] |= union
            pair = pair_base + (head >> shift)
            step += _ONE
        while step < end and (alive_a | alive_b):
            head = steps[step, _ZERO]
            pair_end, place = pair_base + (head >> shift), head & low
            occupied_a, seen_a, stopped_a = words_a[place, _ZERO], _ZERO, _ZERO
            occupied_b, seen_b, stopped_b = words_b[place, _ZERO], _ZERO, _ZERO
            for p in range(pair, pair_end):
                rays, mask = sets[set_numbers[p]], masks[mask_numbers[p]]
                mask_a = mask if rays & alive_a else _ZERO
                mask_b = mask if rays & alive_b else _ZERO
                hit_a, hit_b = occupied_a & mask_a, occupied_b & mask_b
                seen_a |= mask_a & (hit_a ^ (hit_a - _ONE))
                seen_b |= mask_b & (hit_b ^ (hit_b - _ONE))
                stopped_a |= rays if hit_a else _ZERO
                stopped_b |= rays if hit_b else _ZERO
            words_a[place, _ONE] |= seen_a
            words_b[place, _ONE] |= seen_b
            alive_a &= ~stopped_a
            alive_b &= ~stopped_b
            pair = pair_end
            step += _ONE
        step = end
        pair_base = np.uint64(beam_ends[beam, 1])
