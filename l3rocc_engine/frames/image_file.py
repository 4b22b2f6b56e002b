"""Single pictures on disk, whatever their depth and orientation, as RGB."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.orientation import Orientation, orientation_from_exif

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
_EXIF_ORIENTATION = 274


def read_image_header(path: Path) -> tuple[tuple[int, int], Orientation]:
    """(width, height) as stored, and how the picture is meant to be turned, without decoding where possible.

    Raises
    ------
    InputError
        If the file cannot be read or is no picture.
    """
    try:
        with Image.open(path) as image:
            orientation = orientation_from_exif(int(image.getexif().get(_EXIF_ORIENTATION, 1)))
            return image.size, orientation
    except UnidentifiedImageError:
        # Pillow does not know every kind of TIFF.
        stored = read_stored_image(path)
        return (stored.shape[1], stored.shape[0]), Orientation()
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path) from error
    except Image.DecompressionBombError as error:
        raise InputError(f"{path} has too many pixels to be read.", "Scale it down, or remove it.") from error


def read_rgb_image(path: Path) -> NDArray[np.uint8]:
    """The picture (H, W, 3) uint8 RGB as it is meant to be seen; 16 bits a channel are scaled to 8.

    Raises
    ------
    InputError
        If the file cannot be read, is no picture, or its values are not 8 or 16 bits.
    """
    _, orientation = read_image_header(path)
    stored = read_stored_image(path)
    if stored.dtype == np.uint16:
        stored = ((stored.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if stored.dtype != np.uint8:
        raise InputError(
            f"{path} holds values of the type {stored.dtype}; pictures need 8 or 16 bits a channel.",
            "Convert the folder to PNG or JPEG.",
        )
    return orientation.apply(_as_rgb(stored))


def _as_rgb(stored: NDArray[np.generic]) -> NDArray[np.uint8]:
    channels = 1 if stored.ndim == 2 else stored.shape[2]
    code = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}[channels]
    rgb: NDArray[np.uint8] = cv2.cvtColor(stored, code)
    return rgb


def read_stored_image(path: Path) -> NDArray[np.generic]:
    """The picture's values as they are in the file, (H, W) or (H, W, C) in the order BGR(A).

    Raises
    ------
    InputError
        If the file cannot be read or is no picture.
    """
    try:
        data = np.fromfile(path, dtype=np.uint8)
        image: NDArray[np.generic] | None = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if len(data) else None
    except (OSError, cv2.error) as error:
        raise _unreadable(path) from error
    if image is None:
        raise _unreadable(path)
    return image


def _unreadable(path: Path) -> InputError:
    return InputError(
        f"{path} cannot be read as a picture.", "The file is empty, cut off or no picture: replace or remove it."
    )
