"""The outermost of many points, and small vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEW_POINTS = 32
FloatArray = NDArray[np.float64]


def hull_corners(points: FloatArray) -> FloatArray:
    """The corners of the convex hull of points (N, 3), or all points where they are few or all in one plane.

    What is farthest in any direction is one of them (C. B. Barber et al., "The Quickhull algorithm", 1996).
    """
    if len(points) <= FEW_POINTS:
        return points
    from scipy.spatial import ConvexHull, QhullError

    try:
        return np.ascontiguousarray(points[ConvexHull(points).vertices])
    except QhullError:
        return points


def cross(first: FloatArray, second: FloatArray) -> FloatArray:
    """The cross product of two vectors (3,), many times faster than for whole arrays of them."""
    (a, b, c), (d, e, f) = first.tolist(), second.tolist()
    return np.array([b * f - c * e, c * d - a * f, a * e - b * d])
