"""One frame by tables: points to words, beams through words, words to packed bits and indices; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def fill_words(
    points: Any,
    cell_starts: Any,
    cell_spheres: Any,
    affine: Any,
    reach: Any,
    must_visit_all: bool,
    shape: Any,
    axis_start: Any,
    word_part: Any,
    bit_part: Any,
    compact: Any,
    words: Any,
) -> None:
    """Set the occupied bits of all points that some ray could meet.

    Parameters
    ----------
    points
        (N, 3) float32, sorted into cells.
    cell_starts
        (C + 1,) int64.
    cell_spheres
        (C, 4) float32: centre in the world, and 1 if the cell is too large for ``reach``.
    affine
        (3, 4) float32.
    reach
        (X / 8 + 4, Y / 8 + 4, Z / 8 + 4) bool, where cells must be looked at.
    compact
        Word number to the number among the words that rays touch, or -1.
    words
        (W, 2) uint64, column 0 receives the bits.
    """
    x_end, y_end, z_end = np.float32(shape[0]), np.float32(shape[1]), np.float32(shape[2])
    zero, eighth = np.float32(0.0), np.float32(0.125)
    m00, m01, m02, m03 = affine[0, 0], affine[0, 1], affine[0, 2], affine[0, 3]
    m10, m11, m12, m13 = affine[1, 0], affine[1, 1], affine[1, 2], affine[1, 3]
    m20, m21, m22, m23 = affine[2, 0], affine[2, 1], affine[2, 2], affine[2, 3]
    start_y, start_z = axis_start[1], axis_start[2]
    for cell in range(len(cell_starts) - 1):
        px, py, pz = cell_spheres[cell, 0], cell_spheres[cell, 1], cell_spheres[cell, 2]
        if not must_visit_all and cell_spheres[cell, 3] == zero:
            fx = (((m00 * px + m01 * py) + m02 * pz) + m03) * eighth
            fy = (((m10 * px + m11 * py) + m12 * pz) + m13) * eighth
            fz = (((m20 * px + m21 * py) + m22 * pz) + m23) * eighth
            two = np.float32(2.0)
            if not (fx >= -two and fy >= -two and fz >= -two):
                continue
            if fx >= reach.shape[0] - 2 or fy >= reach.shape[1] - 2 or fz >= reach.shape[2] - 2:
                continue
            if not reach[np.int64(fx + two), np.int64(fy + two), np.int64(fz + two)]:
                continue
        for n in range(cell_starts[cell], cell_starts[cell + 1]):
            px, py, pz = points[n, 0], points[n, 1], points[n, 2]
            fx = ((m00 * px + m01 * py) + m02 * pz) + m03
            fy = ((m10 * px + m11 * py) + m12 * pz) + m13
            fz = ((m20 * px + m21 * py) + m22 * pz) + m23
            if not (fx >= zero and fx < x_end and fy >= zero and fy < y_end and fz >= zero and fz < z_end):
                continue
            x, y, z = np.int64(fx), start_y + np.int64(fy), start_z + np.int64(fz)
            place = compact[word_part[0, x] + word_part[0, y] + word_part[0, z]]
            if place >= 0:
                words[place, 0] |= np.uint64(1) << np.uint64(bit_part[0, x] + bit_part[0, y] + bit_part[0, z])
            if word_part[1, x] >= 0 or word_part[1, y] >= 0 or word_part[1, z] >= 0:
                _fill_other_sides(x, y, z, word_part, bit_part, compact, words)


@njit(nogil=True, cache=True)
def _fill_other_sides(x: Any, y: Any, z: Any, word_part: Any, bit_part: Any, compact: Any, words: Any) -> None:
    """The same voxel in the words of the camera's other sides."""
    for code in range(1, 8):
        i, j, k = code >> 2, (code >> 1) & 1, code & 1
        if word_part[i, x] < 0 or word_part[j, y] < 0 or word_part[k, z] < 0:
            continue
        place = compact[word_part[i, x] + word_part[j, y] + word_part[k, z]]
        if place >= 0:
            words[place, 0] |= np.uint64(1) << np.uint64(bit_part[i, x] + bit_part[j, y] + bit_part[k, z])


@njit(nogil=True, cache=True)
def sweep_beams(steps: Any, pairs: Any, beam_ends: Any, beam_rays: Any, words: Any) -> None:
    """Mark what the beams see: column 1 of ``words`` from column 0."""
    zero, one, shift, low = np.uint64(0), np.uint64(1), np.uint64(32), np.uint64(0xFFFFFFFF)
    step = np.int64(0)
    pair_base = np.int64(0)
    for beam in range(len(beam_ends)):
        full = beam_rays[beam]
        alive = full
        pair = pair_base
        for s in range(step, beam_ends[beam, 0]):
            head = steps[s, 0]
            union = steps[s, 1]
            word = np.int64(head & low)
            pair_end = pair_base + np.int64(head >> shift)
            occupied = words[word, 0]
            if (occupied & union) == zero and alive == full:
                words[word, 1] |= union
                pair = pair_end
                continue
            seen = zero
            for p in range(pair, pair_end):
                rays = pairs[p, 1]
                if rays & alive:
                    mask = pairs[p, 0]
                    hit = occupied & mask
                    seen |= mask & (hit ^ (hit - one))
                    if hit != zero:
                        alive &= ~rays
            words[word, 1] |= seen
            pair = pair_end
            if alive == zero:
                break
        step = beam_ends[beam, 0]
        pair_base = beam_ends[beam, 1]
