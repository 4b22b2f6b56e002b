"""How far each pixel's depth departs from a plane through its neighbours, as a share of the depth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = ((0, 1), (1, 0))


def edge_strength(points_cam: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strength of the strongest depth edge at or beside each pixel.

    Along a row or column of pixels the inverse depth of any plane is linear, so its second difference tells a step from
    a slope however slanted a surface is; over the inverse depth it is a share of the depth. A pixel halfway between a
    near and a far surface has none itself, but its neighbours do: hence the maximum over three by three pixels.

    Parameters
    ----------
    points_cam
        (H, W, 3) float32, camera frame, NaN where there is no depth.

    Returns
    -------
    numpy.ndarray
        (H, W) float32, 0 or more; 0.1 where the depth steps by a tenth. Pixels beside a hole count the sides they have.
    """
    depth = points_cam[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        nearness = np.where(depth > 0, np.float32(1.0) / depth, np.float32(np.nan))
        strength = np.zeros(depth.shape, dtype=np.float32)
        for down, right in _STEPS:
            before, here, after = _three_along(nearness, down, right)
            bend = np.abs(before + after - 2 * here) / here
            inner = _three_along(strength, down, right)[1]
            np.fmax(inner, bend, out=inner)
    return _largest_around(strength)


def _three_along(image: NDArray[np.float32], down: int, right: int) -> tuple[NDArray[np.float32], ...]:
    """Views of the pixel before, the pixel, and the pixel after, wherever there are all three."""
    height, width = image.shape
    return tuple(image[k * down : height - (2 - k) * down, k * right : width - (2 - k) * right] for k in range(3))


def _largest_around(image: NDArray[np.float32]) -> NDArray[np.float32]:
    for down, right in _STEPS:
        wide = image.copy()
        height, width = image.shape
        first, second = wide[: height - down, : width - right], wide[down:, right:]
        np.maximum(first, image[down:, right:], out=first)
        np.maximum(second, image[: height - down, : width - right], out=second)
        image = wide
    return image
