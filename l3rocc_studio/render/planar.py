"""RGB pictures as the planes that video encoders take: BT.709, limited range, colours at half the size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.scaling import resize

# BT.709, limited range, 8 bits (ITU-R BT.709-6, section 3): brightness in 1/32768, so that the compiler finds the
# instruction for sums of products of short numbers, and colours in 1/65536.
LUMA = np.array((5983, 20127, 2032), dtype=np.int32)
BLUE = np.array((-6596, -22189, 28784), dtype=np.int32)
RED = np.array((28784, -26145, -2639), dtype=np.int32)
LUMA_BITS, CHROMA_BITS = 15, 16
BLACK, GREY = 16, 128

# Rows of one colour, 32 bits throughout and indices without a sign: only then does the compiler take many pixels at
# once. Numba makes 64 bits of every sum of 32, which the casts undo.
_i, _u, _w = np.int32, np.uint32, np.uint16
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_LUMA_OFFSET = _i((BLACK << LUMA_BITS) + (1 << (LUMA_BITS - 1)))
_CHROMA_SHIFT = _i(CHROMA_BITS + 2)
_CHROMA_OFFSET = _i((GREY << (CHROMA_BITS + 2)) + (1 << (CHROMA_BITS + 1)))
_LOW, _HALF = _u(0xFFFF), _u(16)

PICTURES_IN_WORK = 3
"""How many pictures of a film there are at once: one that is made, one that waits, one that is encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """A picture as brightness and colours.

    Attributes
    ----------
    luma
        (H, W) uint8.
    blue, red
        (H/2, W/2) uint8, rounded up.
    """

    luma: NDArray[np.uint8]
    blue: NDArray[np.uint8]
    red: NDArray[np.uint8]

    def part(self, box: PixelBox) -> Planes:
        """A part, as a view; its colours are those that begin in it, so that no two parts side by side share any."""
        colors = half(box)
        return Planes(
            luma=self.luma[box.rows, box.columns],
            blue=self.blue[colors.rows, colors.columns],
            red=self.red[colors.rows, colors.columns],
        )

    def put(self, picture: NDArray[np.uint8], box: PixelBox, part: PixelBox | None = None) -> None:
        """Write a picture (h, w, 3) RGB to its place.

        Parameters
        ----------
        picture
            What to write.
        box
            Its place, of its size.
        part
            The only part of its place to write, to the next even pixels; None for all.
        """
        part = evened(part or box, box)
        rows = np.ascontiguousarray(picture).reshape(len(picture), -1)
        sides = (part.left_px, part.columns.stop, part.top_px, part.rows.stop)
        _put(rows, self.luma, self.blue, self.red, (box.left_px, box.top_px), sides)

    def put_scaled(self, picture: NDArray[np.uint8], box: PixelBox) -> None:
        """Write a picture (h, w, 3) RGB of another size to its place: planes are half as much to scale as colours."""
        height, width = picture.shape[:2]
        colors = np.empty((2, -(-height // 2), -(-width // 2)), dtype=np.uint8)
        planes = Planes(luma=np.empty((height, width), dtype=np.uint8), blue=colors[0], red=colors[1])
        planes.put(picture, PixelBox(left_px=0, top_px=0, width_px=width, height_px=height))
        target = self.part(box)
        for plane, place in ((planes.luma, target.luma), (planes.blue, target.blue), (planes.red, target.red)):
            resize(plane, (place.shape[1], place.shape[0]), place)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanarPicture:
    """A picture in the memory of a frame of the encoding library, which needs no copy of it.

    Attributes
    ----------
    frame
        The library's ``av.VideoFrame``.
    planes
        What it shows, to be written to.
    """

    frame: Any
    planes: Planes

    @staticmethod
    def empty(size_px: tuple[int, int]) -> PlanarPicture:
        """A picture of (width, height), both even, that shows anything."""
        frame = av.VideoFrame(*size_px, "yuv420p")
        luma, blue, red = (
            np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
            for plane in frame.planes
        )
        return PlanarPicture(frame=frame, planes=Planes(luma=luma, blue=blue, red=red))

    @staticmethod
    def of(picture: NDArray[np.uint8]) -> PlanarPicture:
        """A picture (H, W, 3) RGB with H and W even."""
        height, width = picture.shape[:2]
        result = PlanarPicture.empty((width, height))
        result.planes.put(picture, PixelBox(left_px=0, top_px=0, width_px=width, height_px=height))
        return result


def half(box: PixelBox) -> PixelBox:
    """Where the colours are that begin in a part of a picture."""
    left, top = -(-box.left_px // 2), -(-box.top_px // 2)
    return PixelBox(
        left_px=left,
        top_px=top,
        width_px=-(-box.columns.stop // 2) - left,
        height_px=-(-box.rows.stop // 2) - top,
    )


def evened(part: PixelBox, box: PixelBox) -> PixelBox:
    """A part from even pixels on and to such, but not beyond a box: a colour is made of all pixels that share it."""
    left, top = max(part.left_px // 2 * 2, box.left_px), max(part.top_px // 2 * 2, box.top_px)
    right = min(-(-part.columns.stop // 2) * 2, box.columns.stop)
    bottom = min(-(-part.rows.stop // 2) * 2, box.rows.stop)
    return PixelBox(left_px=left, top_px=top, width_px=right - left, height_px=bottom - top)


@njit(cache=True, nogil=True)
def _split(row: NDArray[np.uint8], red: NDArray[np.uint8], green: NDArray[np.uint8], blue: NDArray[np.uint8]) -> None:
    for col in range(np.uint64(len(red))):
        at = _THREE * col
        red[col], green[col], blue[col] = row[at], row[at + _ONE], row[at + _TWO]


@njit(cache=True, nogil=True)
def _to_luma(
    red: NDArray[np.uint8], green: NDArray[np.uint8], blue: NDArray[np.uint8], luma: NDArray[np.uint8]
) -> None:
    for col in range(np.uint64(len(luma))):
        total = _i(_i(_i(red[col]) * LUMA[0]) + _i(_i(green[col]) * LUMA[1]))
        luma[col] = np.uint8(_i(_i(total + _i(_i(blue[col]) * LUMA[2])) + _LUMA_OFFSET) >> _i(LUMA_BITS))


@njit(cache=True, nogil=True)
def _add(upper: NDArray[np.uint8], lower: NDArray[np.uint8], total: NDArray[np.uint16]) -> None:
    for col in range(np.uint64(len(total))):
        total[col] = _w(_w(upper[col]) + _w(lower[col]))


@njit(cache=True, nogil=True)
def _to_chroma(totals: NDArray[np.uint32], blue: NDArray[np.uint8], red: NDArray[np.uint8]) -> None:
    """Colours from sums over four pixels, each sum in two halves of a number."""
    reds, greens, blues = totals[0], totals[1], totals[2]
    for col in range(np.uint64(len(blue))):
        r = _i(_i(reds[col] & _LOW) + _i(reds[col] >> _HALF))
        g = _i(_i(greens[col] & _LOW) + _i(greens[col] >> _HALF))
        b = _i(_i(blues[col] & _LOW) + _i(blues[col] >> _HALF))
        total = _i(_i(_i(r * BLUE[0]) + _i(g * BLUE[1])) + _i(_i(b * BLUE[2]) + _CHROMA_OFFSET))
        blue[col] = np.uint8(total >> _CHROMA_SHIFT)
        total = _i(_i(_i(r * RED[0]) + _i(g * RED[1])) + _i(_i(b * RED[2]) + _CHROMA_OFFSET))
        red[col] = np.uint8(total >> _CHROMA_SHIFT)


@njit(cache=True, nogil=True)
def _put(
    rows: NDArray[np.uint8],
    luma: NDArray[np.uint8],
    blue: NDArray[np.uint8],
    red: NDArray[np.uint8],
    place: tuple[int, int],
    part: tuple[int, int, int, int],
) -> None:
    left, right, top, bottom = part
    width, skipped = right - left, left % 2
    first, last = (left + 1) // 2, (right + 1) // 2
    # One pixel more, for a last colour that has but one pixel in the picture.
    colors = np.empty((2, 3, width + 1), dtype=np.uint8)
    totals = np.empty((3, 2 * (last - first)), dtype=np.uint16)
    begin = 3 * (left - place[0])
    for row in range(top - top % 2, bottom, 2):
        for lower in range(2):
            line = colors[lower]
            if top <= row + lower < bottom:
                source = rows[row + lower - place[1], begin : begin + 3 * width]
                _split(source, line[0, :width], line[1, :width], line[2, :width])
                _to_luma(line[0], line[1], line[2], luma[row + lower, left:right])
                line[:, width] = line[:, width - 1]
            elif lower:
                line[...] = colors[0]
        if row >= top:
            for color in range(3):
                _add(colors[0, color, skipped:], colors[1, color, skipped:], totals[color])
            _to_chroma(totals.view(np.uint32), blue[row // 2, first:last], red[row // 2, first:last])
