"""Puts a picture of few moving things over one of many still things, by depth."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_WEIGHTS = np.array([[1.0, 2.0, 1.0], [2.0, 12.0, 2.0], [1.0, 2.0, 1.0]], dtype=np.float32) / 24.0


@njit(cache=True, nogil=True)
def _blend(
    result: NDArray[np.uint8],
    still: NDArray[np.uint8],
    moving: NDArray[np.uint8],
    is_front: NDArray[np.bool_],
    weights: NDArray[np.float32],
) -> None:
    height, width, channels = result.shape
    mixed = np.empty(channels, dtype=np.float32)
    for row in range(height):
        for col in range(width):
            cover = np.float32(0.0)
            mixed[:] = 0.0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    y, x = min(max(row + dy, 0), height - 1), min(max(col + dx, 0), width - 1)
                    if is_front[y, x]:
                        weight = weights[dy + 1, dx + 1]
                        cover += weight
                        for channel in range(channels):
                            mixed[channel] += weight * moving[y, x, channel]
            if cover > 0.0:
                for channel in range(channels):
                    value = mixed[channel] + (np.float32(1.0) - cover) * still[row, col, channel]
                    result[row, col, channel] = np.uint8(min(value, np.float32(255.0)) + np.float32(0.5))


def overlay_by_depth(
    still: NDArray[np.uint8],
    still_depth: NDArray[np.float32],
    moving: NDArray[np.uint8],
    moving_depth: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """The nearer of two pictures at each pixel, with softened borders between them.

    Parameters
    ----------
    still, moving
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity.
    still_depth, moving_depth
        (H, W) float32 in [0, 1] of the same camera and clipping range; 1 where nothing was drawn.
    """
    result = still.copy()
    is_front = (moving_depth < still_depth) & (moving_depth < 1.0)
    rows, cols = np.flatnonzero(is_front.any(axis=1)), np.flatnonzero(is_front.any(axis=0))
    if len(rows) == 0:
        return result
    part = (slice(max(0, rows[0] - 1), rows[-1] + 2), slice(max(0, cols[0] - 1), cols[-1] + 2))
    _blend(result[part], still[part], moving[part], is_front[part], _WEIGHTS)
    return result


@njit(cache=True, nogil=True)
def veil_by_depth(
    picture: NDArray[np.uint8],
    depth: NDArray[np.float32],
    veil: NDArray[np.uint8],
    veil_depth: NDArray[np.float32],
    opacity: float,
    clipping: tuple[float, float],
    reach: float,
) -> None:
    """Lay a translucent picture over another, in place, where it is nearer; its depths count from then on.

    What hangs in the air before something else, such as a ceiling seen from above, is left out.

    Parameters
    ----------
    picture, veil
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity.
    depth, veil_depth
        (H, W) float32 in [0, 1] of the same camera and clipping range; 1 where nothing was drawn.
    opacity
        Of the veil.
    clipping, reach
        Nearest and farthest distance drawn, and how far before something else the veil may be, in one unit.
    """
    height, width, channels = picture.shape
    share = np.float32(opacity)
    near, far = clipping
    for row in range(height):
        for col in range(width):
            if veil_depth[row, col] >= depth[row, col]:
                continue
            if depth[row, col] < 1.0:
                behind = near * far / (far - depth[row, col] * (far - near))
                before = near * far / (far - veil_depth[row, col] * (far - near))
                if behind - before > reach:
                    continue
            depth[row, col] = veil_depth[row, col]
            for channel in range(channels):
                below = np.float32(picture[row, col, channel])
                above = np.float32(veil[row, col, channel])
                picture[row, col, channel] = np.uint8(below + share * (above - below) + np.float32(0.5))
