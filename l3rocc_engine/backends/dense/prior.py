"""What the neighbours' confirmed depths predict for a view."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_STEPS = 4
"""Entries of the penalty table a plane; the matcher reads it at quarter planes."""


@njit(nogil=True, cache=True, error_model="numpy")  # pragma: no cover - compiled
def splat_depths(
    others: NDArray[np.float32],
    back_maps: NDArray[np.float64],
    back_epipoles: NDArray[np.float64],
    front: NDArray[np.float32],
    total: NDArray[np.float32],
    count: NDArray[np.float32],
) -> None:
    """Carry depth maps into a view: the nearest surface wins a pixel, depths within 2 % of it are averaged.

    Parameters
    ----------
    others
        (S, H, W) float32 depths of other views, 0 where unknown.
    back_maps, back_epipoles
        (S, 3, 3) and (S, 3) float64, from those views' indices to this view's.
    front, total, count
        (H, W) float32; ``front`` is scratch, ``total / count`` is the predicted depth where ``count`` is not 0.
    """
    height, width = front.shape
    front[:] = np.inf
    total[:] = 0.0
    count[:] = 0.0
    for stage in range(2):
        for s in range(len(others)):
            m, e = back_maps[s], back_epipoles[s]
            for y in range(height):
                for x in range(width):
                    z = np.float64(others[s, y, x])
                    if z <= 0.0:
                        continue
                    w = (m[2, 0] * x + m[2, 1] * y + m[2, 2]) * z + e[2]
                    if w <= 1e-6:
                        continue
                    u = ((m[0, 0] * x + m[0, 1] * y + m[0, 2]) * z + e[0]) / w
                    v = ((m[1, 0] * x + m[1, 1] * y + m[1, 2]) * z + e[1]) / w
                    if not (-0.5 <= u < width - 0.5 and -0.5 <= v < height - 0.5):
                        continue
                    iu, iv = int(u + 0.5), int(v + 0.5)
                    if stage == 0:
                        front[iv, iu] = min(front[iv, iu], w)
                    elif w <= 1.02 * front[iv, iu]:
                        total[iv, iu] += w
                        count[iv, iu] += 1.0


def predict_depth(
    others: NDArray[np.float32], back_maps: NDArray[np.float64], back_epipoles: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Depth (H, W) float32 that other views' depths predict here, 0 where they predict nothing."""
    front, total, count = (np.empty(others.shape[1:], np.float32) for _ in range(3))
    splat_depths(others, back_maps, back_epipoles, front, total, count)
    return np.where(count > 0, total / np.maximum(count, 1.0), 0.0).astype(np.float32)


def penalty_table(weight: float, spread: float, num_planes: int) -> NDArray[np.float32]:
    """(2n + 1,) extra matching cost by distance from the predicted plane, in quarter planes; none in the middle."""
    reach = _STEPS * min(num_planes, int(np.ceil(4.0 * spread)))
    distance = np.arange(-reach, reach + 1) / _STEPS
    return (weight * (1.0 - np.exp(-0.5 * (distance / spread) ** 2))).astype(np.float32)
