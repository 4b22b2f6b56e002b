"""Draws faces onto a sheet of pixels with depths, from which they are put into pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.overlay import Veil, is_veiled, mix
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.seen_faces import (
    BOTTOM,
    BY_COL,
    BY_ROW,
    DARK,
    LEFT,
    PX_PER_U,
    PX_PER_V,
    RIGHT,
    START,
    TOP,
    Faces,
)

LANES = 4
"""Pixels of a row are drawn in whole multiples of this; as many lie between two rows."""
SLACK_PX = 1e-5
"""How far faces go over their borders, so that no gap is left between neighbours."""
EDGE_CORE_PX, EDGE_PX = 0.35, 1.15
"""Edges are darkest up to here from the border of a face, and end there."""
CLEAR = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
"""Farther than everything."""
_KEPT = threading.local()
"""Each thread's clear pixels: memory that is asked for anew costs more than to clear what was drawn on."""


class Sheet(NamedTuple):
    """Pixels that are drawn on, the nearest of all that is drawn on them.

    Attributes
    ----------
    pixels
        uint64, the bits of the float32 distance before blue, green and red: of two the smaller one is nearer.
    stride
        From row to row; a few more than there are columns, so that whole groups of pixels are drawn.
    spans
        (H, 2) int32, the first and last column that may be drawn on in each row.
    """

    pixels: NDArray[np.uint64]
    stride: int
    spans: NDArray[np.int32]


@contextmanager
def clear_sheet(size_px: tuple[int, int]) -> Iterator[Sheet]:
    """A clear sheet of (width, height), to be given back clear."""
    width, height = size_px
    stride = width + LANES
    pixels: NDArray[np.uint64] | None = getattr(_KEPT, "pixels", None)
    if pixels is None or len(pixels) < stride * height:
        pixels = np.full(stride * height, CLEAR, dtype=np.uint64)
    _KEPT.pixels = None
    spans = np.empty((height, 2), dtype=np.int32)
    spans[:] = width, -1
    yield Sheet(pixels, stride, spans)
    _KEPT.pixels = pixels


@njit(cache=True, nogil=True, inline="always", error_model="numpy", fastmath={"contract"})
def _edge_light(
    u: np.float32, v: np.float32, px_per_u: np.float32, px_per_v: np.float32, dark: np.float32
) -> np.float32:
    one, core, per_span = np.float32(1.0), np.float32(EDGE_CORE_PX), np.float32(1.0 / (EDGE_PX - EDGE_CORE_PX))
    to_edge_px = min(min(u, one - u) * px_per_u, min(v, one - v) * px_per_v)
    share = min(max((to_edge_px - core) * per_span, np.float32(0.0)), one)
    return one - dark * (one - share * share * (np.float32(3.0) - (share + share)))


@njit(cache=True, nogil=True, inline="always")
def _pixel(shade: np.float32, tint: tuple[np.float32, np.float32, np.float32], z: np.float32) -> np.uint64:
    half = np.float32(0.5)
    red, green = np.int32(shade * tint[0] + half), np.int32(shade * tint[1] + half)
    blue = np.int32(shade * tint[2] + half)
    color = np.uint32(red | (green << np.int32(8)) | (blue << np.int32(16)))
    return (np.uint64(np.float32(z).view(np.uint32)) << np.uint64(32)) | np.uint64(color)


@njit(cache=True, nogil=True, inline="always", error_model="numpy", fastmath={"contract"})
def _fill_row(
    pixels: NDArray[np.uint64],
    begin: np.uint64,
    count: np.uint64,
    starts: tuple[np.float32, np.float32, np.float32],
    by_col: tuple[np.float32, np.float32, np.float32],
    look: tuple[np.float32, ...],
    tint: tuple[np.float32, np.float32, np.float32],
) -> None:
    zx, ux, vx = by_col
    ground, by_u, by_v, by_both, dark, px_per_u, px_per_v = look
    least_u, least_v = -np.float32(SLACK_PX) * abs(ux), -np.float32(SLACK_PX) * abs(vx)
    least_past_u, least_past_v = -np.float32(SLACK_PX) * abs(zx - ux), -np.float32(SLACK_PX) * abs(zx - vx)
    for lane in range(count):
        at = np.float32(np.int32(lane))
        per_z, u, v = starts[0] + zx * at, starts[1] + ux * at, starts[2] + vx * at
        is_in = (u >= least_u) & (v >= least_v) & (per_z - u >= least_past_u) & (per_z - v >= least_past_v)
        z = np.float32(1.0) / per_z
        u, v = u * z, v * z
        shade = ground + by_u * u + v * (by_v + by_both * u)
        shade *= _edge_light(u, v, px_per_u, px_per_v, dark)
        here = pixels[begin + lane]
        pixels[begin + lane] = min(_pixel(shade, tint, z), here) if is_in else here


