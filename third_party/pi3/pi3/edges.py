"""Pixels between a near and a far surface, whose points float in the air and belong to neither."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

RELATIVE_STEP = 0.03
NORMAL_STEP_DEG = 5.0
_FLOOR = np.float32(1e-12)

Mask = NDArray[np.bool_]


def depth_edges(
    depth: NDArray[np.float32],
    *,
    atol: float | None = None,
    rtol: float | None = RELATIVE_STEP,
    window: int = 3,
    mask: Mask | None = None,
) -> Mask:
    """Pixels whose neighbourhood spans more depth than allowed.

    Parameters
    ----------
    depth
        (..., H, W) float32.
    atol, rtol
        Largest span, absolute and relative to the depth of the centre; None switches a test off.
    window
        Side of the square neighbourhood, odd; it ends at the border of the picture.
    mask
        (..., H, W), pixels that count; all if not given.
    """
    counts = np.ones(depth.shape, bool) if mask is None else mask
    lowest = _window_extreme(np.where(counts, -depth, -np.inf), window)
    highest = _window_extreme(np.where(counts, depth, -np.inf), window)
    with np.errstate(invalid="ignore", divide="ignore"):
        span = highest + lowest
        edge = np.zeros(depth.shape, bool)
        if atol is not None:
            edge |= span > np.float32(atol)
        if rtol is not None:
            ratio = span / depth
            edge |= np.where(np.isnan(ratio), np.float32(0), ratio) > np.float32(rtol)
    return edge


def surface_normals(points: NDArray[np.float32], mask: Mask) -> tuple[NDArray[np.float32], Mask]:
    """Unit normals (..., H, W, 3) of a point map from its four neighbours, and where there is one.

    Parameters
    ----------
    points
        (..., H, W, 3) float32.
    mask
        (..., H, W), pixels that count; a term needs the centre and both its neighbours.
    """
    pad = [(0, 0)] * (mask.ndim - 2) + [(1, 1), (1, 1)]
    known = np.pad(mask, pad)
    padded = np.pad(np.where(mask[..., None], points, np.float32(0)), [*pad, (0, 0)])
    lower, middle, upper = slice(0, -2), slice(1, -1), slice(2, None)
    ring = ((lower, middle), (middle, lower), (upper, middle), (middle, upper), (lower, middle))
    centre = padded[..., 1:-1, 1:-1, :]
    total = np.zeros_like(centre)
    has_normal = np.zeros(mask.shape, bool)
    for first, second in pairwise(ring):
        is_known = known[(..., *first)] & known[(..., *second)] & mask
        term = np.cross(padded[(..., *first, slice(None))] - centre, padded[(..., *second, slice(None))] - centre)
        total += np.where(is_known[..., None], _unit(term), np.float32(0))
        has_normal |= is_known
    normals = _unit(total)
    return np.where(has_normal[..., None], normals, np.float32(0)), has_normal


def normal_edges(normals: NDArray[np.float32], has_normal: Mask, tolerance_deg: float = NORMAL_STEP_DEG) -> Mask:
    """Pixels in whose neighbourhood the normal turns by more than ``tolerance_deg``."""
    lead = [(0, 0)] * (has_normal.ndim - 2)
    padded = np.pad(normals, [*lead, (1, 1), (1, 1), (0, 0)], mode="edge")
    known = np.pad(has_normal, [*lead, (1, 1), (1, 1)], mode="edge")
    height, width = has_normal.shape[-2:]
    largest = np.zeros(has_normal.shape, np.float32)
    for row in range(3):
        for col in range(3):
            rows, cols = slice(row, row + height), slice(col, col + width)
            cosine = np.clip((padded[..., rows, cols, :] * normals).sum(axis=-1), -1.0, 1.0)
            largest = np.maximum(largest, np.where(known[..., rows, cols], np.arccos(cosine), np.float32(0)))
    spread = _window_extreme(largest, 3)
    return (spread > np.float32(np.radians(tolerance_deg))) & has_normal


def depth_normal_edges(
    points: NDArray[np.float32],
    mask: Mask | None = None,
    *,
    rtol: float = RELATIVE_STEP,
    tolerance_deg: float = NORMAL_STEP_DEG,
) -> Mask:
    """Pixels (..., H, W) where both the depth jumps and the surface turns: the published model's own filter.

    Parameters
    ----------
    points
        (..., H, W, 3) float32, camera frame; the last coordinate is depth.
    mask
        Pixels that count; points that are not finite or lie behind the camera never do.
    rtol
        Largest span of depth in a pixel's neighbourhood relative to its own depth.
    tolerance_deg
        Largest turn of the surface in a pixel's neighbourhood.
    """
    depth = points[..., 2]
    valid = np.isfinite(points).all(axis=-1) & (depth > 0)
    if mask is not None:
        valid &= mask
    jumps = depth_edges(depth, rtol=rtol, mask=valid) & valid
    if not jumps.any():
        return jumps
    normals, has_normal = surface_normals(points, valid)
    edges: Mask = jumps & normal_edges(normals, has_normal, tolerance_deg)
    return edges


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    unit: NDArray[np.float32] = vectors / np.maximum(length, _FLOOR)
    return unit


def _window_extreme(image: NDArray[np.floating], window: int) -> NDArray[np.float32]:
    """Largest value of every pixel's square neighbourhood, cut at the border; NaN wins, as a maximum should."""
    reach = window // 2
    result = image.astype(np.float32)
    for axis in (-1, -2):
        pad = [(0, 0)] * image.ndim
        pad[axis] = (reach, reach)
        padded = np.pad(result, pad, constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=axis)
        result = np.maximum.reduce(windows, axis=-1)
    return result
