"""Which depths other views confirm, and what all of them together say."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Depth = NDArray[np.float32]


@njit(nogil=True, cache=True, error_model="numpy")  # pragma: no cover - compiled
def sample_depth(depth: Depth, u: float, v: float) -> float:
    """Depth at a fractional index, interpolated on a surface and the nearest pixel's at a jump; 0 if unknown."""
    height, width = depth.shape
    if not (-0.5 <= u <= width - 0.5 and -0.5 <= v <= height - 0.5):
        return 0.0
    nearest = depth[min(max(int(v + 0.5), 0), height - 1), min(max(int(u + 0.5), 0), width - 1)]
    x, y = int(max(u, 0.0)), int(max(v, 0.0))
    if nearest <= 0.0 or x >= width - 1 or y >= height - 1:
        return nearest
    a, b = u - x, v - y
    total, weights = 0.0, 0.0
    for dy in range(2):
        for dx in range(2):
            z = depth[y + dy, x + dx]
            if abs(z - nearest) < 0.03 * nearest:
                weight = (a if dx else 1.0 - a) * (b if dy else 1.0 - b)
                total += weight / z
                weights += weight
    return weights / total if weights > 1e-3 else nearest


@njit(nogil=True, cache=True, error_model="numpy")  # pragma: no cover - compiled
def confirm_depths(
    depth: Depth,
    others: NDArray[np.float32],
    maps: NDArray[np.float64],
    epipoles: NDArray[np.float64],
    back_maps: NDArray[np.float64],
    back_epipoles: NDArray[np.float64],
    max_error_px: float,
    max_depth_error: float,
    fused: Depth,
    views: NDArray[np.uint8],
) -> None:
    """Count the views that confirm each depth and average what they say.

    A depth is taken to another view, replaced by the depth found there, and taken back; it is confirmed if it returns
    within ``max_error_px`` and a share ``max_depth_error`` of its own depth.

    Parameters
    ----------
    depth
        (H, W) float32, 0 where unknown.
    others
        (S, H, W) float32 depths of other views.
    maps, epipoles, back_maps, back_epipoles
        (S, 3, 3) and (S, 3) float64, see ``PixelCamera.transfer``, there and back.
    fused, views
        (H, W) float32 and uint8, filled with the mean of the confirmed depths (0 where unknown) and their number.
    """
    height, width = depth.shape
    for y in range(height):
        for x in range(width):
            z = np.float64(depth[y, x])
            fused[y, x] = z
            views[y, x] = 0
            if z <= 0.0:
                continue
            total, count = 1.0 / z, 1
            for s in range(len(others)):
                m, e = maps[s], epipoles[s]
                w = (m[2, 0] * x + m[2, 1] * y + m[2, 2]) * z + e[2]
                if w <= 1e-6:
                    continue
                u = ((m[0, 0] * x + m[0, 1] * y + m[0, 2]) * z + e[0]) / w
                v = ((m[1, 0] * x + m[1, 1] * y + m[1, 2]) * z + e[1]) / w
                there = sample_depth(others[s], u, v)
                if there <= 0.0:
                    continue
                m, e = back_maps[s], back_epipoles[s]
                back = (m[2, 0] * u + m[2, 1] * v + m[2, 2]) * there + e[2]
                if abs(back - z) > max_depth_error * z:
                    continue
                bu = ((m[0, 0] * u + m[0, 1] * v + m[0, 2]) * there + e[0]) / back
                bv = ((m[1, 0] * u + m[1, 1] * v + m[1, 2]) * there + e[1]) / back
                if (bu - x) ** 2 + (bv - y) ** 2 <= max_error_px**2:
                    total += 1.0 / back
                    count += 1
            fused[y, x] = count / total
            views[y, x] = count - 1
