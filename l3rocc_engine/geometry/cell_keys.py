"""Cells of an endless grid as single numbers, which sort, compare and hash faster than three."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AXIS_BITS = 21
HALF = 1 << (AXIS_BITS - 1)
"""Cells run from -HALF to HALF - 1 along each axis."""
_MASK = (1 << AXIS_BITS) - 1


def keys_of_cells(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number (N,) for each cell (N, 3), in the order of x, then y, then z.

    Cells must lie within ``HALF`` of the origin, which is for the caller to see to. Neighbours differ by fixed amounts.
    """
    shifted = cells + HALF
    keys: NDArray[np.int64] = (shifted[:, 0] << 2 * AXIS_BITS) | (shifted[:, 1] << AXIS_BITS) | shifted[:, 2]
    return keys


def cells_of_keys(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cells (N, 3) of numbers (N,) made by :func:`keys_of_cells`."""
    return np.stack([keys >> 2 * AXIS_BITS, (keys >> AXIS_BITS) & _MASK, keys & _MASK], axis=-1) - HALF
