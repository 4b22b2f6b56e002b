"""Voxels of one grid as voxels of another, and who saw which world voxel; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from l3rocc_engine.geometry.cell_keys import HALF
from l3rocc_engine.occupancy.bits import prefetch

EMPTY = np.int64(-1)
KEY, COUNT, FIRST, LAST = 0, 1, 2, 3
BATCH = 1024
"""Voxels moved at a time."""


@njit(nogil=True, cache=True)
def _move(indices: Any, shape: Any, affine: Any, moved: Any) -> None:
    """Flat indices of a batch of voxels after an affine map between voxel coordinates; -1 outside the grid.

    Each coordinate of a voxel's centre is ``((m0 * x + m1 * y) + m2 * z) + m3`` in float64, rounded down. There is
    neither a branch nor a division, so that the compiler may work on several voxels at a time.
    """
    m00, m01, m02, m03 = affine[0, 0], affine[0, 1], affine[0, 2], affine[0, 3]
    m10, m11, m12, m13 = affine[1, 0], affine[1, 1], affine[1, 2], affine[1, 3]
    m20, m21, m22, m23 = affine[2, 0], affine[2, 1], affine[2, 2], affine[2, 3]
    x_end, y_end, z_end = np.float64(shape[0]), np.float64(shape[1]), np.float64(shape[2])
    y_size, z_size = np.int32(shape[1]), np.int32(shape[2])
    # Exact instead of a division: a half is farther from a whole number of sizes than float64 errs.
    per_y, per_z = 1.0 / y_end, 1.0 / z_end
    for n in range(len(indices)):
        column = np.int32((indices[n] + 0.5) * per_z)
        slab = np.int32((column + 0.5) * per_y)
        x, y, z = slab + 0.5, np.int32(column - slab * y_size) + 0.5, np.int32(indices[n] - column * z_size) + 0.5
        u = ((m00 * x + m01 * y) + m02 * z) + m03
        v = ((m10 * x + m11 * y) + m12 * z) + m13
        w = ((m20 * x + m21 * y) + m22 * z) + m23
        inside = (u >= 0.0) & (u < x_end) & (v >= 0.0) & (v < y_end) & (w >= 0.0) & (w < z_end)
        # Within the grid cutting off the fraction is rounding down; outside the conversion would be undefined.
        i, j, k = np.int32(u if inside else 0.0), np.int32(v if inside else 0.0), np.int32(w if inside else 0.0)
        moved[n] = np.int32((i * y_size + j) * z_size + k) if inside else np.int32(-1)


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
    moved = np.empty(BATCH, np.int32)
    for begin in range(0, len(indices), BATCH):
        end = min(begin + BATCH, len(indices))
        _move(indices[begin:end], shape, affine, moved)
        for n in range(end - begin):
            flat = np.int64(moved[n])
            if flat >= 0:
                packed[flat >> 3] |= np.uint8(128 >> (flat & 7))


@njit(nogil=True, cache=True)
def move_keys(indices: Any, shape: Any, affine: Any, keys: Any) -> Any:
    """Keys (N,) int64 of the world voxels that the centres fall into; returns how many are too far away for one."""
    m00, m01, m02, m03 = affine[0, 0], affine[0, 1], affine[0, 2], affine[0, 3]
    m10, m11, m12, m13 = affine[1, 0], affine[1, 1], affine[1, 2], affine[1, 3]
    m20, m21, m22, m23 = affine[2, 0], affine[2, 1], affine[2, 2], affine[2, 3]
    y_size, z_size = np.int32(shape[1]), np.int32(shape[2])
    per_y, per_z = 1.0 / np.float64(shape[1]), 1.0 / np.float64(shape[2])
    limit, num_far = np.float64(HALF), np.int64(0)
    for n in range(len(indices)):
        column = np.int32((indices[n] + 0.5) * per_z)
        slab = np.int32((column + 0.5) * per_y)
        x, y, z = slab + 0.5, np.int32(column - slab * y_size) + 0.5, np.int32(indices[n] - column * z_size) + 0.5
        u = ((m00 * x + m01 * y) + m02 * z) + m03
        v = ((m10 * x + m11 * y) + m12 * z) + m13
        w = ((m20 * x + m21 * y) + m22 * z) + m23
        is_near = (u >= -limit) & (u < limit) & (v >= -limit) & (v < limit) & (w >= -limit) & (w < limit)
        num_far += np.int64(not is_near)
        u, v, w = u if is_near else 0.0, v if is_near else 0.0, w if is_near else 0.0
        # Cutting off the fraction, and one less where that was upwards, is rounding down.
        i, j, k = np.int64(np.int32(u)), np.int64(np.int32(v)), np.int64(np.int32(w))
        i, j, k = i - np.int64(i > u), j - np.int64(j > v), k - np.int64(k > w)
        keys[n] = ((i + HALF) << 42) | ((j + HALF) << 21) | (k + HALF)
    return num_far


@njit(nogil=True, cache=True)
def _home(key: Any, mask: Any) -> Any:
    """Where a key is looked for first.

    Pairs of voxels along each axis start next to each other, so that a surface touches fewer cache lines; the blocks
    of 2 x 2 x 2 that they make are spread by Fibonacci hashing.
    """
    local = (key & 1) | (((key >> 21) & 1) << 1) | (((key >> 42) & 1) << 2)
    block = np.uint64(key & ~np.int64(1 | 1 << 21 | 1 << 42)) * np.uint64(0x9E3779B97F4A7C15)
    return (np.int64((block >> np.uint64(30)) << np.uint64(3)) | local) & mask


@njit(nogil=True, cache=True)
def _slot(table: Any, key: Any, slot: Any) -> Any:
    """Row of the key, or the free one where it belongs, from its home on."""
    mask = len(table) - 1
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
        Number of new world voxels, and how many are too far away to be noted; if any, the table is of no use.
    """
    keys, homes = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    mask, address = len(table) - 1, np.int64(table.ctypes.data)
    num_new, num_far = 0, 0
    for begin in range(0, len(indices), BATCH):
        end = min(begin + BATCH, len(indices))
        num_far += move_keys(indices[begin:end], shape, affine, keys)
        for n in range(end - begin):
            homes[n] = _home(keys[n], mask)
            prefetch(address + 32 * homes[n])
        for n in range(end - begin):
            slot = _slot(table, keys[n], homes[n])
            if table[slot, KEY] == EMPTY:
                table[slot, KEY], table[slot, COUNT], table[slot, FIRST], table[slot, LAST] = keys[n], 1, frame, frame
                num_new += 1
            elif table[slot, LAST] != frame:
                table[slot, COUNT] += 1
                table[slot, LAST] = frame
    return num_new, num_far


@njit(nogil=True, cache=True)
def rehash(old: Any, table: Any) -> None:
    """Move everything to a larger table."""
    for n in range(len(old)):
        if old[n, KEY] != EMPTY:
            table[_slot(table, old[n, KEY], _home(old[n, KEY], len(table) - 1))] = old[n]
