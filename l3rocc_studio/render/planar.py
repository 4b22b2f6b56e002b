"""RGB pictures as the planes that video encoders take."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.pixel_box import PixelBox

# BT.709, limited range, 8 bits (ITU-R BT.709-6, section 3), in 1/65536.
_Y = np.array((11966, 40254, 4064), dtype=np.int32)
_U = np.array((-6596, -22189, 28784), dtype=np.int32)
_V = np.array((28784, -26145, -2639), dtype=np.int32)


# Flat rows, a known step and indices without a sign: only then does the compiler take many pixels at once.
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)


@njit(cache=True, nogil=True)
def _to_luma(row: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
    half, bits, black = np.int32(1 << 15), np.int32(16), np.int32(16)
    for col in range(np.uint64(len(luma))):
        at = _THREE * col
        total = _Y[0] * np.int32(row[at]) + _Y[1] * np.int32(row[at + _ONE]) + _Y[2] * np.int32(row[at + _TWO])
        luma[col] = np.uint8(black + ((total + half) >> bits))


@njit(cache=True, nogil=True)
def _to_chroma(
    upper: NDArray[np.uint8], lower: NDArray[np.uint8], blue: NDArray[np.uint8], red: NDArray[np.uint8]
) -> None:
    half, bits, grey = np.int32(1 << 17), np.int32(18), np.int32(128)
    for col in range(np.uint64(len(blue))):
        at = _TWO * _THREE * col
        by = at + _THREE
        r = np.int32(upper[at]) + np.int32(upper[by]) + np.int32(lower[at]) + np.int32(lower[by])
        at, by = at + _ONE, by + _ONE
        g = np.int32(upper[at]) + np.int32(upper[by]) + np.int32(lower[at]) + np.int32(lower[by])
        at, by = at + _ONE, by + _ONE
        b = np.int32(upper[at]) + np.int32(upper[by]) + np.int32(lower[at]) + np.int32(lower[by])
        blue[col] = np.uint8(grey + ((_U[0] * r + _U[1] * g + _U[2] * b + half) >> bits))
        red[col] = np.uint8(grey + ((_V[0] * r + _V[1] * g + _V[2] * b + half) >> bits))


@njit(cache=True, nogil=True)
def _to_planes(
    rows: NDArray[np.uint8],
    luma: NDArray[np.uint8],
    blue: NDArray[np.uint8],
    red: NDArray[np.uint8],
    part: tuple[int, int, int, int],
) -> None:
    left, right, top, bottom = part
    for row in range(top // 2, bottom // 2):
        upper, lower = rows[2 * row, 3 * left : 3 * right], rows[2 * row + 1, 3 * left : 3 * right]
        _to_luma(upper, luma[2 * row, left:right])
        _to_luma(lower, luma[2 * row + 1, left:right])
        _to_chroma(upper, lower, blue[row, left // 2 : right // 2], red[row, left // 2 : right // 2])


def fill_yuv420(
    picture: NDArray[np.uint8],
    luma: NDArray[np.uint8],
    blue: NDArray[np.uint8],
    red: NDArray[np.uint8],
    part: PixelBox | None = None,
) -> None:
    """Fill the planes Y, U, V of a picture, BT.709 with limited range.

    Parameters
    ----------
    picture
        (H, W, 3 or 4) uint8 RGB, H and W even; opacity is left out.
    luma
        (H, W) uint8.
    blue, red
        (H/2, W/2) uint8.
    part
        Where to fill them, to the next even pixels; None for everywhere.
    """
    height, width = picture.shape[:2]
    left, right, top, bottom = 0, width, 0, height
    if part is not None:
        left, top = part.left_px // 2 * 2, part.top_px // 2 * 2
        right, bottom = -(-part.columns.stop // 2) * 2, -(-part.rows.stop // 2) * 2
    rows = np.ascontiguousarray(picture[..., :3]).reshape(height, 3 * width)
    _to_planes(rows, luma, blue, red, (left, right, top, bottom))
