"""Puts a picture of few moving things over one of many still things, by their distances."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_WEIGHTS = np.array([[1.0, 2.0, 1.0], [2.0, 12.0, 2.0], [1.0, 2.0, 1.0]], dtype=np.float32) / 24.0


@njit(cache=True, nogil=True)
def _mark_front(moving: NDArray[np.float32], still: NDArray[np.float32], is_front: NDArray[np.uint8]) -> None:
    """1 where what moves is nearer, in a row; the result has a pixel more at either end, as its neighbour."""
    # Indices without a sign: only then does the compiler take many pixels at once.
    one, nothing = np.uint64(1), np.float32(0.0)
    for col in range(np.uint64(len(moving))):
        here, there = moving[col], still[col]
        is_front[col + one] = (here > nothing) & ((here < there) | (there == nothing))
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
    pixel: NDArray[np.uint8],
    moving: NDArray[np.uint8],
    is_front: NDArray[np.uint8],
    row: int,
    col: int,
    weights: NDArray[np.float32],
) -> None:
    height, width, channels = moving.shape
    cover = np.float32(0.0)
    for down in range(3):
        for right in range(3):
            cover += weights[down, right] * np.float32(is_front[row + down, col + right])
    for channel in range(channels):
        value = (np.float32(1.0) - cover) * np.float32(pixel[channel])
        for down in range(3):
            for right in range(3):
                if is_front[row + down, col + right]:
                    y, x = min(max(row + down - 1, 0), height - 1), min(max(col + right - 1, 0), width - 1)
                    value += weights[down, right] * np.float32(moving[y, x, channel])
        pixel[channel] = np.uint8(min(value, np.float32(255.0)) + np.float32(0.5))


@njit(cache=True, nogil=True)
def _lay_over(
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
    moving: NDArray[np.uint8],
    moving_distances: NDArray[np.float32],
    corner: tuple[int, int],
    weights: NDArray[np.float32],
) -> None:
    height, width, _ = moving.shape
    top, left = corner
    is_front, is_near = np.empty((height + 2, width + 2), dtype=np.uint8), np.empty(width, dtype=np.uint8)
    for row in range(height):
        _mark_front(moving_distances[row], distances[top + row, left : left + width], is_front[row + 1])
    is_front[0], is_front[-1] = is_front[1], is_front[-2]
    for row in range(height):
        if _mark_near(is_front[row], is_front[row + 1], is_front[row + 2], is_near):
            for col in range(width):
                if is_near[col]:
                    _blend_pixel(picture[top + row, left + col], moving, is_front, row, col, weights)


def lay_over(
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
    moving: NDArray[np.uint8],
    moving_distances: NDArray[np.float32],
    corner: tuple[int, int] = (0, 0),
) -> None:
    """Put what moves onto a picture of what stands where it is nearer, in place, with softened borders.

    Parameters
    ----------
    picture, distances
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity; and (H, W) float32, 0 where nothing
        is.
    moving, moving_distances
        Likewise, of the same size or less.
    corner
        Row and column of the picture where what moves begins.
    """
    _lay_over(picture, distances, moving, moving_distances, corner, _WEIGHTS)


@njit(cache=True, nogil=True)
def veil_by_distance(
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
    veil: NDArray[np.uint8],
    veil_distances: NDArray[np.float32],
    opacity: float,
    reach: float,
) -> None:
    """Lay a translucent picture over another, in place, where it is nearer; its distances count from then on.

    What hangs in the air before something else, such as a ceiling seen from above, is left out.

    Parameters
    ----------
    picture, veil
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity.
    distances, veil_distances
        (H, W) float32 in one unit, 0 where nothing is.
    opacity
        Of the veil.
    reach
        How far before something else the veil may be, in that unit.
    """
    height, width, channels = picture.shape
    share, limit, nothing = np.float32(opacity), np.float32(reach), np.float32(0.0)
    for row in range(height):
        for col in range(width):
            here, behind = veil_distances[row, col], distances[row, col]
            if here == nothing:
                continue
            if behind > nothing and (here >= behind or behind - here > limit):
                continue
            distances[row, col] = here
            for channel in range(channels):
                below = np.float32(picture[row, col, channel])
                above = np.float32(veil[row, col, channel])
                picture[row, col, channel] = np.uint8(below + share * (above - below) + np.float32(0.5))


@njit(cache=True, nogil=True)
def put_nearer(
    below: NDArray[np.uint8],
    below_distances: NDArray[np.float32],
    above: NDArray[np.uint8],
    above_distances: NDArray[np.float32],
) -> None:
    """Put a picture onto another of its size where it is nearer, colours and distances, in place and without softening.

    Parameters
    ----------
    below, above
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA.
    below_distances, above_distances
        (H, W) float32 in one unit, 0 where nothing is.
    """
    height, width, channels = below.shape
    nothing = np.float32(0.0)
    for row in range(height):
        for col in range(width):
            here, there = above_distances[row, col], below_distances[row, col]
            if here > nothing and (here < there or there == nothing):
                below_distances[row, col] = here
                for channel in range(channels):
                    below[row, col, channel] = above[row, col, channel]
