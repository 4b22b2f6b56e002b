"""From pictures of any size to what the network takes: one size for all, multiples of a patch, uint8."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pi3.config import PATCH

PIXEL_LIMIT = 255_000
"""Pixels a frame that the published model was trained with at most."""


def target_size(width: int, height: int, pixel_limit: int = PIXEL_LIMIT) -> tuple[int, int]:
    """(width, height) near the limit, multiples of 14, at nearly the same aspect ratio; small pictures grow.

    Parameters
    ----------
    width, height
        Size of the first picture; all others are brought to the same target.
    pixel_limit
        Most pixels; only a very long and thin picture may exceed it, since each side is 14 pixels at least.
    """
    scale = math.sqrt(pixel_limit / (width * height))
    wanted_width, wanted_height = width * scale, height * scale
    cols, rows = round(wanted_width / PATCH), round(wanted_height / PATCH)
    while cols * PATCH * rows * PATCH > pixel_limit:
        if cols / rows > wanted_width / wanted_height:
            cols -= 1
        else:
            rows -= 1
    return PATCH * max(1, cols), PATCH * max(1, rows)


def resize_picture(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Lanczos-resize one RGB picture (H, W, 3) uint8 to ``size`` (width, height)."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def stack_pictures(pictures: Iterable[NDArray[np.uint8]], pixel_limit: int = PIXEL_LIMIT) -> NDArray[np.uint8]:
    """Pictures of any sizes as one input of the network, (N, 3, H, W) uint8; the first one decides the size.

    Raises
    ------
    ValueError
        If there is no picture.
    """
    resized: list[NDArray[np.uint8]] = []
    size: tuple[int, int] | None = None
    for picture in pictures:
        if size is None:
            size = target_size(picture.shape[1], picture.shape[0], pixel_limit)
        resized.append(resize_picture(picture, size).transpose(2, 0, 1))
    if not resized:
        raise ValueError("There is no picture to stack.")
    return np.stack(resized)
