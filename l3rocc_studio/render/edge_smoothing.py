"""Smooths the stairs of drawn edges; many times faster than a graphics library in software does it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAST_CONTRAST = 18
"""An edge differs by this much in brightness, and by an eighth of the brightest pixel around."""
MAX_SPAN_PX = 6.0


# Flat rows, known steps, and indices without a sign: only then does the compiler take many pixels at once.
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_RED, _GREEN, _BLUE, _WHITE, _EIGHT = (np.uint16(value) for value in (77, 150, 29, 255, 8))
WORD = 8
"""Marks that are looked at together."""


@njit(cache=True, nogil=True)
def _luma_of_rgb(row: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
    for col in range(np.uint64(len(luma))):
        at = _THREE * col
        value = _RED * np.uint16(row[at]) + _GREEN * np.uint16(row[at + _ONE]) + _BLUE * np.uint16(row[at + _TWO])
        luma[col] = np.uint8(np.uint16(value) >> _EIGHT)


@njit(cache=True, nogil=True)
def _luma_of_rgba(row: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
    for col in range(np.uint64(len(luma))):
        at = _FOUR * col
        value = _RED * np.uint16(row[at]) + _GREEN * np.uint16(row[at + _ONE]) + _BLUE * np.uint16(row[at + _TWO])
        clear = _WHITE - np.uint16(row[at + _THREE])
        luma[col] = np.uint8(min(np.uint16(np.uint16(value) >> _EIGHT) + clear, _WHITE))


@njit(cache=True, nogil=True)
def _luma(rows: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
    for row in range(len(luma)):
        if rows.shape[1] == 3 * luma.shape[1]:
            _luma_of_rgb(rows[row], luma[row])
        else:
            _luma_of_rgba(rows[row], luma[row])


@njit(cache=True, nogil=True)
def _mark_edges(
    above: NDArray[np.uint8],
    line: NDArray[np.uint8],
    below: NDArray[np.uint8],
    least_contrast: np.uint8,
    is_edge: NDArray[np.bool_],
) -> None:
    eighth = np.uint8(3)
    for col in range(_ONE, np.uint64(len(line) - 1)):
        north, south, west, east, here = above[col], below[col], line[col - _ONE], line[col + _ONE], line[col]
        high = max(north, south, west, east, here)
        low = min(north, south, west, east, here)
        is_edge[col] = np.uint8(high - low) >= max(least_contrast, np.uint8(high >> eighth))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _smooth_pixel(
    flat: NDArray[np.uint8],
    luma: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]],
    col: int,
    at: np.uint64,
    steps: tuple[np.uint64, np.uint64],
    limit: np.float32,
    smooth: NDArray[np.uint8],
) -> None:
    above, line, below = luma
    half, one, sixth = np.float32(0.5), np.float32(1.0), np.float32(1.0 / 6.0)
    nw, ne, sw, se = (
        np.int32(above[col - 1]),
        np.int32(above[col + 1]),
        np.int32(below[col - 1]),
        np.int32(below[col + 1]),
    )
    # Along the edge: across the gradient.
    along_x = np.float32(sw + se - nw - ne + np.int32(2) * (np.int32(below[col]) - np.int32(above[col])))
    along_y = np.float32(nw + sw - ne - se + np.int32(2) * (np.int32(line[col - 1]) - np.int32(line[col + 1])))
    least = one + min(abs(along_x), abs(along_y)) + np.float32(0.03125) * np.float32(nw + ne + sw + se)
    right = min(max(along_x / least, -limit), limit) * sixth
    down = min(max(along_y / least, -limit), limit) * sixth
    # The mean of the two places so far off to either side, neither of them beyond the next pixel.
    beside, under = abs(right), abs(down)
    here, aside = (one - beside) * (one - under), half * beside * (one - under)
    over, across = half * (one - beside) * under, half * beside * under
    pixel, width = steps
    turned = pixel if (right > np.float32(0.0)) == (down > np.float32(0.0)) else np.uint64(0) - pixel
    for _ in range(pixel):
        sides = np.int32(flat[at - pixel]) + np.int32(flat[at + pixel])
        ends = np.int32(flat[at - width]) + np.int32(flat[at + width])
        corners = np.int32(flat[at - width - turned]) + np.int32(flat[at + width + turned])
        mixed = here * np.float32(flat[at]) + aside * np.float32(sides)
        mixed += over * np.float32(ends) + across * np.float32(corners)
        smooth[at] = np.uint8(mixed + half)
        at += _ONE


@njit(cache=True, nogil=True, error_model="numpy")
def _smooth(
    flat: NDArray[np.uint8], luma: NDArray[np.uint8], least_contrast: int, span: float, smooth: NDArray[np.uint8]
) -> None:
    height, width = luma.shape
    is_edge = np.zeros(-(-width // WORD) * WORD, dtype=np.bool_)
    words = is_edge.view(np.uint64)
    pixel = np.uint64(len(flat) // (height * width))
    steps = (pixel, pixel * np.uint64(width))
    for row in range(1, height - 1):
        around = (luma[row - 1], luma[row], luma[row + 1])
        _mark_edges(*around, np.uint8(least_contrast), is_edge)
        for word in range(len(words)):
            if words[word] == 0:
                continue
            for col in range(WORD * word, WORD * word + WORD):
                if is_edge[col]:
                    at = np.uint64(row * width + col) * pixel
                    _smooth_pixel(flat, around, col, at, steps, np.float32(span), smooth)


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
    height, width, channels = picture.shape
    luma, result = np.empty((height, width), dtype=np.uint8), picture.copy()
    _luma(picture.reshape(height, width * channels), luma)
    _smooth(picture.reshape(-1), luma, least_contrast, MAX_SPAN_PX, result.reshape(-1))
    return result
