"""Turning stored pictures the way they are meant to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

MATRIX_BYTES = 36
"""A display matrix is nine int32 numbers, row by row; the first two columns hold 16.16 fixed point."""

_EXIF: dict[int, tuple[bool, bool, bool]] = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """One of the eight ways a picture can lie: first exchanged rows and columns, then mirrored.

    Attributes
    ----------
    transpose
        Rows become columns.
    flip_x, flip_y
        Mirrored left-right, top-bottom, after the transposition.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def is_upright(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.transpose or self.flip_x or self.flip_y)

    @property
    def label(self) -> str:
        """For people, such as ``"turned by 90 degrees"``."""
        mirrored = self.transpose ^ self.flip_x ^ self.flip_y
        if mirrored:
            return "mirrored"
        return "turned by 90 degrees" if self.transpose else "turned by 180 degrees"

    def apply(self, image: Image) -> Image:
        """The picture (H, W, C) as it is meant to be seen, contiguous."""
        if self.is_upright:
            return image
        turned = image.swapaxes(0, 1) if self.transpose else image
        turned = turned[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1]
        return np.ascontiguousarray(turned)

    def apply_size(self, size_px: tuple[int, int]) -> tuple[int, int]:
        """(width, height) as seen."""
        return (size_px[1], size_px[0]) if self.transpose else size_px


def orientation_from_exif(value: int) -> Orientation:
    """EXIF tag 274; unknown values mean upright."""
    transpose, flip_x, flip_y = _EXIF.get(value, _EXIF[1])
    return Orientation(transpose=transpose, flip_x=flip_x, flip_y=flip_y)


def orientation_of(picture: Any) -> Orientation:
    """How a decoded picture of a video is meant to be seen, by the display matrix that comes with it."""
    matrix = picture.side_data.get("DISPLAYMATRIX")
    return Orientation() if matrix is None else orientation_from_display_matrix(bytes(matrix))


def orientation_from_display_matrix(data: bytes) -> Orientation:
    """Display matrix of a video: ``[u v] = [x y] @ [[a b] [c d]]``, x right and y down; angles snap to 90 degrees.

    Raises
    ------
    ValueError
        If the data is not a display matrix.
    """
    if len(data) < MATRIX_BYTES:
        raise ValueError(f"a display matrix has {MATRIX_BYTES} bytes, not {len(data)}")
    matrix = np.frombuffer(data[:MATRIX_BYTES], dtype=np.int32).reshape(3, 3).astype(np.float64)
    a, b, c, d = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(flip_x=bool(a < 0), flip_y=bool(d < 0))
    return Orientation(transpose=True, flip_x=bool(c < 0), flip_y=bool(b < 0))
