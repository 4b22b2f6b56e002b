"""Scene points and the pixels at which frames observed them, as structure from motion finds them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3


@dataclass(frozen=True, slots=True, kw_only=True)
class PointTracks:
    """N points with M observations.

    Attributes
    ----------
    points_world
        (N, 3) float64.
    frame_idx
        (M,) int64, the frame of each observation.
    point_idx
        (M,) int64, its row of ``points_world``.
    pixels_px
        (M, 2) float64, where it was observed, in pixels of the source's pictures; the top-left pixel's centre is
        (0.5, 0.5).
    """

    points_world: NDArray[np.float64]
    frame_idx: NDArray[np.int64]
    point_idx: NDArray[np.int64]
    pixels_px: NDArray[np.float64]

    def __post_init__(self) -> None:
        n, m = len(self.points_world), len(self.frame_idx)
        shapes = (self.points_world.shape, self.frame_idx.shape, self.point_idx.shape, self.pixels_px.shape)
        if shapes != ((n, 3), (m,), (m,), (m, 2)):
            raise InputError(f"The parts of the point tracks do not fit together: {shapes}.")
        if m and (self.point_idx.min() < 0 or self.point_idx.max() >= n):
            raise InputError("The point tracks name points that do not exist.")
        for array in (self.points_world, self.frame_idx, self.point_idx, self.pixels_px):
            array.setflags(write=False)

    @property
    def num_points(self) -> int:
        """N."""
        return len(self.points_world)

    def transformed(self, a_from_world: Sim3) -> PointTracks:
        """The same tracks in world ``a``."""
        return PointTracks(
            points_world=a_from_world.apply_points(self.points_world),
            frame_idx=self.frame_idx,
            point_idx=self.point_idx,
            pixels_px=self.pixels_px,
        )

    def seen_by(self, frames: NDArray[np.integer], *, fewest: int = 2) -> PointTracks:
        """Observations of some frames (K,) only, and the points that at least ``fewest`` of them see."""
        kept = np.isin(self.frame_idx, frames)
        views = np.bincount(self.point_idx[kept], minlength=self.num_points)
        kept &= views[self.point_idx] >= fewest
        rows = np.flatnonzero(views >= fewest)
        return PointTracks(
            points_world=self.points_world[rows],
            frame_idx=self.frame_idx[kept],
            point_idx=np.searchsorted(rows, self.point_idx[kept]).astype(np.int64),
            pixels_px=self.pixels_px[kept],
        )
