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
def _sample(picture: NDArray[np.uint8], y: float, x: float, channel: int) -> float:
    height, width = picture.shape[:2]
    y, x = min(max(y, 0.0), height - 1.001), min(max(x, 0.0), width - 1.001)
    row, col = int(y), int(x)
    down, right = y - row, x - col
    upper = picture[row, col, channel] * (1.0 - right) + picture[row, col + 1, channel] * right
    lower = picture[row + 1, col, channel] * (1.0 - right) + picture[row + 1, col + 1, channel] * right
    return upper * (1.0 - down) + lower * down


@njit(cache=True, nogil=True, fastmath=True)
def _smooth(
    picture: NDArray[np.uint8], luma: NDArray[np.uint8], least_contrast: int, span: float, result: NDArray[np.uint8]
) -> None:
    height, width, channels = picture.shape
    for row in range(1, height - 1):
        for col in range(1, width - 1):
            north, south = np.int32(luma[row - 1, col]), np.int32(luma[row + 1, col])
            west, east, here = np.int32(luma[row, col - 1]), np.int32(luma[row, col + 1]), np.int32(luma[row, col])
            high = np.int32(max(north, south, west, east, here))
            low = np.int32(min(north, south, west, east, here))
            if int(high - low) < max(least_contrast, int(high) >> 3):
                continue
            nw, ne = np.int32(luma[row - 1, col - 1]), np.int32(luma[row - 1, col + 1])
            sw, se = np.int32(luma[row + 1, col - 1]), np.int32(luma[row + 1, col + 1])
            # Along the edge: across the gradient.
            along_x = np.float64(sw + se - nw - ne + 2 * (south - north))
            along_y = np.float64(nw + sw - ne - se + 2 * (west - east))
            least = 1.0 + min(abs(along_x), abs(along_y)) + 0.03125 * (nw + ne + sw + se)
            right, down = min(max(along_x / least, -span), span) / 6, min(max(along_y / least, -span), span) / 6
            for channel in range(channels):
                one = _sample(picture, row + down, col + right, channel)
                other = _sample(picture, row - down, col - right, channel)
                result[row, col, channel] = np.uint8(0.5 * (one + other) + 0.5)


def smooth_edges(picture: NDArray[np.uint8], least_contrast: int = LEAST_CONTRAST) -> NDArray[np.uint8]:
    """The picture with softened stairs, after the idea of T. Lottes, "FXAA" (NVIDIA white paper, 2009).

    Parameters
    ----------
    picture
        (H, W, 3) RGB, or (H, W, 4) RGBA with colours multiplied by opacity; uint8.
    least_contrast
        Edges that differ by less in brightness, from 0 to 255, stay as they are.
    """
    luma = np.empty(picture.shape[:2], dtype=np.uint8)
    _luma(picture, luma)
    result = picture.copy()
    _smooth(picture, luma, least_contrast, MAX_SPAN_PX, result)
    return result
