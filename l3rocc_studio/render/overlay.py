"""Puts a picture of few moving things over one of many still things, by depth."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_WEIGHTS = np.array([[1.0, 2.0, 1.0], [2.0, 12.0, 2.0], [1.0, 2.0, 1.0]], dtype=np.float32) / 24.0


@njit(cache=True, nogil=True)
def _mark_front(moving: NDArray[np.float32], still: NDArray[np.float32], is_front: NDArray[np.uint8]) -> None:
    """1 where what moves is nearer, in a row; the result has a pixel more at either end, as its neighbour."""
    # Indices without a sign: only then does the compiler take many pixels at once.
    one = np.uint64(1)
    for col in range(np.uint64(len(moving))):
        is_front[col + one] = (moving[col] < still[col]) & (moving[col] < np.float32(1.0))
    is_front[0], is_front[-1] = is_front[1], is_front[-2]


@njit(cache=True, nogil=True)
def _mark_near(
    above: NDArray[np.uint8], line: NDArray[np.uint8], below: NDArray[np.uint8], is_near: NDArray[np.uint8]
) -> bool:
    """1 where one of nine pixels is; whether there is any."""
    one, two, found = np.uint64(1), np.uint64(2), np.uint8(0)
    for col in range(np.uint64(len(is_near))):
        here = above[col] | line[col] | below[col]
        here |= above[col + one] | line[col + one] | below[col + one]
        here |= above[col + two] | line[col + two] | below[col + two]
        is_near[col] = here
        found |= here
    return found != 0


@njit(cache=True, nogil=True)
def _blend_pixel(
    result: NDArray[np.uint8],
    moving: NDArray[np.uint8],
    is_front: NDArray[np.uint8],
    row: int,
    col: int,
    weights: NDArray[np.float32],
) -> None:
    height, width, channels = result.shape
    cover = np.float32(0.0)
    for down in range(3):
        for right in range(3):
            cover += weights[down, right] * np.float32(is_front[row + down, col + right])
    for channel in range(channels):
        value = (np.float32(1.0) - cover) * np.float32(result[row, col, channel])
        for down in range(3):
            for right in range(3):
                if is_front[row + down, col + right]:
                    y, x = min(max(row + down - 1, 0), height - 1), min(max(col + right - 1, 0), width - 1)
                    value += weights[down, right] * np.float32(moving[y, x, channel])
        result[row, col, channel] = np.uint8(min(value, np.float32(255.0)) + np.float32(0.5))


@njit(cache=True, nogil=True)
def _blend(
    result: NDArray[np.uint8],
    still_depth: NDArray[np.float32],
    moving: NDArray[np.uint8],
    moving_depth: NDArray[np.float32],
    weights: NDArray[np.float32],
) -> None:
    height, width, _ = result.shape
    is_front, is_near = np.empty((height + 2, width + 2), dtype=np.uint8), np.empty(width, dtype=np.uint8)
    for row in range(height):
        _mark_front(moving_depth[row], still_depth[row], is_front[row + 1])
    is_front[0], is_front[-1] = is_front[1], is_front[-2]
    for row in range(height):
        if _mark_near(is_front[row], is_front[row + 1], is_front[row + 2], is_near):
            for col in range(width):
                if is_near[col]:
                    _blend_pixel(result, moving, is_front, row, col, weights)


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
    _blend(result, still_depth, moving, moving_depth, _WEIGHTS)
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


@njit(cache=True, nogil=True)
def put_nearer(
    below: NDArray[np.uint8],
    below_depth: NDArray[np.float32],
    above: NDArray[np.uint8],
    above_depth: NDArray[np.float32],
) -> None:
    """Put a picture onto another of its size where it is nearer, colours and depths, in place; no border is softened.

    Parameters
    ----------
    below, above
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA.
    below_depth, above_depth
        (H, W) float32 in [0, 1] of the same camera and clipping range.
    """
    height, width, channels = below.shape
    for row in range(height):
        for col in range(width):
            if above_depth[row, col] < below_depth[row, col]:
                below_depth[row, col] = above_depth[row, col]
                for channel in range(channels):
                    below[row, col, channel] = above[row, col, channel]
