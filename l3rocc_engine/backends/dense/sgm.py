"""Semi-global matching over a cost volume, eight paths.

H. Hirschmüller, "Stereo processing by semiglobal matching and mutual information", PAMI 30(2), 2008. Paths are run in
two scans of four directions each, so that only the current and the previous row of path costs are held.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.compilation import kernel

_FAR = np.float32(1e6)


@kernel
def _path_step(
    cost: NDArray[np.float32],
    previous: NDArray[np.float32],
    previous_min: np.float32,
    small: np.float32,
    large: np.float32,
    current: NDArray[np.float32],
    total: NDArray[np.float32],
) -> np.float32:
    """One pixel along one path; ``previous`` and ``current`` have one far entry before and after the planes."""
    count = len(cost)
    jump = previous_min + large
    lowest = _FAR
    for d in range(count):
        stay = previous[d + 1]
        down, up = previous[d] + small, previous[d + 2] + small
        step = down if down < up else up
        step = step if step < stay else stay
        step = step if step < jump else jump
        value = cost[d] + step - previous_min
        current[d + 1] = value
        total[d] += value
        lowest = value if value < lowest else lowest
    return lowest


@kernel
def _scan(
    volume: NDArray[np.uint8],
    prior: NDArray[np.float32],
    prior_cost: NDArray[np.float32],
    guide: NDArray[np.float32],
    small: float,
    large: float,
    edge: float,
    step: int,
    total: NDArray[np.float32],
) -> None:
    """Add four of the eight paths to ``total``: ``step`` 1 runs right and down, ``step`` -1 left and up."""
    height, width, count = volume.shape
    rows = np.full((2, 3, width + 2, count + 2), _FAR, np.float32)
    mins = np.zeros((2, 3, width + 2), np.float32)
    along = np.full((2, count + 2), _FAR, np.float32)
    cost = np.empty(count, np.float32)
    p1, p2 = np.float32(small), np.float32(large)
    inverse_edge = np.float32(1.0 / edge)
    reach = len(prior_cost) // 2
    first_y, first_x = (0, 0) if step > 0 else (height - 1, width - 1)
    now = 0
    for i in range(height):
        y = first_y + step * i
        now = 1 - now
        along_min = np.float32(0.0)
        for j in range(width):
            x = first_x + step * j
            raw = volume[y, x]
            for d in range(count):
                cost[d] = np.float32(raw[d])
            if prior[y, x] >= np.float32(0.0):
                centre = int(prior[y, x] * np.float32(4.0) + np.float32(0.5))
                for d in range(count):
                    at = min(max(4 * d - centre + reach, 0), 2 * reach)
                    cost[d] += prior_cost[at]
            sums = total[y, x]
            here = guide[y, x]
            if j == 0:
                along[1 - j % 2, 1 : count + 1] = np.float32(0.0)
                along_min = np.float32(0.0)
                weight = p2
            else:
                weight = max(
                    p2 / (np.float32(1.0) + abs(here - guide[y, x - step]) * inverse_edge), p1 * np.float32(1.5)
                )
            along_min = _path_step(cost, along[1 - j % 2], along_min, p1, weight, along[j % 2], sums)
            for k in range(3):
                px = x + k - 1
                if i == 0 or px < 0 or px >= width:
                    rows[1 - now, k, px + 1, 1 : count + 1] = np.float32(0.0)
                    mins[1 - now, k, px + 1] = np.float32(0.0)
                    weight = p2
                else:
                    contrast = abs(here - guide[y - step, px]) * inverse_edge
                    weight = max(p2 / (np.float32(1.0) + contrast), p1 * np.float32(1.5))
                mins[now, k, x + 1] = _path_step(
                    cost, rows[1 - now, k, px + 1], mins[1 - now, k, px + 1], p1, weight, rows[now, k, x + 1], sums
                )


@kernel
def _winners(
    volume: NDArray[np.uint8],
    total: NDArray[np.float32],
    planes: NDArray[np.float32],
    costs: NDArray[np.uint8],
    margins: NDArray[np.float32],
) -> None:
    """Cheapest plane of each pixel, refined by a parabola, its own cost, and how much dearer the best elsewhere is."""
    height, width, count = total.shape
    for y in range(height):
        for x in range(width):
            sums = total[y, x]
            at, low = 0, sums[0]
            for d in range(1, count):
                if sums[d] < low:
                    at, low = d, sums[d]
            rival = _FAR
            for d in range(count):
                if (d < at - 2 or d > at + 2) and sums[d] < rival:
                    rival = sums[d]
            costs[y, x] = volume[y, x, at]
            margins[y, x] = (rival - low) / max(low, np.float32(1.0))
            offset = np.float32(0.0)
            if 0 < at < count - 1:
                bend = sums[at - 1] - np.float32(2.0) * low + sums[at + 1]
                if bend > np.float32(1e-3):
                    offset = np.float32(0.5) * (sums[at - 1] - sums[at + 1]) / bend
            planes[y, x] = np.float32(at) + offset


@kernel
def match_planes(
    volume: NDArray[np.uint8],
    prior: NDArray[np.float32],
    prior_cost: NDArray[np.float32],
    guide: NDArray[np.float32],
    small: float,
    large: float,
    edge: float,
    total: NDArray[np.float32],
    planes: NDArray[np.float32],
    costs: NDArray[np.uint8],
    margins: NDArray[np.float32],
) -> None:
    """Smooth matching by the eight-path sums.

    Parameters
    ----------
    volume
        (H, W, D) uint8 matching costs.
    prior
        (H, W) float32 expected plane, negative where nothing is expected.
    prior_cost
        (2 R + 1,) float32, cost added at a distance of (index - R) quarter planes from the prior.
    guide
        (H, W) float32 grey picture; depth may jump where it jumps.
    small, large, edge
        Penalty for a change of one plane, for any larger change, and the contrast at which the latter halves.
    total
        (H, W, D) float32 scratch.
    planes, costs, margins
        (H, W) float32, uint8, float32, filled with the fractional plane, its matching cost, and the relative distance
        of the path sums to the second best.
    """
    total[:] = np.float32(0.0)
    _scan(volume, prior, prior_cost, guide, small, large, edge, 1, total)
    _scan(volume, prior, prior_cost, guide, small, large, edge, -1, total)
    _winners(volume, total, planes, costs, margins)
