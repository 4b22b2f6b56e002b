"""Plane sweep: how well the pictures agree at every pixel for every depth plane.

Fronto-parallel plane sweep after Collins, "A space-sweep approach to true multi-image matching" (CVPR 1996), with
zero-mean normalised cross-correlation as the score. Warping and correlating one picture at a time keeps everything in the
cache, and both steps release the interpreter lock.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_engine.progress import CancelToken

_SAMPLING = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_BORDER = cv2.BORDER_REPLICATE

COST_SCALE = 125.0
"""Cost of an uncorrelated pixel; perfect agreement costs 0, perfect contradiction 250."""

Plane = NDArray[np.float32]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")  # pragma: no cover - compiled
def _add_products(a: Plane, b: Plane, ones: Plane, squares: Plane, products: Plane) -> None:
    """Add one row to running sums of a, a squared and a times b."""
    for x in range(len(a)):
        ones[x] += a[x]
        squares[x] += a[x] * a[x]
        products[x] += a[x] * b[x]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")  # pragma: no cover - compiled
def _add_row(a: Plane, into: Plane) -> None:
    for x in range(len(into)):
        into[x] += a[x]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")  # pragma: no cover - compiled
def _window_sums(picture: Plane, other: Plane, y: int, radius: int, columns: Plane, sums: Plane) -> None:
    """Window sums of picture, picture squared and picture times other along row y, borders padded by repetition."""
    height, width = picture.shape
    columns[:] = np.float32(0.0)
    ones, squares, products = columns[0, radius:-radius], columns[1, radius:-radius], columns[2, radius:-radius]
    for k in range(-radius, radius + 1):
        row = min(max(y + k, 0), height - 1)
        _add_products(picture[row], other[row], ones, squares, products)
    for c in range(3):
        columns[c, :radius] = columns[c, radius]
        columns[c, width + radius :] = columns[c, width + radius - 1]
        sums[c] = columns[c, :width]
        for k in range(1, 2 * radius + 1):
            _add_row(columns[c, k : k + width], sums[c])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")  # pragma: no cover - compiled
def _reference_moments(reference: Plane, radius: int, eps: float) -> tuple[Plane, Plane]:
    """Window sums of the reference and one over the square root of its regularised variance."""
    height, width = reference.shape
    total = np.empty((height, width), np.float32)
    inverse_spread = np.empty((height, width), np.float32)
    columns, sums = np.empty((3, width + 2 * radius), np.float32), np.empty((3, width), np.float32)
    n = np.float32((2 * radius + 1) ** 2)
    for y in range(height):
        _window_sums(reference, reference, y, radius, columns, sums)
        for x in range(width):
            spread = sums[1, x] - sums[0, x] * sums[0, x] / n
            total[y, x] = sums[0, x]
            inverse_spread[y, x] = np.float32(1.0) / np.sqrt(max(spread, np.float32(0.0)) + n * np.float32(eps))
    return total, inverse_spread


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")  # pragma: no cover - compiled
def _keep_best_two(
    reference: Plane,
    total: Plane,
    inverse_spread: Plane,
    warped: Plane,
    row_from: Plane,
    source_size: tuple[int, int],
    radius: int,
    eps: float,
    best: Plane,
    second: Plane,
) -> None:
    """Correlate one warped picture with the reference and keep each pixel's two best scores over the sources."""
    height, width = reference.shape
    n = np.float32((2 * radius + 1) ** 2)
    inverse_n, regular = np.float32(1.0) / n, n * np.float32(eps)
    columns, sums = np.empty((3, width + 2 * radius), np.float32), np.empty((3, width), np.float32)
    last_u, last_v = np.float32(source_size[0] - 1), np.float32(source_size[1] - 1)
    for row in range(height):
        y = np.float32(row)
        _window_sums(warped, reference, row, radius, columns, sums)
        ones, squares, products = sums[0], sums[1], sums[2]
        row_total, row_spread = total[row], inverse_spread[row]
        num_u, num_v = row_from[0, 1] * y + row_from[0, 2], row_from[1, 1] * y + row_from[1, 2]
        den = row_from[2, 1] * y + row_from[2, 2]
        row_best, row_second = best[row], second[row]
        for x in range(width):
            spread = max(squares[x] - ones[x] * ones[x] * inverse_n, np.float32(0.0)) + regular
            score = (products[x] - ones[x] * row_total[x] * inverse_n) * row_spread[x] / np.sqrt(spread)
            fx = np.float32(x)
            depth = row_from[2, 0] * fx + den
            u, v = row_from[0, 0] * fx + num_u, row_from[1, 0] * fx + num_v
            inside = (u >= 0) & (v >= 0) & (u <= last_u * depth) & (v <= last_v * depth) & (depth > np.float32(1e-6))
            score = score if inside else np.float32(-2.0)
            top = row_best[x]
            low = top if top < score else score
            row_best[x] = score if top < score else top
            row_second[x] = low if row_second[x] < low else row_second[x]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")  # pragma: no cover - compiled
