"""How precise a depth can be, given how far the point moves between the pictures."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_DOUBLING_COST = 20.0
"""Matching cost at which the matching error is twice that of perfect agreement; fitted on a real indoor clip."""


@njit(nogil=True, cache=True, error_model="numpy")  # pragma: no cover - compiled
def expected_errors(
    depth: NDArray[np.float32],
    costs: NDArray[np.uint8],
    maps: NDArray[np.float64],
    epipoles: NDArray[np.float64],
    match_error_px: float,
    sigma: NDArray[np.float32],
) -> None:
    """Expected depth error of every pixel, first order.

    A pixel at depth z moves in another view by ``|d pixel / d ln z|`` when its depth changes by a factor; a matching
    error of ``match_error_px`` therefore means ``z * match_error_px`` over that motion. The view with the largest
    motion counts; around the epipole nothing moves and the error is infinite. The matching error grows with the
    matching cost, since weak texture correlates weakly.

    Parameters
    ----------
    depth
        (H, W) float32, 0 where unknown.
    costs
        (H, W) uint8 matching costs of these depths.
    maps, epipoles
        (S, 3, 3) and (S, 3) float64, see ``PixelCamera.transfer``.
    sigma
        (H, W) float32, filled with the error in the unit of the depth; infinite where unknown.
    """
    height, width = depth.shape
    for y in range(height):
        for x in range(width):
            z = np.float64(depth[y, x])
            best = 0.0
            if z > 0.0:
                for s in range(len(maps)):
                    m, e = maps[s], epipoles[s]
                    a, b, c = (
                        m[0, 0] * x + m[0, 1] * y + m[0, 2],
                        m[1, 0] * x + m[1, 1] * y + m[1, 2],
                        (m[2, 0] * x + m[2, 1] * y + m[2, 2]),
                    )
                    w = c * z + e[2]
                    if w <= 1e-6:
                        continue
                    u, v = (a * z + e[0]) / w, (b * z + e[1]) / w
                    if not (0.0 <= u <= width - 1 and 0.0 <= v <= height - 1):
                        continue
                    du, dv = z * (a * e[2] - e[0] * c) / (w * w), z * (b * e[2] - e[1] * c) / (w * w)
                    best = max(best, du * du + dv * dv)
            sigma[y, x] = (
                z * match_error_px * (1.0 + costs[y, x] / _DOUBLING_COST) / np.sqrt(best) if best > 1e-12 else np.inf
            )
