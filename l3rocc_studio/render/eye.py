"""A camera in the terms of those who draw without a graphics library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """A perspective camera in the frame of a grid.

    Attributes
    ----------
    position
        (3,) float64.
    axes
        (3, 3) float64: right, down and forward, a unit vector a row.
    focal_px
        Focal length in pixels; the principal point is the middle of the picture.
    near
        Faces that reach nearer than this are not drawn.
    """

    position: NDArray[np.float64]
    axes: NDArray[np.float64]
    focal_px: float
    near: float
