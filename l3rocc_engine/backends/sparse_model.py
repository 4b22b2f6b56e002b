"""Cameras and points of the keyframes: what structure from motion hands to dense depth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.sim3 import Sim3

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseModel:
    """Registered keyframes, their shared camera, and the points that they see.

    Attributes
    ----------
    key_frames
        (K,) int64, increasing source frame numbers of the registered keyframes.
    world_from_cam
        (K, 4, 4) float64, OpenCV camera axes.
    intrinsics
        Shared camera, for the source's picture size.
    points_world
        (N, 3) float64, world frame, same units as the poses.
    observations
        K arrays (n_k,) int64 of indices into ``points_world``: the points seen by each keyframe. The k-th keyframe's
        sparse depths are ``sparse_depths(k)``.
    reprojection_error_px
        Mean distance between observed and reprojected points, in pixels of the source's size; 0 where nothing was
        triangulated.
    unregistered
        Chosen keyframes, source frame numbers, that could not be placed.
    """

    key_frames: IndexArray
    world_from_cam: FloatArray
    intrinsics: Intrinsics
    points_world: FloatArray
    observations: tuple[IndexArray, ...]
    reprojection_error_px: float
    unregistered: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        k = len(self.key_frames)
        if self.world_from_cam.shape != (k, 4, 4) or len(self.observations) != k:
            raise InputError(
                f"A sparse model of {k} keyframes needs poses of shape ({k}, 4, 4) and {k} lists of observations; "
                f"found {self.world_from_cam.shape} and {len(self.observations)}."
            )
        if k > 1 and not (np.diff(self.key_frames) > 0).all():
            raise InputError("The keyframes of a sparse model must be in increasing order.")
        for array in (self.key_frames, self.world_from_cam, self.points_world, *self.observations):
            array.setflags(write=False)

    @property
    def num_keyframes(self) -> int:
        """Number of registered keyframes."""
        return len(self.key_frames)

    def sparse_depths(self, key_idx: int) -> FloatArray:
        """Depths along z (n,) float64 of the points that keyframe ``key_idx`` sees and that lie before it."""
        world_from_cam = self.world_from_cam[key_idx]
        offsets = self.points_world[self.observations[key_idx]] - world_from_cam[:3, 3]
        depths: FloatArray = offsets @ world_from_cam[:3, 2]
        return depths[depths > 0.0]

    def transformed(self, a_from_world: Sim3) -> SparseModel:
        """The same model in world ``a``: poses and points moved together."""
        return replace(
            self,
            world_from_cam=a_from_world.apply_poses(self.world_from_cam),
            points_world=a_from_world.apply_points(self.points_world),
        )
