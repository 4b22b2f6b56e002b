"""Puts a picture of few moving things over one of many still things, by their distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

_TOTAL = np.uint32(24)
"""A pixel is a mean: its corners have one share each, what is beside, above and below two, itself twelve."""
_BLOCK = 32
"""Pixels of a row that are blended together where anything is in front."""
Bytes = NDArray[np.uint8]


@njit(cache=True, nogil=True)
def _mark_front(moving: NDArray[np.float32], still: NDArray[np.float32], is_front: Bytes) -> None:
    """1 where what moves is nearer, in a row."""
    # Indices without a sign: only then does the compiler take many pixels at once.
    nothing = np.float32(0.0)
    for col in range(np.uint64(len(moving))):
        here, there = moving[col], still[col]
        is_front[col] = (here > nothing) & ((here < there) | (there == nothing))


@njit(cache=True, nogil=True, inline="always")
def _has_any(is_front: Bytes, begin: int, end: int) -> bool:
    found = np.uint8(0)
    for col in range(np.uint64(begin), np.uint64(end)):
        found |= is_front[col]
    return found != 0


@njit(cache=True, nogil=True)
def _cut_out(moving: Bytes, is_front: Bytes, channels: int, cover: Bytes, color: Bytes) -> None:
    """What is in front in a row, and its colours, with a pixel more at either end, as its neighbour."""
    step, width = np.uint64(channels), np.uint64(len(is_front))
    cover[:], color[:] = 0, 0
    for begin in range(0, len(is_front), _BLOCK):
        end = min(begin + _BLOCK, len(is_front))
        if not _has_any(is_front, begin, end):
            continue
        for col in range(np.uint64(begin), np.uint64(end)):
            front, start = is_front[col], step * (col + np.uint64(1))
            for channel in range(step):
                cover[start + channel] = front
        for at in range(step * np.uint64(begin), step * np.uint64(end)):
            color[step + at] = cover[step + at] * moving[at]
    last = step * (width + np.uint64(1))
    for channel in range(step):
        for of in (cover, color):
            of[channel], of[last + channel] = of[step + channel], of[last - step + channel]


@njit(cache=True, nogil=True, inline="always")
def _sum_near(above: Bytes, line: Bytes, below: Bytes, at: np.uint64, step: np.uint64) -> np.uint32:
    """The weighted sum of a value and its neighbours."""
    left, right, two, twelve = at - step, at + step, np.uint32(2), np.uint32(12)
    sides = np.uint32(above[at]) + np.uint32(below[at]) + np.uint32(line[left]) + np.uint32(line[right])
    corners = np.uint32(above[left]) + np.uint32(above[right]) + np.uint32(below[left]) + np.uint32(below[right])
    return np.uint32(corners + two * sides + twelve * np.uint32(line[at]))


@njit(cache=True, nogil=True)
def _blend(
    cover: tuple[Bytes, Bytes, Bytes], color: tuple[Bytes, Bytes, Bytes], begin: int, channels: int, pixels: Bytes
) -> None:
    """Put what is in front onto bytes of a row; ``begin`` is where they begin in what was cut out."""
    step, half = np.uint64(channels), np.uint32(12)
    for at in range(np.uint64(len(pixels))):
        there = np.uint64(begin) + at
        rest = np.uint32(_TOTAL - _sum_near(cover[0], cover[1], cover[2], there, step))
        value = np.uint32(_sum_near(color[0], color[1], color[2], there, step) + rest * np.uint32(pixels[at]) + half)
        # As good as a division by 24 up to 24 * 255 + 12.
        pixels[at] = np.uint8(np.uint32(value * np.uint32(2731)) >> np.uint32(16))


@njit(cache=True, nogil=True)
def _lay_over(
    picture: Bytes,
    channels: int,
    distances: NDArray[np.float32],
    moving: Bytes,
    moving_distances: NDArray[np.float32],
    corner: tuple[int, int],
) -> None:
    height, width = moving_distances.shape
    top, left = corner
    is_front = np.empty(width, dtype=np.uint8)
    covers = np.zeros((3, channels * (width + 2)), dtype=np.uint8)
    colors = np.zeros_like(covers)
    for row in range(height + 1):
        if row < height:
            _mark_front(moving_distances[row], distances[top + row, left : left + width], is_front)
            _cut_out(moving[row], is_front, channels, covers[row % 3], colors[row % 3])
        if row == 0:
            continue
        above, line, below = max(row - 2, 0) % 3, (row - 1) % 3, min(row, height - 1) % 3
        cover, color = (covers[above], covers[line], covers[below]), (colors[above], colors[line], colors[below])
        pixels = picture[top + row - 1, channels * left : channels * (left + width)]
        for begin in range(0, channels * width, channels * _BLOCK):
            end = min(begin + channels * _BLOCK, channels * width)
            # With the pixels around them.
            first, last = begin, end + 2 * channels
            if _has_any(cover[0], first, last) or _has_any(cover[1], first, last) or _has_any(cover[2], first, last):
                _blend(cover, color, begin + channels, channels, pixels[begin:end])


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
    height, width, channels = picture.shape
    rows, moving_rows = picture.reshape(height, width * channels), moving.reshape(len(moving), -1)
    _lay_over(rows, channels, distances, moving_rows, moving_distances, corner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """How something translucent is laid over a picture.

    Attributes
    ----------
    opacity
        Below 1.
    reach
        How far before something else it may be: what hangs in the air, such as a ceiling seen from above, is left out.
    """

    opacity: float
    reach: float


@njit(cache=True, nogil=True, inline="always")
def is_veiled(behind: np.float32, here: np.float32, reach: np.float32) -> bool:
    """Whether a veil at a distance lies over what is behind, but not farther before it than it reaches."""
    nothing = np.float32(0.0)
    return bool(here > nothing and (behind == nothing or (here < behind and behind - here <= reach)))


@njit(cache=True, nogil=True, inline="always")
def mix(below: np.uint8, above: np.uint8, opacity: np.float32) -> np.uint8:
    """Something translucent over something."""
    under = np.float32(below)
    return np.uint8(under + opacity * (np.float32(above) - under) + np.float32(0.5))


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

    Parameters
    ----------
    picture, veil
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity.
    distances, veil_distances
        (H, W) float32 in one unit, 0 where nothing is.
    opacity, reach
        As in :class:`Veil`.
    """
    height, width, channels = picture.shape
    share, limit = np.float32(opacity), np.float32(reach)
    for row in range(height):
        for col in range(width):
            here = veil_distances[row, col]
            if is_veiled(distances[row, col], here, limit):
                distances[row, col] = here
                for channel in range(channels):
                    picture[row, col, channel] = mix(picture[row, col, channel], veil[row, col, channel], share)
