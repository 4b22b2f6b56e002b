"""Depth of one view: sweep, semi-global matching, and the planes between which depth is looked for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.prior import penalty_table
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.sgm import match_planes
from l3rocc_engine.backends.dense.sweep import COST_SCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthPlanes:
    """Planes evenly spaced in inverse depth, the farthest first."""

    near: float
    far: float
    count: int

    @classmethod
    def around(cls, sparse_depths: NDArray[np.float64], settings: DenseSettings) -> DepthPlanes:
        """Planes that cover the given depths with some room on both sides."""
        low, high = np.percentile(sparse_depths, (1.0, 99.0))
        return cls(
            near=float(low) * settings.near_factor,
            far=float(high) * settings.far_factor,
            count=settings.num_planes,
        )

    @property
    def inverse_depths(self) -> NDArray[np.float32]:
        """(D,) float32, increasing."""
        return np.linspace(1.0 / self.far, 1.0 / self.near, self.count, dtype=np.float32)

    @property
    def step(self) -> float:
        """Difference in inverse depth between planes."""
        return (1.0 / self.near - 1.0 / self.far) / (self.count - 1)

    def depths(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Depths of fractional plane numbers."""
        return (1.0 / (1.0 / self.far + planes * self.step)).astype(np.float32)

    def planes(self, depths: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fractional plane numbers of depths; -1 where the depth is unknown or outside the planes."""
        with np.errstate(divide="ignore", invalid="ignore"):
            planes = (1.0 / depths - 1.0 / self.far) / self.step
        return np.where((depths > 0) & (planes >= 0) & (planes <= self.count - 1), planes, -1.0).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Depth (H, W) float32, and the relative margin (H, W) float32 by which it beats the next best plane."""

    depth: NDArray[np.float32]
    margin: NDArray[np.float32]


def match_depth(
    volume: NDArray[np.uint8],
    guide: NDArray[np.float32],
    planes: DepthPlanes,
    predicted: NDArray[np.float32] | None,
    settings: DenseSettings,
) -> Match:
    """Smooth depth of one view from its cost volume.

    Parameters
    ----------
    volume
        (H, W, D) uint8.
    guide
        (H, W) float32 grey picture.
    planes
        Depths of the volume's planes.
    predicted
        (H, W) float32 depths that the neighbours predict, 0 where none; None on the first pass.
    """
    height, width, count = volume.shape
    prior = np.full((height, width), -1.0, np.float32) if predicted is None else planes.planes(predicted)
    table = penalty_table(settings.prior_weight * COST_SCALE, settings.prior_spread, count)
    total = np.empty(volume.shape, np.float32)
    found, margin = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    match_planes(
        volume, prior, table, guide, settings.small_step, settings.large_step, settings.edge, total, found, margin
    )
    return Match(depth=planes.depths(cv2.medianBlur(found, 5)), margin=margin)
