"""Which way is up, guessed from how people and robots hold cameras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_AGREEMENT = 0.9
UP_NOTE = "The upward direction is guessed from the way the camera is held."


def guess_up(world_from_cam: NDArray[np.float64]) -> tuple[float, float, float] | None:
    """Mean up direction of the cameras (unit vector, world), or None where they do not agree.

    Parameters
    ----------
    world_from_cam
        (K, 4, 4) poses, OpenCV camera axes (y points down).
    """
    mean = -world_from_cam[:, :3, 1].mean(axis=0)
    length = float(np.linalg.norm(mean))
    if length < LEAST_AGREEMENT:
        return None
    x, y, z = (mean / length).tolist()
    return x, y, z