@njit(cache=True, nogil=True, inline="always")
def _line(numbers: NDArray[np.float32], n: np.uint64, rows: tuple[int, int, int]) -> tuple[np.float32, ...]:
    return numbers[np.uint64(rows[0]) + n], numbers[np.uint64(rows[1]) + n], numbers[np.uint64(rows[2]) + n]


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def fill_faces(
    sheet: Sheet, faces: Faces, count: np.uint64, shades: NDArray[np.float32], tints: NDArray[np.float32]
) -> None:
    """Draw measured faces.

    Parameters
    ----------
    sheet, faces, count
        Onto what, which, and how many.
    shades
        (N, 4) float32: brightness at u, v = 0, and how it changes by u, v, and u * v.
    tints
        (M, 3) float32 RGB from 0 to 255.
    """
    numbers, pixels, spans, shift = faces.numbers, sheet.pixels, sheet.spans, np.uint64(2)
    for n in range(count):
        left, right = np.int64(numbers[np.uint64(LEFT) + n]), np.int64(numbers[np.uint64(RIGHT) + n])
        top, bottom = np.int64(numbers[np.uint64(TOP) + n]), np.int64(numbers[np.uint64(BOTTOM) + n])
        if left > right:
            continue
        shade, tint = shades[faces.shades[n]], tints[faces.tints[n]]
        edge = _line(numbers, n, (DARK, PX_PER_U, PX_PER_V))
        look = (shade[0], shade[1], shade[2], shade[3], edge[0], edge[1], edge[2])
        by_col, by_row, starts = _line(numbers, n, BY_COL), _line(numbers, n, BY_ROW), _line(numbers, n, START)
        # A shift, so that the compiler sees that no pixel is left over.
        width = ((np.uint64(right - left) >> shift) + np.uint64(1)) << shift
        begin = np.uint64(top * sheet.stride + left)
        for row in range(np.uint64(top), np.uint64(bottom + 1)):
            spans[row, 0], spans[row, 1] = min(spans[row, 0], left), max(spans[row, 1], right)
            _fill_row(pixels, begin, width, starts, by_col, look, (tint[0], tint[1], tint[2]))
            starts = (starts[0] + by_row[0], starts[1] + by_row[1], starts[2] + by_row[2])
            begin += np.uint64(sheet.stride)


@njit(cache=True, nogil=True)
def _put_row(pixels: NDArray[np.uint64], channels: int, row: NDArray[np.uint8], distances: NDArray[np.float32]) -> None:
    for col in range(np.uint64(len(pixels))):
        pixel = pixels[col]
        z, here = np.uint32(pixel >> np.uint64(32)).view(np.float32), distances[col]
        if pixel == CLEAR or (here > np.float32(0.0)) & (here <= z):
            continue
        distances[col] = z
        at = np.uint64(channels) * col
        row[at], row[at + np.uint64(1)] = np.uint8(pixel), np.uint8(pixel >> np.uint64(8))
        row[at + np.uint64(2)] = np.uint8(pixel >> np.uint64(16))
        if channels == 4:
            row[at + np.uint64(3)] = 255


@njit(cache=True, nogil=True)
def _veil_row(
    pixels: NDArray[np.uint64],
    channels: int,
    row: NDArray[np.uint8],
    distances: NDArray[np.float32],
    opacity: np.float32,
    reach: np.float32,
) -> None:
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    for col in range(np.uint64(len(pixels))):
        pixel = pixels[col]
        z = np.uint32(pixel >> np.uint64(32)).view(np.float32)
        if pixel == CLEAR or not is_veiled(distances[col], z, reach):
            continue
        distances[col] = z
        at = np.uint64(channels) * col
        row[at] = mix(row[at], np.uint8(pixel), opacity)
        row[at + one] = mix(row[at + one], np.uint8(pixel >> np.uint64(8)), opacity)
        row[at + two] = mix(row[at + two], np.uint8(pixel >> np.uint64(16)), opacity)
        if channels == 4:
            row[at + three] = mix(row[at + three], np.uint8(255), opacity)


@njit(cache=True, nogil=True)
def _put_rows(
    sheet: Sheet,
    rows: NDArray[np.uint8],
    channels: int,
    distances: NDArray[np.float32],
    opacity: np.float32,
    reach: np.float32,
) -> None:
    for row in range(len(distances)):
        first, end = np.int64(sheet.spans[row, 0]), np.int64(sheet.spans[row, 1]) + 1
        if first >= end:
            continue
        begin = row * sheet.stride
        colors = rows[row, channels * first : channels * end]
        some, far = sheet.pixels[begin + first : begin + end], distances[row, first:end]
        if opacity < np.float32(1.0):
            _veil_row(some, channels, colors, far, opacity, reach)
        else:
            _put_row(some, channels, colors, far)
        drawn = sheet.pixels[begin + first : begin + end + LANES - 1]
        for at in range(np.uint64(len(drawn))):
            drawn[at] = CLEAR


@njit(cache=True, nogil=True)
def _bounds(spans: NDArray[np.int32]) -> tuple[int, int, int, int]:
    """First and last column and row."""
    left, right, top, bottom = spans[0, 0], spans[0, 1], len(spans), -1
    for row in range(len(spans)):
        left, right = min(left, spans[row, 0]), max(right, spans[row, 1])
        if spans[row, 1] >= 0:
            top, bottom = min(top, row), row
    return left, right, top, bottom


def drawn_box(sheet: Sheet) -> PixelBox | None:
    """What holds all that was drawn; None if nothing was."""
    left, right, top, bottom = _bounds(sheet.spans)
    if right < 0:
        return None
    return PixelBox(left_px=left, top_px=top, width_px=right + 1 - left, height_px=bottom + 1 - top)


def put_on(sheet: Sheet, picture: NDArray[np.uint8], distances: NDArray[np.float32], veil: Veil | None = None) -> None:
    """Put what was drawn onto a picture where it is nearer, or as a veil, and clear the sheet.

    Parameters
    ----------
    picture
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA, C order.
    distances
        (H, W) float32, 0 where nothing is; changed as well.
    """
    height, width, channels = picture.shape
    opacity, reach = (1.0, np.inf) if veil is None else (veil.opacity, veil.reach)
    rows = picture.reshape(height, width * channels)
    _put_rows(sheet, rows, channels, distances, np.float32(opacity), np.float32(reach))
