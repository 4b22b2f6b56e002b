"""Softens the stairs of drawn edges; many times faster than a graphics library in software does it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.pixel_planes import Planes

LEAST_CONTRAST = 18
"""An edge differs by this much in brightness, and by an eighth of the brightest pixel around."""
MAX_SPAN_PX = 6.0

# Indices without a sign and known steps: only then does the compiler take many pixels at once.
_ONE = np.uint64(1)
BLOCK = 16
"""Pixels of a row that are softened together."""
Rows = tuple[np.uint64, np.uint64, np.uint64]
_BESIDE, _UNDER, _FALLING, _RISING = (np.uint64(BLOCK * place) for place in range(1, 5))
NUM_WEIGHTS = 5 * BLOCK


@njit(cache=True, nogil=True)
def _mark_edges(
    planes: Planes, rows: Rows, begin: np.uint64, end: np.uint64, least_contrast: np.uint8, is_edge: NDArray[np.bool_]
) -> None:
    """Which pixels of a row differ from one beside them."""
    above, line, below = rows
    luma, eighth = np.uint64(planes.shape[1] - 1), np.uint8(3)
    for col in range(begin + _ONE, end + _ONE):
        north, south, here = planes[above, luma, col], planes[below, luma, col], planes[line, luma, col]
        west, east = planes[line, luma, col - _ONE], planes[line, luma, col + _ONE]
        high = max(north, south, west, east, here)
        low = min(north, south, west, east, here)
        is_edge[col - _ONE] = np.uint8(high - low) >= max(least_contrast, np.uint8(high >> eighth))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _weigh(
    planes: Planes,
    rows: Rows,
    begin: np.uint64,
    limit: np.float32,
    is_edge: NDArray[np.bool_],
    weights: NDArray[np.float32],
) -> None:
    """How much of a pixel of a block is itself, its neighbours beside it, above and below, and at its corners."""
    above, line, below = rows
    luma = np.uint64(planes.shape[1] - 1)
    half, zero, one, sixth = np.float32(0.5), np.float32(0.0), np.float32(1.0), np.float32(1.0 / 6.0)
    for lane in range(np.uint64(BLOCK)):
        col = begin + lane + _ONE
        west, east = col - _ONE, col + _ONE
        nw, ne = np.int32(planes[above, luma, west]), np.int32(planes[above, luma, east])
        sw, se = np.int32(planes[below, luma, west]), np.int32(planes[below, luma, east])
        # Along the edge: across the gradient.
        falls = np.int32(planes[below, luma, col]) - np.int32(planes[above, luma, col])
        along_x = np.float32(sw + se - nw - ne + np.int32(2) * falls)
        sinks = np.int32(planes[line, luma, west]) - np.int32(planes[line, luma, east])
        along_y = np.float32(nw + sw - ne - se + np.int32(2) * sinks)
        least = one + min(abs(along_x), abs(along_y)) + np.float32(0.03125) * np.float32(nw + ne + sw + se)
        right = min(max(along_x / least, -limit), limit) * sixth
        down = min(max(along_y / least, -limit), limit) * sixth
        # The mean of the two places so far off to either side, neither of them beyond the next pixel.
        beside = abs(right) if is_edge[begin + lane] else zero
        under = abs(down) if is_edge[begin + lane] else zero
        is_turned = (right > zero) == (down > zero)
        weights[lane] = (one - beside) * (one - under)
        weights[_BESIDE + lane] = half * beside * (one - under)
        weights[_UNDER + lane] = half * (one - beside) * under
        weights[_FALLING + lane] = half * beside * under if is_turned else zero
        weights[_RISING + lane] = zero if is_turned else half * beside * under


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _mix(
    planes: Planes,
    rows: Rows,
    channel: np.uint64,
    begin: np.uint64,
    weights: NDArray[np.float32],
    soft: np.uint64,
) -> None:
    """A channel of a block, softened."""
    above, line, below = rows
    for lane in range(np.uint64(BLOCK)):
        col = begin + lane + _ONE
        west, east = col - _ONE, col + _ONE
        sides = np.int32(planes[line, channel, west]) + np.int32(planes[line, channel, east])
        ends = np.int32(planes[above, channel, col]) + np.int32(planes[below, channel, col])
        falling = np.int32(planes[above, channel, west]) + np.int32(planes[below, channel, east])
        rising = np.int32(planes[above, channel, east]) + np.int32(planes[below, channel, west])
        corners = weights[_FALLING + lane] * np.float32(falling) + weights[_RISING + lane] * np.float32(rising)
        value = weights[lane] * np.float32(planes[line, channel, col]) + weights[_BESIDE + lane] * np.float32(sides)
        value += weights[_UNDER + lane] * np.float32(ends) + corners
        planes[soft, channel, col] = np.uint8(np.int32(value + np.float32(0.5)))


@njit(cache=True, nogil=True, error_model="numpy")
def _soften_blocks(
    planes: Planes,
    rows: Rows,
    begin: np.uint64,
    end: np.uint64,
    is_edge: NDArray[np.bool_],
    weights: NDArray[np.float32],
    soft: np.uint64,
) -> None:
    # Apart from what finds the blocks: only then does the compiler see that these two loops get in nobody's way.
    for block in range(begin, end, np.uint64(BLOCK)):
        _weigh(planes, rows, block, np.float32(MAX_SPAN_PX), is_edge, weights)
        for channel in range(np.uint64(planes.shape[1] - 1)):
            _mix(planes, rows, channel, block, weights, soft)


@njit(cache=True, nogil=True)
def _copy(
    planes: Planes, line: np.uint64, channel: np.uint64, begin: np.uint64, end: np.uint64, soft: np.uint64
) -> None:
    for col in range(begin + _ONE, end + _ONE):
        planes[soft, channel, col] = planes[line, channel, col]


@njit(cache=True, nogil=True)
def soften_row(
    planes: Planes,
    rows: Rows,
    columns: tuple[np.uint64, np.uint64],
    has_neighbours: bool,
    least_contrast: int,
    is_edge: NDArray[np.bool_],
    marks: NDArray[np.uint64],
    weights: NDArray[np.float32],
    soft: np.uint64,
) -> None:
    """Soften the stairs of some columns of a row, after the idea of T. Lottes, "FXAA" (NVIDIA white paper, 2009).

    Parameters
    ----------
    planes, rows
        Channels and brightness, in whole blocks, and where the rows above, here and below are.
    columns
        First and end; the first and the last one stay as they are.
    has_neighbours
        Whether there are a row above and one below; without them all stays as it is.
    least_contrast
        Edges that differ by less in brightness, from 0 to 255, stay as they are.
    is_edge, marks, weights
        To work in: whole blocks of bool, False at first; the same memory as uint64; :data:`NUM_WEIGHTS` float32.
    soft
        The row of the planes where it goes; beyond the columns it may change as well.
    """
    begin, end = columns
    three, size = np.uint64(3), np.uint64(BLOCK)
    for channel in range(np.uint64(planes.shape[1] - 1)):
        _copy(planes, rows[1], channel, begin, end, soft)
    if not has_neighbours:
        return
    _mark_edges(planes, rows, begin + _ONE, end - _ONE, np.uint8(least_contrast), is_edge)
    block = begin // size * size
    while block < end:
        stop = block
        while stop < end and marks[stop >> three] | marks[(stop >> three) + _ONE] != 0:
            stop += size
        if stop > block:
            _soften_blocks(planes, rows, block, stop, is_edge, weights, soft)
        block = stop + size
