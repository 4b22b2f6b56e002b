"""Edge-aware smoothing and filling of a sparse picture.

Domain transform, recursive form: E. Gastal and M. Oliveira, "Domain transform for edge-aware image and video
processing", SIGGRAPH 2011, applied to value times weight and to weight, so that known pixels spread into unknown ones
up to the edges of the guide.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Plane = NDArray[np.float32]


@njit(nogil=True, cache=True, error_model="numpy")  # pragma: no cover - compiled
def _spread_rows(values: Plane, weights: Plane, keep: Plane) -> None:
    """Recursive filter along rows, there and back; ``keep[y, x]`` is what passes between x - 1 and x."""
    height, width = values.shape
    for y in range(height):
        for x in range(1, width):
            k = keep[y, x]
            values[y, x] += k * (values[y, x - 1] - values[y, x])
            weights[y, x] += k * (weights[y, x - 1] - weights[y, x])
        for x in range(width - 2, -1, -1):
            k = keep[y, x + 1]
            values[y, x] += k * (values[y, x + 1] - values[y, x])
            weights[y, x] += k * (weights[y, x + 1] - weights[y, x])


def spread(values: Plane, weights: Plane, guide: Plane, *, sigma_px: float, sigma_grey: float, rounds: int) -> Plane:
    """Weighted edge-aware mean of ``values`` (H, W) float32 around every pixel; NaN where no weight arrives.

    Parameters
    ----------
    weights
        (H, W) float32, 0 where the value is unknown.
    guide
        (H, W) float32 grey picture whose edges stop the spreading.
    sigma_px, sigma_grey
        Reach in pixels, and the grey step that counts as much as that many pixels.
    rounds
        Repetitions; 2 or 3 remove the streaks of the separate directions.
    """
    stretch = sigma_px / sigma_grey
    across = 1.0 + stretch * np.abs(np.diff(guide, axis=1, prepend=guide[:, :1]))
    down = np.ascontiguousarray((1.0 + stretch * np.abs(np.diff(guide, axis=0, prepend=guide[:1]))).T)
    total, weight = (values * weights).astype(np.float32), weights.astype(np.float32)
    for i in range(rounds):
        sigma = sigma_px * np.sqrt(3.0) * 2.0 ** (rounds - i - 1) / np.sqrt(4.0**rounds - 1.0)
        feedback = np.exp(-np.sqrt(2.0) / sigma)
        _spread_rows(total, weight, (feedback**across).astype(np.float32))
        total, weight = np.ascontiguousarray(total.T), np.ascontiguousarray(weight.T)
        _spread_rows(total, weight, (feedback**down).astype(np.float32))
        total, weight = np.ascontiguousarray(total.T), np.ascontiguousarray(weight.T)
    return np.where(weight > 1e-7, total / np.maximum(weight, 1e-7), np.nan).astype(np.float32)
