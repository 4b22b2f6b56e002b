"""Nearest hit of rays with triangles: a bounding volume hierarchy, compiled.

Source: I. Wald, "On fast construction of SAH-based bounding volume hierarchies", RT 2007 (binned splits);
T. Möller and B. Trumbore, "Fast, minimum storage ray/triangle intersection", JGT 1997.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAF_SIZE = 4
NUM_BINS = 16
NO_HIT = -1


class Bvh(NamedTuple):
    """Nodes and triangles in the order of the leaves.

    Attributes
    ----------
    bounds
        (M, 6) float64, low corner then high corner.
    first, count
        (M,) int32: a leaf's first triangle and their number, or the left child (right is next to it) and 0.
    corner, edge1, edge2
        (F, 3) float64 triangles.
    """

    bounds: NDArray[np.float64]
    first: NDArray[np.int32]
    count: NDArray[np.int32]
    corner: NDArray[np.float64]
    edge1: NDArray[np.float64]
    edge2: NDArray[np.float64]


def build_bvh(triangles: NDArray[np.float64]) -> tuple[Bvh, NDArray[np.int64]]:
    """Hierarchy over triangles (F, 3, 3), and the order into which it sorted them."""
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    bounds, first, count, order = _split(low, high, (low + high) / 2)
    sorted_triangles = triangles[order]
    corner = np.ascontiguousarray(sorted_triangles[:, 0])
    edge1 = np.ascontiguousarray(sorted_triangles[:, 1] - corner)
    edge2 = np.ascontiguousarray(sorted_triangles[:, 2] - corner)
    return Bvh(bounds, first, count, corner, edge1, edge2), order


@njit(cache=True)
def _split(low, high, centre):  # type: ignore[no-untyped-def]
    n = len(low)
    order = np.arange(n)
    bounds = np.zeros((2 * n, 6))
    first, count = np.zeros(2 * n, np.int32), np.zeros(2 * n, np.int32)
    count[0] = n
    used = 1
    stack = [0]
    while len(stack) > 0:
        node = stack.pop()
        begin, size = first[node], count[node]
        for axis in range(3):
            bounds[node, axis], bounds[node, axis + 3] = np.inf, -np.inf
        for k in range(begin, begin + size):
            for axis in range(3):
                bounds[node, axis] = min(bounds[node, axis], low[order[k], axis])
                bounds[node, axis + 3] = max(bounds[node, axis + 3], high[order[k], axis])
        if size <= LEAF_SIZE:
            continue
        axis, limit = _best_plane(low, high, centre, order, begin, size)
        middle = begin
        for k in range(begin, begin + size):
            if centre[order[k], axis] < limit:
                order[k], order[middle] = order[middle], order[k]
                middle += 1
        if middle == begin or middle == begin + size:
            middle = begin + size // 2
        first[used], count[used] = begin, middle - begin
        first[used + 1], count[used + 1] = middle, begin + size - middle
        first[node], count[node] = used, 0
        stack.append(used)
        stack.append(used + 1)
        used += 2
    return bounds[:used], first[:used], count[:used], order


@njit(cache=True)
def _area(box):  # type: ignore[no-untyped-def]
    x, y, z = max(0.0, box[3] - box[0]), max(0.0, box[4] - box[1]), max(0.0, box[5] - box[2])
    return x * y + y * z + z * x


@njit(cache=True)
def _best_plane(low, high, centre, order, begin, size):  # type: ignore[no-untyped-def]
    best_cost, best_axis, best_limit = np.inf, 0, 0.0
    for axis in range(3):
        c0, c1 = np.inf, -np.inf
        for k in range(begin, begin + size):
            c0, c1 = min(c0, centre[order[k], axis]), max(c1, centre[order[k], axis])
        if c1 - c0 < 1e-9:
            continue
        box = np.zeros((NUM_BINS, 6))
        box[:, :3], box[:, 3:] = np.inf, -np.inf
        number = np.zeros(NUM_BINS, np.int64)
        for k in range(begin, begin + size):
            i = order[k]
            b = min(NUM_BINS - 1, int((centre[i, axis] - c0) / (c1 - c0) * NUM_BINS))
            number[b] += 1
            for d in range(3):
                box[b, d], box[b, d + 3] = min(box[b, d], low[i, d]), max(box[b, d + 3], high[i, d])
        for cut in range(1, NUM_BINS):
            left, right = box[0].copy(), box[NUM_BINS - 1].copy()
            for b in range(cut):
                left[:3], left[3:] = np.minimum(left[:3], box[b, :3]), np.maximum(left[3:], box[b, 3:])
            for b in range(cut, NUM_BINS):
                right[:3], right[3:] = np.minimum(right[:3], box[b, :3]), np.maximum(right[3:], box[b, 3:])
            cost = _area(left) * number[:cut].sum() + _area(right) * number[cut:].sum()
            if cost < best_cost:
                best_cost, best_axis, best_limit = cost, axis, c0 + (c1 - c0) * cut / NUM_BINS
    return best_axis, best_limit


@njit(cache=True, inline="always")
def _enter(bounds, node, ox, oy, oz, ix, iy, iz, nearest):  # type: ignore[no-untyped-def]
    """Distance at which a ray enters a box, or infinity."""
    a, b = (bounds[node, 0] - ox) * ix, (bounds[node, 3] - ox) * ix
    t0, t1 = min(a, b), max(a, b)
    a, b = (bounds[node, 1] - oy) * iy, (bounds[node, 4] - oy) * iy
    t0, t1 = max(t0, min(a, b)), min(t1, max(a, b))
    a, b = (bounds[node, 2] - oz) * iz, (bounds[node, 5] - oz) * iz
    t0, t1 = max(t0, min(a, b)), min(t1, max(a, b))
    return t0 if t1 >= max(t0, 0.0) and t0 < nearest else np.inf


@njit(cache=True, inline="always")
def triangle_coordinates(bvh, k, ox, oy, oz, dx, dy, dz):  # type: ignore[no-untyped-def]
    """(t, b1, b2) where a ray meets a triangle's plane; t is -1 where it runs along the plane."""
    e1x, e1y, e1z = bvh.edge1[k, 0], bvh.edge1[k, 1], bvh.edge1[k, 2]
    e2x, e2y, e2z = bvh.edge2[k, 0], bvh.edge2[k, 1], bvh.edge2[k, 2]
    px, py, pz = dy * e2z - dz * e2y, dz * e2x - dx * e2z, dx * e2y - dy * e2x
    det = e1x * px + e1y * py + e1z * pz
    if abs(det) < 1e-14:
        return -1.0, 0.0, 0.0
    sx, sy, sz = ox - bvh.corner[k, 0], oy - bvh.corner[k, 1], oz - bvh.corner[k, 2]
    b1 = (sx * px + sy * py + sz * pz) / det
    qx, qy, qz = sy * e1z - sz * e1y, sz * e1x - sx * e1z, sx * e1y - sy * e1x
    b2 = (dx * qx + dy * qy + dz * qz) / det
    return (e2x * qx + e2y * qy + e2z * qz) / det, b1, b2