def _store_costs(best: Plane, second: Plane, plane: int, volume: NDArray[np.uint8]) -> None:
    """Turn the best two scores of one plane into its costs, and clear them for the next plane."""
    height, width = best.shape
    half, unseen = np.float32(0.5), np.float32(-2.0)
    for y in range(height):
        for x in range(width):
            first, other = best[y, x], second[y, x]
            score = half * (first + other) if other > np.float32(-1.5) else first
            score = score if first > np.float32(-1.5) else np.float32(0.0)  # no source looks here: neither good nor bad
            volume[y, x, plane] = np.uint8(np.float32(COST_SCALE) * (np.float32(1.0) - score) + half)
            best[y, x] = unseen
            second[y, x] = unseen


def sweep_planes(
    reference: Plane,
    sources: Sequence[Plane],
    maps_at_infinity: NDArray[np.float64],
    epipoles: NDArray[np.float64],
    inverse_depths: NDArray[np.float32],
    *,
    radius: int,
    eps: float,
    cancel: CancelToken,
) -> NDArray[np.uint8]:
    """Matching costs (H, W, D) uint8 of every pixel and plane, 0 best: the mean of the two best sources.

    Parameters
    ----------
    reference
        (H, W) float32 grey picture, centred near 0 so that float32 sums stay exact enough.
    sources
        (H, W) float32 grey pictures to compare with, at least one.
    maps_at_infinity
        (S, 3, 3) float64, ``K R K^-1`` between pixel indices (centres at whole numbers).
    epipoles
        (S, 3) float64, ``K t`` in pixel indices; a plane's map is ``map`` with ``epipole * inverse_depth`` added to
        its last column.
    inverse_depths
        (D,) float32, increasing.
    radius, eps
        Half window, and the variance added so that noise alone does not correlate.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    height, width = reference.shape
    volume = np.empty((height, width, len(inverse_depths)), np.uint8)
    best, second = np.full((height, width), -2.0, np.float32), np.full((height, width), -2.0, np.float32)
    warped = np.empty((height, width), np.float32)
    total, inverse_spread = _reference_moments(reference, radius, eps)
    for plane, inverse_depth in enumerate(inverse_depths):
        cancel.check()
        for source, at_infinity, epipole in zip(sources, maps_at_infinity, epipoles, strict=True):
            row_from = at_infinity.copy()
            row_from[:, 2] += epipole * inverse_depth
            cv2.warpPerspective(source, row_from, (width, height), dst=warped, flags=_SAMPLING, borderMode=_BORDER)
            _keep_best_two(
                reference,
                total,
                inverse_spread,
                warped,
                row_from.astype(np.float32),
                (width, height),
                radius,
                eps,
                best,
                second,
            )
        _store_costs(best, second, plane, volume)
    return volume
