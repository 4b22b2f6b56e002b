"""How well warped pictures agree with a reference: zero-mean normalised cross-correlation, best two of all sources.

The cost of a pixel and a depth is the mean of its two best scores (Kang, Szeliski and Chai, "Handling occlusions in
dense multi-view stereo", CVPR 2001): a point is rarely hidden from two views at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.compilation import kernel

COST_SCALE = 125.0
"""Cost of an uncorrelated pixel; perfect agreement costs 0, perfect contradiction 250."""

Plane = NDArray[np.float32]


@kernel
def _add_products(a: Plane, b: Plane, ones: Plane, squares: Plane, products: Plane) -> None:
    """Add one row to running sums of a, a squared and a times b."""
    for x in range(len(a)):
        ones[x] += a[x]
        squares[x] += a[x] * a[x]
        products[x] += a[x] * b[x]


@kernel
def _swap_products(
    new: Plane, new_b: Plane, old: Plane, old_b: Plane, ones: Plane, squares: Plane, products: Plane
) -> None:
    """Move running sums down by one row: the row that enters is added, the one that leaves is taken away."""
    for x in range(len(ones)):
        ones[x] += new[x] - old[x]
        squares[x] += new[x] * new[x] - old[x] * old[x]
        products[x] += new[x] * new_b[x] - old[x] * old_b[x]


@kernel
def _add_row(a: Plane, into: Plane) -> None:
    for x in range(len(into)):
        into[x] += a[x]


@kernel
def _add_shifted(a: Plane, b: Plane, into: Plane) -> None:
    for x in range(len(b)):
        into[x] = a[x] + b[x]


@kernel
def _sum_runs(line: Plane, side: int, work: Plane, sums: Plane) -> None:
    """Sums of ``side`` consecutive entries, by doubling; ``line`` and ``work``'s rows are longer by ``side - 1``."""
    width, power, taken, now = len(sums), 1, 0, 0
    work[0] = line
    sums[:] = np.float32(0.0)
    while True:
        if side & power:
            _add_row(work[now, taken : taken + width], sums)
            taken += power
        if taken == side:
            return
        _add_shifted(work[now], work[now, power:], work[1 - now])  # not in place: overlapping rows would not vectorise
        now = 1 - now
        power *= 2


@kernel
def _window_sums(picture: Plane, other: Plane, y: int, radius: int, columns: Plane, work: Plane, sums: Plane) -> None:
    """Window sums of picture, picture squared and picture times other along row y, borders padded by repetition.

    Rows must come in order from 0: ``columns`` carries the sums over the window's rows from one to the next.
    """
    height, width = picture.shape
    ones, squares, products = columns[0, radius:-radius], columns[1, radius:-radius], columns[2, radius:-radius]
    if y == 0:
        columns[:] = np.float32(0.0)
        for k in range(-radius, radius + 1):
            row = min(max(k, 0), height - 1)
            _add_products(picture[row], other[row], ones, squares, products)
    else:
        new, old = min(y + radius, height - 1), max(y - radius - 1, 0)
        _swap_products(picture[new], other[new], picture[old], other[old], ones, squares, products)
    for c in range(3):
        columns[c, :radius] = columns[c, radius]
        columns[c, width + radius :] = columns[c, width + radius - 1]
        _sum_runs(columns[c], 2 * radius + 1, work, sums[c])


@kernel
def _reference_moments(reference: Plane, radius: int, eps: float) -> tuple[Plane, Plane]:
    """Window sums of the reference and one over the square root of its regularised variance."""
    height, width = reference.shape
    total = np.empty((height, width), np.float32)
    inverse_spread = np.empty((height, width), np.float32)
    columns, sums = np.empty((3, width + 2 * radius), np.float32), np.empty((3, width), np.float32)
    work = np.zeros((2, width + 2 * radius), np.float32)
    n = np.float32((2 * radius + 1) ** 2)
    for y in range(height):
        _window_sums(reference, reference, y, radius, columns, work, sums)
        for x in range(width):
            spread = sums[1, x] - sums[0, x] * sums[0, x] / n
            total[y, x] = sums[0, x]
            inverse_spread[y, x] = np.float32(1.0) / np.sqrt(max(spread, np.float32(0.0)) + n * np.float32(eps))
    return total, inverse_spread


@kernel
def _keep_best_two(
    reference: Plane,
    total: Plane,
    inverse_spread: Plane,
    warped: Plane,
    valid: NDArray[np.uint8],
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
    work = np.zeros((2, width + 2 * radius), np.float32)
    for row in range(height):
        _window_sums(warped, reference, row, radius, columns, work, sums)
        ones, squares, products = sums[0], sums[1], sums[2]
        row_total, row_spread, row_valid = total[row], inverse_spread[row], valid[row]
        row_best, row_second = best[row], second[row]
        for x in range(width):
            spread = max(squares[x] - ones[x] * ones[x] * inverse_n, np.float32(0.0)) + regular
            score = (products[x] - ones[x] * row_total[x] * inverse_n) * row_spread[x] / np.sqrt(spread)
            score = score if row_valid[x] else np.float32(-2.0)
            top = row_best[x]
            low = top if top < score else score
            row_best[x] = score if top < score else top
            row_second[x] = low if row_second[x] < low else row_second[x]


@kernel
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


class CostVolume:
    """Matching costs of one reference picture, filled depth by depth.

    Parameters
    ----------
    reference
        (H, W) float32 grey picture, centred near 0 so that float32 sums stay exact enough.
    count
        Number of depths.
    radius, eps
        Half window, and the variance added so that noise alone does not correlate.
    """

    def __init__(self, reference: Plane, count: int, *, radius: int, eps: float) -> None:
        height, width = reference.shape
        self.costs: NDArray[np.uint8] = np.empty((height, width, count), np.uint8)
        self._reference, self._radius, self._eps = reference, radius, eps
        self._total, self._inverse_spread = _reference_moments(reference, radius, eps)
        self._best, self._second = np.full_like(reference, -2.0), np.full_like(reference, -2.0)

    def compare(self, warped: Plane, valid: NDArray[np.uint8]) -> None:
        """Score one source (H, W), warped to the reference for the present depth.

        0 in ``valid`` (H, W) marks pixels outside it.
        """
        _keep_best_two(
            self._reference,
            self._total,
            self._inverse_spread,
            warped,
            valid,
            self._radius,
            self._eps,
            self._best,
            self._second,
        )

    def store(self, depth_idx: int) -> None:
        """Write the costs of the present depth and start the next."""
        _store_costs(self._best, self._second, depth_idx, self.costs)
