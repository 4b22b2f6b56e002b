"""Smooths the stairs of drawn edges; many times faster than a graphics library in software does it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAST_CONTRAST = 18
"""An edge differs by this much in brightness, and by an eighth of the brightest pixel around."""
MAX_SPAN_PX = 6.0

# Indices without a sign, known steps and one plane a channel: only then does the compiler take many pixels at once.
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_RED, _GREEN, _BLUE, _WHITE, _EIGHT = (np.uint16(value) for value in (77, 150, 29, 255, 8))
BLOCK = 16
"""Pixels of a row that are looked at, and smoothed, together."""
Plane = NDArray[np.uint8]


@njit(cache=True, nogil=True)
def _split_rgb(row: Plane, planes: Plane) -> None:
    """Channels of a row, and its brightness last, each with a pixel before it."""
    red, green, blue, luma = planes[0], planes[1], planes[2], planes[3]
    for col in range(np.uint64(len(row) // 3)):
        at, to = _THREE * col, col + _ONE
        r, g, b = row[at], row[at + _ONE], row[at + _TWO]
        red[to], green[to], blue[to] = r, g, b
        value = _RED * np.uint16(r) + _GREEN * np.uint16(g) + _BLUE * np.uint16(b)
        luma[to] = np.uint8(np.uint16(value) >> _EIGHT)


@njit(cache=True, nogil=True)
def _split_rgba(row: Plane, planes: Plane) -> None:
    red, green, blue, cover, luma = planes[0], planes[1], planes[2], planes[3], planes[4]
    for col in range(np.uint64(len(row) // 4)):
        at, to = _FOUR * col, col + _ONE
        r, g, b, a = row[at], row[at + _ONE], row[at + _TWO], row[at + _THREE]
        red[to], green[to], blue[to], cover[to] = r, g, b, a
        value = _RED * np.uint16(r) + _GREEN * np.uint16(g) + _BLUE * np.uint16(b)
        luma[to] = np.uint8(min(np.uint16(np.uint16(value) >> _EIGHT) + (_WHITE - np.uint16(a)), _WHITE))


@njit(cache=True, nogil=True)
def _mark_edges(
    above: Plane, line: Plane, below: Plane, least_contrast: np.uint8, width: int, is_edge: NDArray[np.bool_]
) -> None:
    eighth = np.uint8(3)
    for col in range(_TWO, np.uint64(width)):
        north, south, west, east, here = above[col], below[col], line[col - _ONE], line[col + _ONE], line[col]
        high = max(north, south, west, east, here)
        low = min(north, south, west, east, here)
        is_edge[col - _ONE] = np.uint8(high - low) >= max(least_contrast, np.uint8(high >> eighth))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _weigh(
    luma: tuple[Plane, Plane, Plane],
    is_edge: NDArray[np.bool_],
    begin: np.uint64,
    limit: np.float32,
    weights: NDArray[np.float32],
    is_turned: NDArray[np.bool_],
) -> None:
    """How much of a pixel of a block is itself, its neighbours beside it, above and below, and at its corners."""
    above, line, below = luma
    half, zero, one, sixth = np.float32(0.5), np.float32(0.0), np.float32(1.0), np.float32(1.0 / 6.0)
    for lane in range(np.uint64(BLOCK)):
        col = begin + lane + _ONE
        nw, ne = np.int32(above[col - _ONE]), np.int32(above[col + _ONE])
        sw, se = np.int32(below[col - _ONE]), np.int32(below[col + _ONE])
        # Along the edge: across the gradient.
        along_x = np.float32(sw + se - nw - ne + np.int32(2) * (np.int32(below[col]) - np.int32(above[col])))
        along_y = np.float32(
            nw + sw - ne - se + np.int32(2) * (np.int32(line[col - _ONE]) - np.int32(line[col + _ONE]))
        )
        least = one + min(abs(along_x), abs(along_y)) + np.float32(0.03125) * np.float32(nw + ne + sw + se)
        right = min(max(along_x / least, -limit), limit) * sixth
        down = min(max(along_y / least, -limit), limit) * sixth
        # The mean of the two places so far off to either side, neither of them beyond the next pixel.
        beside = abs(right) if is_edge[begin + lane] else zero
        under = abs(down) if is_edge[begin + lane] else zero
        weights[0, lane] = (one - beside) * (one - under)
        weights[1, lane] = half * beside * (one - under)
        weights[2, lane] = half * (one - beside) * under
        weights[3, lane] = half * beside * under
        is_turned[lane] = (right > zero) == (down > zero)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _mix(
    around: tuple[Plane, Plane, Plane],
    begin: np.uint64,
    weights: NDArray[np.float32],
    is_turned: NDArray[np.bool_],
    mixed: Plane,
) -> None:
    """A channel of a block, smoothed."""
    above, line, below = around
    for lane in range(np.uint64(BLOCK)):
        col = begin + lane + _ONE
        sides = np.int32(line[col - _ONE]) + np.int32(line[col + _ONE])
        ends = np.int32(above[col]) + np.int32(below[col])
        falling = np.int32(above[col - _ONE]) + np.int32(below[col + _ONE])
        rising = np.int32(above[col + _ONE]) + np.int32(below[col - _ONE])
        corners = falling if is_turned[lane] else rising
        value = weights[0, lane] * np.float32(line[col]) + weights[1, lane] * np.float32(sides)
        value += weights[2, lane] * np.float32(ends) + weights[3, lane] * np.float32(corners)
        mixed[lane] = np.uint8(np.int32(value + np.float32(0.5)))


@njit(cache=True, nogil=True, error_model="numpy")
def _smooth(rows: Plane, channels: int, least_contrast: int, span: float) -> None:
    """A row is written when the next one has been read."""
    height, width = len(rows), rows.shape[1] // channels
    num_blocks = -(-width // BLOCK)
    planes = np.zeros((3, channels + 1, BLOCK * num_blocks + 2), dtype=np.uint8)
    is_edge = np.zeros(BLOCK * num_blocks, dtype=np.bool_)
    marks = is_edge.view(np.uint64)
    weights, is_turned = np.empty((4, BLOCK), dtype=np.float32), np.empty(BLOCK, dtype=np.bool_)
    mixed, limit = np.empty(BLOCK, dtype=np.uint8), np.float32(span)
    for row in range(height):
        if channels == 3:
            _split_rgb(rows[row], planes[row % 3])
        else:
            _split_rgba(rows[row], planes[row % 3])
        if row < 2:
            continue
        above, line, below = planes[(row - 2) % 3], planes[(row - 1) % 3], planes[row % 3]
        luma = (above[channels], line[channels], below[channels])
        _mark_edges(*luma, np.uint8(least_contrast), width, is_edge)
        for block in range(num_blocks):
            if marks[2 * block] | marks[2 * block + 1] == 0:
                continue
            begin = BLOCK * block
            _weigh(luma, is_edge, np.uint64(begin), limit, weights, is_turned)
            for channel in range(channels):
                around = (above[channel], line[channel], below[channel])
                _mix(around, np.uint64(begin), weights, is_turned, mixed)
                for lane in range(min(BLOCK, width - begin)):
                    rows[row - 1, (begin + lane) * channels + channel] = mixed[lane]


def smooth_edges(picture: NDArray[np.uint8], least_contrast: int = LEAST_CONTRAST) -> NDArray[np.uint8]:
    """The picture with softened stairs; see :func:`soften_edges`."""
    result = picture.copy()
    soften_edges(result, least_contrast)
    return result


def soften_edges(picture: NDArray[np.uint8], least_contrast: int = LEAST_CONTRAST) -> None:
    """Soften the stairs of a picture, in place, after the idea of T. Lottes, "FXAA" (NVIDIA white paper, 2009).

    Parameters
    ----------
    picture
        (H, W, 3) RGB, or (H, W, 4) RGBA with colours multiplied by opacity; uint8, C order.
    least_contrast
        Edges that differ by less in brightness, from 0 to 255, stay as they are.
    """
    height, width, channels = picture.shape
    _smooth(picture.reshape(height, width * channels), channels, least_contrast, MAX_SPAN_PX)
