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
    num_seen
        (N,) int32, how many keyframes contributed to the point; None where that was not noted.
    edge
        (N,) float32, how strong the depth edge is that the point lies on, see :func:`cloud.edges.edge_strength`, in the
        keyframe where it is weakest; None where that was not noted.
    """

    points_world: NDArray[np.float32]
    colors: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    first_frame: NDArray[np.int32]
    num_seen: NDArray[np.int32] | None = None
    edge: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        n = len(self.points_world)
        shapes = (self.points_world.shape, self.colors.shape, self.confidence.shape, self.first_frame.shape)
        if shapes != ((n, 3), (n, 3), (n,), (n,)):
            raise InputError(f"The parts of a point cloud do not fit together: {shapes}.")
        for noted in (self.num_seen, self.edge):
            if noted is not None and noted.shape != (n,):
                raise InputError(f"What is noted of {n} points cannot have the shape {noted.shape}.")

    @property
    def num_points(self) -> int:
        """Number of points."""
        return len(self.points_world)

    def part(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> PointCloud:
        """Some of the points, a mask (N,) or rows (n,), with all that is known of them."""
        return PointCloud(
            points_world=self.points_world[rows],
            colors=self.colors[rows],
            confidence=self.confidence[rows],
            first_frame=self.first_frame[rows],
            num_seen=None if self.num_seen is None else self.num_seen[rows],
            edge=None if self.edge is None else self.edge[rows],
        )