@njit(cache=True)
def nearest_hit(bvh, skip, ox, oy, oz, dx, dy, dz, limit, stack):  # type: ignore[no-untyped-def]
    """(t, triangle, b1, b2) of the nearest hit before ``limit``; triangles flagged in ``skip`` are air."""
    ix = 1.0 / dx if dx != 0.0 else 1e30
    iy = 1.0 / dy if dy != 0.0 else 1e30
    iz = 1.0 / dz if dz != 0.0 else 1e30
    best_t, best_k, best_b1, best_b2 = limit, NO_HIT, 0.0, 0.0
    depth = 1
    stack[0] = 0
    while depth > 0:
        depth -= 1
        node = stack[depth]
        if _enter(bvh.bounds, node, ox, oy, oz, ix, iy, iz, best_t) == np.inf:
            continue
        while bvh.count[node] == 0:
            left = bvh.first[node]
            near = _enter(bvh.bounds, left, ox, oy, oz, ix, iy, iz, best_t)
            far = _enter(bvh.bounds, left + 1, ox, oy, oz, ix, iy, iz, best_t)
            if near == np.inf and far == np.inf:
                break
            if near <= far:
                if far != np.inf:
                    stack[depth] = left + 1
                    depth += 1
                node = left
            else:
                if near != np.inf:
                    stack[depth] = left
                    depth += 1
                node = left + 1
        for k in range(bvh.first[node], bvh.first[node] + bvh.count[node]):
            if skip[k]:
                continue
            t, b1, b2 = triangle_coordinates(bvh, k, ox, oy, oz, dx, dy, dz)
            if 1e-6 < t < best_t and b1 >= -1e-9 and b2 >= -1e-9 and b1 + b2 <= 1.0 + 1e-9:
                best_t, best_k, best_b1, best_b2 = t, k, b1, b2
    return best_t, best_k, best_b1, best_b2
