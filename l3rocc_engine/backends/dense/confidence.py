"""One number a pixel that says how far its depth can be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FILL_LOWEST, FILL_HIGHEST = 0.2, 0.4
MEASURED_LOWEST = 0.5

_TYPICAL_SIGMA = 0.01
_MANY_VIEWS = 4.0


def confidence_of(
    confirmed: NDArray[np.float32],
    num_agreeing: NDArray[np.uint8],
    sigma: NDArray[np.float32],
    filled: NDArray[np.float32],
    fill_share: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Confidence (H, W) float32: 0 where there is no depth, 0.2 to 0.4 on plane fill, 0.5 to 1 where it was measured.

    Measured depths gain with the expected error (matching cost and parallax) and the number of views that confirm
    them: ``0.5 + 0.5 / (1 + (sigma / 0.01)²) * min(1, views / 4)``. Plane fill gains with the share of the surroundings
    that lies on the plane.

    Parameters
    ----------
    confirmed, filled
        (H, W) float32 depths, 0 where none.
    num_agreeing
        (H, W) uint8 views that confirm a depth.
    sigma
        (H, W) float32 expected error as a share of the scene's median depth.
    fill_share
        (H, W) float32 in [0, 1].
    """
    precision = 1.0 / (1.0 + (np.minimum(sigma, 1.0) / _TYPICAL_SIGMA) ** 2)
    support = np.minimum(1.0, num_agreeing / _MANY_VIEWS)
    measured = MEASURED_LOWEST + (1.0 - MEASURED_LOWEST) * precision * support
    fill = FILL_LOWEST + (FILL_HIGHEST - FILL_LOWEST) * np.clip(4.0 * (fill_share - 0.75), 0.0, 1.0)
    return np.where(confirmed > 0, measured, np.where(filled > 0, fill, 0.0)).astype(np.float32)
