"""Depth for pixels that matching left open, where a plane of the scene plainly continues.

Nothing is filled that does not lie between confirmed pixels of one plane without an edge between, that another view
looks through, or that contradicts the pictures where they have texture. Sky and moving things lie on no plane that
continues to them, and stay empty.
"""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.consistency import sample_depth
from l3rocc_engine.backends.dense.smoothing import spread

_REACH_PX = 24.0
_GREY_STEP = 12.0
_LEAST_WEIGHT = 3e-3
_LEAST_SHARE = 0.75
_WIDEST_GAP = 0.5
_JUDGED_CONTRAST = 4.0
_LARGEST_COST = 0.6


@njit(nogil=True, cache=True, error_model="numpy")  # pragma: no cover - compiled
def reject_seen_through(
    depth: NDArray[np.float32],
    others: NDArray[np.float32],
    maps: NDArray[np.float64],
    epipoles: NDArray[np.float64],
    slack: float,
) -> None:
    """Set depths to 0 that would hide what another view has measured behind them, by more than the share ``slack``.

    Parameters
    ----------
    depth, others
        (H, W) and (V, H, W) float32 depths along z of this and of the other views, 0 where none; the first is changed.
    maps, epipoles
        (V, 3, 3) and (V, 3): ``maps[v] @ (x, y, 1) * z + epipoles[v]`` is the pixel in view v, homogeneous.
    """
    height, width = depth.shape
    for y in range(height):
        for x in range(width):
            z = np.float64(depth[y, x])
            if z <= 0.0:
                continue
            for s in range(len(others)):
                m, e = maps[s], epipoles[s]
                w = (m[2, 0] * x + m[2, 1] * y + m[2, 2]) * z + e[2]
                if w <= 1e-6:
                    continue
                u = ((m[0, 0] * x + m[0, 1] * y + m[0, 2]) * z + e[0]) / w
                v = ((m[1, 0] * x + m[1, 1] * y + m[1, 2]) * z + e[1]) / w
                if sample_depth(others[s], u, v) > (1.0 + slack) * w:
                    depth[y, x] = 0.0
                    break


def continue_planes(
    confirmed: NDArray[np.float32],
    candidates: NDArray[np.float64],
    guide: NDArray[np.float32],
    tolerance: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Depths of open pixels by the plane that surrounds them.

    Parameters
    ----------
    confirmed
        (H, W) float32, 0 where open.
    candidates
        (P, H, W) float64 depth of each plane at each pixel, 0 where it is not in view.
    guide
        (H, W) float32 grey picture; its edges stop planes.
    tolerance
        Depth difference up to which a confirmed pixel belongs to a plane.

    Returns
    -------
    depth, share
        (H, W) float32: depth of filled pixels (0 elsewhere), and the share of the surroundings that the plane has.
    """
    known = confirmed > 0
    distance = np.where(candidates > 0, np.abs(candidates - confirmed), np.inf)
    nearest = distance.argmin(axis=0)
    on_plane = known & (distance.min(axis=0) < tolerance)
    ones = np.ones_like(guide)
    total = _soft(known.astype(np.float32), ones, guide)
    best_share, best = np.zeros_like(guide), np.zeros(guide.shape, np.int64)
    for p in range(len(candidates)):
        mine = on_plane & (nearest == p)
        if not mine.any():
            continue
        share = _soft(mine.astype(np.float32), ones, guide) / np.maximum(total, 1e-9)
        better = (share > best_share) & (candidates[p] > 0) & _is_between(mine)
        best_share[better], best[better] = share[better], p
    filled = ~known & (total > _LEAST_WEIGHT) & (best_share > _LEAST_SHARE)
    depth = np.take_along_axis(candidates, best[None], axis=0)[0]
    return np.where(filled, depth, 0.0).astype(np.float32), np.where(filled, best_share, 0.0).astype(np.float32)


def _is_between(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels with the mask on both sides in their row, or above and below in their column, not too far away."""
    between = np.zeros_like(mask)
    for axis in (0, 1):
        size = mask.shape[axis]
        place = np.expand_dims(np.arange(size), 1 - axis)
        before = np.maximum.accumulate(np.where(mask, place, -size), axis=axis)
        after = np.flip(np.minimum.accumulate(np.flip(np.where(mask, place, 2 * size), axis), axis=axis), axis)
        between |= after - before < _WIDEST_GAP * size
    return between


def _soft(mask: NDArray[np.float32], ones: NDArray[np.float32], guide: NDArray[np.float32]) -> NDArray[np.float32]:
    return spread(mask, ones, guide, sigma_px=_REACH_PX, sigma_grey=_GREY_STEP, rounds=2)


def contradicts_pictures(costs: NDArray[np.uint8], grey: NDArray[np.float32], uncorrelated: float) -> NDArray[np.bool_]:
    """Where there is texture to judge by and it does not match at the filled depth.

    Parameters
    ----------
    costs
        (H, W) uint8 matching costs at the filled depth.
    grey
        (H, W) float32 grey picture.
    uncorrelated
        Cost of an uncorrelated pixel.
    """
    mean = cv2.boxFilter(grey, -1, (9, 9))
    contrast = np.sqrt(np.maximum(cv2.boxFilter(grey * grey, -1, (9, 9)) - mean * mean, 0.0))
    doubtful: NDArray[np.bool_] = (contrast > _JUDGED_CONTRAST) & (costs > _LARGEST_COST * uncorrelated)
    return doubtful
