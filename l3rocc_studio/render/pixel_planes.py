"""Rows of pixels with their channels apart: only then does the compiler take many of them at once.

Rows, columns and channels are numbers without a sign, for the same reason, and whole pictures are handed on: to make
an array of a part of one would take longer than the few pixels that are often worked on.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Planes = NDArray[np.uint8]
"""(rows, C + 1, 1 + W) uint8: channels, then brightness, of a few rows, each with a pixel before the first."""

RED, GREEN, BLUE, COVER = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_RED, _GREEN, _BLUE, _WHITE, _EIGHT = (np.uint16(value) for value in (77, 150, 29, 255, 8))


@njit(cache=True, nogil=True)
def split_rgb(
    picture: Plane, row: np.uint64, begin: np.uint64, end: np.uint64, planes: Planes, slot: np.uint64
) -> None:
    """Take pixels of a row of a picture (H, 3 * W) apart."""
    for col in range(begin, end):
        at, to = _THREE * col, col + _ONE
        planes[slot, RED, to] = picture[row, at]
        planes[slot, GREEN, to] = picture[row, at + _ONE]
        planes[slot, BLUE, to] = picture[row, at + _TWO]


@njit(cache=True, nogil=True)
def split_rgba(
    picture: Plane, row: np.uint64, begin: np.uint64, end: np.uint64, planes: Planes, slot: np.uint64
) -> None:
    """Take pixels of a row of a picture (H, 4 * W) apart."""
    for col in range(begin, end):
        at, to = _FOUR * col, col + _ONE
        planes[slot, RED, to] = picture[row, at]
        planes[slot, GREEN, to] = picture[row, at + _ONE]
        planes[slot, BLUE, to] = picture[row, at + _TWO]
        planes[slot, COVER, to] = picture[row, at + _THREE]


@njit(cache=True, nogil=True)
def join_rgb(planes: Planes, slot: np.uint64, begin: np.uint64, end: np.uint64, picture: Plane, row: np.uint64) -> None:
    """Put pixels together into a row of a picture (H, 3 * W)."""
    for col in range(begin, end):
        at, of = _THREE * col, col + _ONE
        picture[row, at] = planes[slot, RED, of]
        picture[row, at + _ONE] = planes[slot, GREEN, of]
        picture[row, at + _TWO] = planes[slot, BLUE, of]


@njit(cache=True, nogil=True)
def join_rgba(
    planes: Planes, slot: np.uint64, begin: np.uint64, end: np.uint64, picture: Plane, row: np.uint64
) -> None:
    """Put pixels together into a row of a picture (H, 4 * W)."""
    for col in range(begin, end):
        at, of = _FOUR * col, col + _ONE
        picture[row, at] = planes[slot, RED, of]
        picture[row, at + _ONE] = planes[slot, GREEN, of]
        picture[row, at + _TWO] = planes[slot, BLUE, of]
        picture[row, at + _THREE] = planes[slot, COVER, of]


@njit(cache=True, nogil=True)
def darken(
    planes: Planes, slot: np.uint64, channel: np.uint64, begin: np.uint64, end: np.uint64, light: NDArray[np.float32]
) -> None:
    """Multiply a channel by how light it is, (W,) from 0 to 1."""
    for col in range(begin, end):
        at = col + _ONE
        planes[slot, channel, at] = np.uint8(np.int32(planes[slot, channel, at] * light[col] + np.float32(0.5)))


@njit(cache=True, nogil=True)
def weigh_rgb(planes: Planes, slot: np.uint64, begin: np.uint64, end: np.uint64) -> None:
    """Brightness of red, green and blue."""
    for col in range(begin + _ONE, end + _ONE):
        red, green, blue = planes[slot, RED, col], planes[slot, GREEN, col], planes[slot, BLUE, col]
        value = _RED * np.uint16(red) + _GREEN * np.uint16(green) + _BLUE * np.uint16(blue)
        planes[slot, COVER, col] = np.uint8(np.uint16(value) >> _EIGHT)


@njit(cache=True, nogil=True)
def weigh_rgba(planes: Planes, slot: np.uint64, begin: np.uint64, end: np.uint64) -> None:
    """Brightness of red, green and blue on white."""
    for col in range(begin + _ONE, end + _ONE):
        red, green, blue = planes[slot, RED, col], planes[slot, GREEN, col], planes[slot, BLUE, col]
        value = _RED * np.uint16(red) + _GREEN * np.uint16(green) + _BLUE * np.uint16(blue)
        covered = np.uint16(np.uint16(value) >> _EIGHT) + (_WHITE - np.uint16(planes[slot, COVER, col]))
        planes[slot, _FOUR, col] = np.uint8(min(covered, _WHITE))
