"""Smooths the stairs of drawn edges; many times faster than a graphics library in software does it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAST_CONTRAST = 18
"""An edge differs by this much in brightness, and by an eighth of the brightest pixel around."""
MAX_SPAN_PX = 6.0


@njit(cache=True, nogil=True)
def _luma(picture: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
    height, width, channels = picture.shape
    for row in range(height):
        for col in range(width):
            value = (77 * picture[row, col, 0] + 150 * picture[row, col, 1] + 29 * picture[row, col, 2]) >> 8
            if channels == 4:
                value += 255 - picture[row, col, 3]
            luma[row, col] = min(value, 255)


@njit(cache=True, nogil=True)
def _mark_edges(
    above: NDArray[np.uint8],
    line: NDArray[np.uint8],
    below: NDArray[np.uint8],
    least_contrast: np.uint8,
    is_edge: NDArray[np.bool_],
) -> None:
    # Indices without a sign: only then does the compiler take many pixels at once.
    one, eighth = np.uint64(1), np.uint8(3)
    for col in range(one, np.uint64(len(line) - 1)):
        north, south, west, east, here = above[col], below[col], line[col - one], line[col + one], line[col]
        high = max(north, south, west, east, here)
        low = min(north, south, west, east, here)
        is_edge[col] = np.uint8(high - low) >= max(least_contrast, np.uint8(high >> eighth))


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _between(y: np.float32, x: np.float32, height: int, width: int) -> tuple[np.uint64, np.float32, np.float32]:
    """The number of the pixel before a place, and how far the place is from it, down and right."""
    y = min(max(y, np.float32(0.0)), np.float32(height) - np.float32(1.001))
    x = min(max(x, np.float32(0.0)), np.float32(width) - np.float32(1.001))
    row, col = np.int32(y), np.int32(x)
    return np.uint64(row * np.int64(width) + col), y - np.float32(row), x - np.float32(col)


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _mixed(
    flat: NDArray[np.uint8], at: np.uint64, step: np.uint64, under: np.uint64, down: np.float32, right: np.float32
) -> np.float32:
    """A channel between four pixels, of which the first is at ``at``."""
    upper = np.float32(flat[at]) + right * (np.float32(flat[at + step]) - np.float32(flat[at]))
    at += under
    lower = np.float32(flat[at]) + right * (np.float32(flat[at + step]) - np.float32(flat[at]))
    return upper + down * (lower - upper)


@njit(cache=True, nogil=True, fastmath=True)
def _smooth(
    picture: NDArray[np.uint8], luma: NDArray[np.uint8], least_contrast: int, span: float, result: NDArray[np.uint8]
) -> None:
    height, width, channels = picture.shape
    is_edge = np.zeros(width, dtype=np.bool_)
    flat, smooth = picture.reshape(-1), result.reshape(-1)
    step, under = np.uint64(channels), np.uint64(channels * width)
    half, sixth, limit = np.float32(0.5), np.float32(1.0 / 6.0), np.float32(span)
    for row in range(1, height - 1):
        above, line, below = luma[row - 1], luma[row], luma[row + 1]
        _mark_edges(above, line, below, np.uint8(least_contrast), is_edge)
        for col in range(1, width - 1):
            if not is_edge[col]:
                continue
            nw, ne = np.int32(above[col - 1]), np.int32(above[col + 1])
            sw, se = np.int32(below[col - 1]), np.int32(below[col + 1])
            north, south, west, east = above[col], below[col], line[col - 1], line[col + 1]
            # Along the edge: across the gradient.
            along_x = np.float32(sw + se - nw - ne + 2 * (np.int32(south) - np.int32(north)))
            along_y = np.float32(nw + sw - ne - se + 2 * (np.int32(west) - np.int32(east)))
            least = (
                np.float32(1.0) + min(abs(along_x), abs(along_y)) + np.float32(0.03125) * np.float32(nw + ne + sw + se)
            )
            right = min(max(along_x / least, -limit), limit) * sixth
            down = min(max(along_y / least, -limit), limit) * sixth
            y, x = np.float32(row), np.float32(col)
            one, one_down, one_right = _between(y + down, x + right, height, width)
            other, other_down, other_right = _between(y - down, x - right, height, width)
            one, other = one * step, other * step
            at = np.uint64(row * width + col) * step
            for _ in range(channels):
                mixed = _mixed(flat, one, step, under, one_down, one_right)
                mixed += _mixed(flat, other, step, under, other_down, other_right)
                smooth[at] = np.uint8(half * mixed + half)
                at, one, other = at + np.uint64(1), one + np.uint64(1), other + np.uint64(1)


def smooth_edges(picture: NDArray[np.uint8], least_contrast: int = LEAST_CONTRAST) -> NDArray[np.uint8]:
    """The picture with softened stairs, after the idea of T. Lottes, "FXAA" (NVIDIA white paper, 2009).

    Parameters
    ----------
    picture
        (H, W, 3) RGB, or (H, W, 4) RGBA with colours multiplied by opacity; uint8.
    least_contrast
        Edges that differ by less in brightness, from 0 to 255, stay as they are.
    """
    picture = np.ascontiguousarray(picture)
    luma = np.empty(picture.shape[:2], dtype=np.uint8)
    _luma(picture, luma)
    result = picture.copy()
    _smooth(picture, luma, least_contrast, MAX_SPAN_PX, result)
    return result
