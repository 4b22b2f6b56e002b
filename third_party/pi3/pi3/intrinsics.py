"""The camera matrix behind a map of rays, by least squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DEPTH_FLOOR = 1e-10


def camera_matrix(points: NDArray[np.floating], *, is_centred: bool, is_ndc: bool = False) -> NDArray[np.float64]:
    """``K`` (3, 3) that best projects a map of rays or points (H, W, 3) to its own pixels.

    Parameters
    ----------
    points
        Camera frame; only x/z and y/z matter.
    is_centred
        Whether the principal point is fixed to the middle of the picture.
    is_ndc
        Whether pixels are counted from -1 to 1 with the middle at 0, instead of 0, 1, … at their centres.
    """
    height, width = points.shape[:2]
    slopes = points[..., :2].astype(np.float64) / (np.abs(points[..., 2:]).astype(np.float64) + _DEPTH_FLOOR)
    u, v = (np.linspace(-1.0, 1.0, n) if is_ndc else np.arange(n, dtype=np.float64) for n in (width, height))
    middle = (0.0, 0.0) if is_ndc else ((width - 1) / 2, (height - 1) / 2)
    k = np.eye(3)
    for axis, pixels in ((0, np.broadcast_to(u, (height, width))), (1, np.broadcast_to(v[:, None], (height, width)))):
        slope = slopes[..., axis]
        if is_centred:
            k[axis, axis] = (slope * (pixels - middle[axis])).sum() / (slope * slope).sum()
            k[axis, 2] = middle[axis]
        else:
            mean_slope, mean_pixel = slope.mean(), pixels.mean()
            turned = slope - mean_slope
            k[axis, axis] = (turned * (pixels - mean_pixel)).sum() / (turned * turned).sum()
            k[axis, 2] = mean_pixel - k[axis, axis] * mean_slope
    return k
