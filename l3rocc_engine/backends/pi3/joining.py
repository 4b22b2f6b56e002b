"""How one pass of the network is put after the other, and how well that went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError, ReconstructionError
from l3rocc_engine.geometry.robust import robust_umeyama
from l3rocc_engine.geometry.sim3 import Sim3

FEWEST_POINTS = 100
MOST_POINTS = 20_000
"""Points of all shared frames that take part; more change nothing but the time."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """How well two passes fit together.

    Attributes
    ----------
    world_from_chunk
        Similarity that takes the later pass into the world.
    error
        Median distance of shared points after joining, as a share of their median distance from the camera.
    pose_error
        Median distance of shared camera centres, the same share.
    num_points
        Points compared.
    frame_idx
        Source frame in the middle of those that both passes saw.
    """

    world_from_chunk: Sim3
    error: float
    pose_error: float
    num_points: int
    frame_idx: int


def join_points(points_chunk: FloatArray, points_world: FloatArray) -> tuple[Sim3, FloatArray]:
    """Robust similarity from the points (N, 3) that two passes share, and the distances (N,) it leaves.

    Raises
    ------
    ReconstructionError
        If there are too few points, or they coincide.
    """
    if len(points_chunk) < 3:
        raise ReconstructionError(
            f"Two passes of the network share {len(points_chunk)} reliable points, too few to join them.",
            "Lower the interval, so that neighbouring keyframes overlap more.",
        )
    try:
        return robust_umeyama(points_chunk, points_world)
    except InputError as error:
        raise ReconstructionError(
            "The points that two passes of the network share coincide, so the passes cannot be joined.",
            "Film with more depth in the picture, or use the built-in backend.",
        ) from error
