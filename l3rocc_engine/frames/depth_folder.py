"""Depth pictures of an InternData-N1 trajectory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.image_file import read_stored_image

UNITS_PER_M = 10_000.0
"""vln_n1 stores depth as uint16 in tenths of a millimetre."""


class DepthFolder:
    """Depth along z from 16-bit PNG files, brought to the size of the colour pictures.

    Parameters
    ----------
    images
        One file a frame, in order.
    size_px
        (width, height) of the colour pictures.
    """

    def __init__(self, images: Sequence[Path], size_px: tuple[int, int]) -> None:
        self._images = tuple(images)
        self._size_px = size_px

    def depth_m(self, frame_idx: int) -> NDArray[np.float32]:
        """Depth along z of one frame, (H, W) float32 metres, 0 where unknown.

        Raises
        ------
        IndexError
            If there is no such frame.
        InputError
            If the file cannot be read or is no 16-bit depth picture.
        """
        if not 0 <= frame_idx < len(self._images):
            raise IndexError(f"There are {len(self._images)} depth pictures; there is no number {frame_idx}.")
        path = self._images[frame_idx]
        stored = read_stored_image(path)
        if stored.dtype != np.uint16 or stored.ndim != 2:
            raise InputError(
                f"{path} is not a depth picture: 16-bit grey is expected, not {stored.dtype} of shape {stored.shape}."
            )
        depth_m = stored.astype(np.float32) / np.float32(UNITS_PER_M)
        if (stored.shape[1], stored.shape[0]) != self._size_px:
            # Nearest, because a mean over an edge would be a depth where nothing is.
            depth_m = np.asarray(cv2.resize(depth_m, self._size_px, interpolation=cv2.INTER_NEAREST), dtype=np.float32)
        return depth_m
