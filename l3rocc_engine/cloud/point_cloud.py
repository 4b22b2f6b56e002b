"""A coloured cloud in the world frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCloud:
    """Points with what is known of each.

    Attributes
    ----------
    points_world
        (N, 3) float32.
    colors
        (N, 3) uint8 RGB.
    confidence
        (N,) float32 in [0, 1].
    first_frame
        (N,) int32, the earliest keyframe that contributed to the point.
    """

    points_world: NDArray[np.float32]
    colors: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    first_frame: NDArray[np.int32]

    def __post_init__(self) -> None:
        n = len(self.points_world)
        shapes = (self.points_world.shape, self.colors.shape, self.confidence.shape, self.first_frame.shape)
        if shapes != ((n, 3), (n, 3), (n,), (n,)):
            raise InputError(f"The parts of a point cloud do not fit together: {shapes}.")

    @property
    def num_points(self) -> int:
        """Number of points."""
        return len(self.points_world)
