"""Exact voxel traversal of single rays, compiled; the plain path that every faster one must equal bit for bit.

A ray walks the endless grid from the camera by the rule of Amanatides and Woo, "A Fast Voxel Traversal Algorithm for
Ray Tracing" (Eurographics 1987): of the next faces along x, y and z it crosses the nearest, one at a time, so that it
never slips between two voxels that touch at an edge only. Equal distances: z before y before x, as in the paper. The
distance to face ``k`` is ``(k - camera) / direction`` in float64, computed anew for each face, not accumulated. What it
crosses of the box counts; so a camera outside the box needs no rule of its own. A camera on a face starts on the side
that the ray points to, and on the upper side if the ray is parallel to the face.

Axes along which a ray goes down are mirrored (index ``i`` becomes ``-i - 1``), which changes no rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

OCCUPIED, BLOCKS, VISIBLE = 1, 2, 4
"""Bits of the dense byte grid that the plain path works on."""


@njit(nogil=True, cache=True, inline="always")
def _crosses_before(t: float, rank: int, t_other: float, rank_other: int) -> bool:
    return t < t_other or (t == t_other and rank < rank_other)


@njit(nogil=True, cache=True)
def _index_at(start: Any, high: Any, camera: float, speed: float, rank: int, t_end: float, rank_end: int) -> Any:
    """Mirrored index along one axis after all crossings that come before ``(t_end, rank_end)``, at most ``high``."""
    if speed == 0.0:
        return start
    estimate = np.floor(camera + t_end * speed) - 1.0
    index = max(start, np.int64(min(estimate, np.float64(high))))
    while index > start and not _crosses_before((index - camera) / speed, rank, t_end, rank_end):
        index -= 1
    while index < high and _crosses_before((index + 1 - camera) / speed, rank, t_end, rank_end):
        index += 1
    return index


@njit(nogil=True, cache=True)
def enter_box(camera: Any, speed: Any, low: Any, high: Any, index: Any) -> bool:
    """Find the first voxel of the box that a ray crosses.

    Parameters
    ----------
    camera, speed, low, high
        (3,) mirrored: optical centre in voxels, absolute direction, first and end index of the box.
    index
        (3,) int64, receives the mirrored index of the voxel.

    Returns
    -------
    bool
        Whether the ray crosses the box at all.
    """
    t_last, last = -1.0, -1
    for axis in range(2, -1, -1):
        index[axis] = np.int64(np.floor(camera[axis]))
        if index[axis] >= high[axis]:
            return False
        if index[axis] < low[axis]:
            if speed[axis] == 0.0:
                return False
            t = (low[axis] - camera[axis]) / speed[axis]
            if last < 0 or t >= t_last:
                t_last, last = t, axis
    if last < 0:
        return True
    for axis in range(3):
        if axis == last:
            index[axis] = low[axis]
        else:
            index[axis] = _index_at(index[axis], high[axis], camera[axis], speed[axis], 2 - axis, t_last, 2 - last)
        if index[axis] < low[axis] or index[axis] >= high[axis]:
            return False
    return True


@njit(nogil=True, cache=True)
def mirror(direction: Any, camera: Any, shape: Any, sign: Any, speed: Any, centre: Any, low: Any, high: Any) -> bool:
    """Fill the mirrored description of one ray; false for directions that are zero or not finite."""
    is_zero = True
    for axis in range(3):
        d = np.float64(direction[axis])
        if not np.isfinite(d):
            return False
        is_zero = is_zero and d == 0.0
        sign[axis] = -1 if d < 0.0 else 1
        speed[axis] = abs(d)
        centre[axis] = camera[axis] * sign[axis]
        low[axis] = 0 if sign[axis] > 0 else -shape[axis]
        high[axis] = shape[axis] if sign[axis] > 0 else 0
    return not is_zero


@njit(nogil=True, cache=True)
def next_face(index: int, camera: float, speed: float) -> float:
    """Distance to the next face along one axis, in units of the ray's direction."""
    return (index + 1 - camera) / speed if speed > 0.0 else np.inf


@njit(nogil=True, cache=True)
def walk(cells: Any, centre: Any, speed: Any, high: Any, index: Any, base: int, stride: Any) -> None:
    """Mark voxels visible from ``index`` on, up to and including the first that blocks."""
    x, y, z = index[0], index[1], index[2]
    t_x = next_face(x, centre[0], speed[0])
    t_y = next_face(y, centre[1], speed[1])
    t_z = next_face(z, centre[2], speed[2])
    flat = base + x * stride[0] + y * stride[1] + z * stride[2]
    while True:
        cells[flat] |= VISIBLE
        if cells[flat] & BLOCKS:
            return
        if t_x < t_y and t_x < t_z:
            x += 1
            if x >= high[0]:
                return
            flat += stride[0]
            t_x = next_face(x, centre[0], speed[0])
        elif t_x >= t_y and t_y < t_z:
            y += 1
            if y >= high[1]:
                return
            flat += stride[1]
            t_y = next_face(y, centre[1], speed[1])
        else:
            z += 1
            if z >= high[2]:
                return
            flat += stride[2]
            t_z = next_face(z, centre[2], speed[2])


@njit(nogil=True, cache=True)
def cast_rays(cells: Any, directions: Any, camera: Any, shape: Any) -> None:
    """Mark what the rays see in a grid of bytes.

    Parameters
    ----------
    cells
        (X*Y*Z,) uint8 with the bits OCCUPIED and BLOCKS set; VISIBLE is added.
    directions
        (R, 3) float32, camera frame, any length.
    camera
        (3,) float64, optical centre in voxel coordinates.
    shape
        (3,) int64.
    """
    sign, index, stride = np.empty(3, np.int64), np.empty(3, np.int64), np.empty(3, np.int64)
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    speed, centre = np.empty(3, np.float64), np.empty(3, np.float64)
    for r in range(len(directions)):
        if not mirror(directions[r], camera, shape, sign, speed, centre, low, high):
            continue
        if not enter_box(centre, speed, low, high, index):
            continue
        base = np.int64(0)
        size = np.int64(1)
        for axis in range(2, -1, -1):
            stride[axis] = sign[axis] * size
            if sign[axis] < 0:
                base -= size
            size *= shape[axis]
        walk(cells, centre, speed, high, index, base, stride)


@njit(nogil=True, cache=True)
def voxelise(points_world: Any, affine: Any, shape: Any, cells: Any) -> None:
    """Set OCCUPIED and BLOCKS in the voxels that hold points, by the rule of ``rounding``.

    Parameters
    ----------
    points_world
        (N, 3) float32.
    affine
        (3, 4) float32, voxel coordinates from world.
    cells
        (X*Y*Z,) uint8.
    """
    x_end, y_end, z_end = np.float32(shape[0]), np.float32(shape[1]), np.float32(shape[2])
    zero = np.float32(0.0)
    for n in range(len(points_world)):
        px, py, pz = points_world[n, 0], points_world[n, 1], points_world[n, 2]
        x = ((affine[0, 0] * px + affine[0, 1] * py) + affine[0, 2] * pz) + affine[0, 3]
        y = ((affine[1, 0] * px + affine[1, 1] * py) + affine[1, 2] * pz) + affine[1, 3]
        z = ((affine[2, 0] * px + affine[2, 1] * py) + affine[2, 2] * pz) + affine[2, 3]
        if x >= zero and x < x_end and y >= zero and y < y_end and z >= zero and z < z_end:
            cells[(np.int64(x) * shape[1] + np.int64(y)) * shape[2] + np.int64(z)] = OCCUPIED | BLOCKS
