"""Pictures brought to another size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def resize(
    picture: NDArray[np.uint8], size_px: tuple[int, int], target: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """A picture (H, W, C), or a plane (H, W), at another (width, height), in ``target`` where there is one."""
    if target is None and (picture.shape[1], picture.shape[0]) == size_px:
        return picture
    how = cv2.INTER_AREA if size_px[0] < picture.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size_px, dst=target, interpolation=how))
