"""RGB pictures as the planes that video encoders take."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# BT.709, limited range, 8 bits (ITU-R BT.709-6, section 3), in 1/65536.
_Y = (11966, 40254, 4064)
_U = (-6596, -22189, 28784)
_V = (28784, -26145, -2639)


@njit(cache=True, nogil=True)
def _to_planes(
    picture: NDArray[np.uint8], luma: NDArray[np.uint8], blue: NDArray[np.uint8], red: NDArray[np.uint8]
) -> None:
    height, width = luma.shape
    half = 1 << 15
    for row in range(0, height, 2):
        for col in range(0, width, 2):
            sum_r, sum_g, sum_b = np.int32(0), np.int32(0), np.int32(0)
            for dy in range(2):
                for dx in range(2):
                    r = np.int32(picture[row + dy, col + dx, 0])
                    g = np.int32(picture[row + dy, col + dx, 1])
                    b = np.int32(picture[row + dy, col + dx, 2])
                    luma[row + dy, col + dx] = np.uint8(16 + ((_Y[0] * r + _Y[1] * g + _Y[2] * b + half) >> 16))
                    sum_r += r
                    sum_g += g
                    sum_b += b
            u = (_U[0] * sum_r + _U[1] * sum_g + _U[2] * sum_b + 2 * (half << 1)) >> 18
            v = (_V[0] * sum_r + _V[1] * sum_g + _V[2] * sum_b + 2 * (half << 1)) >> 18
            blue[row >> 1, col >> 1] = np.uint8(128 + u)
            red[row >> 1, col >> 1] = np.uint8(128 + v)


def to_yuv420(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Planes Y, U, V one below the other, BT.709 with limited range.

    Parameters
    ----------
    picture
        (H, W, 3 or 4) uint8 RGB, H and W even; opacity is left out.

    Returns
    -------
    numpy.ndarray
        (3H/2, W) uint8, as FFmpeg's ``yuv420p`` lies in memory.
    """
    height, width = picture.shape[:2]
    planes = np.empty((height + height // 2, width), dtype=np.uint8)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    _to_planes(picture, planes[:height], chroma[0], chroma[1])
    return planes
