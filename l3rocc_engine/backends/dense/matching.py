"""Depth of one view: sweep, semi-global matching, and the planes between which depth is looked for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.correlation import COST_SCALE
from l3rocc_engine.backends.dense.prior import penalty_table
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.sgm import match_planes
from l3rocc_engine.backends.dense.smoothing import spread


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthPlanes:
    """Planes evenly spaced in inverse depth, the farthest first."""

    near: float
    far: float
    count: int

    @classmethod
    def around(cls, sparse_depths: NDArray[np.float64], settings: DenseSettings) -> DepthPlanes:
        """Planes that cover the given depths (N,) with some room on both sides."""
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
        """Depths of fractional plane numbers, of any shape (…, W)."""
        return (1.0 / (1.0 / self.far + planes * self.step)).astype(np.float32)

    def planes(self, depths: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fractional plane numbers of depths (…, W); -1 where the depth is unknown or outside the planes."""
        with np.errstate(divide="ignore", invalid="ignore"):
            planes = (1.0 / depths - 1.0 / self.far) / self.step
        return np.where((depths > 0) & (planes >= 0) & (planes <= self.count - 1), planes, -1.0).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Depth (H, W) float32, its matching cost (H, W) uint8, and its relative margin (H, W) float32 over the rivals."""

    depth: NDArray[np.float32]
    cost: NDArray[np.uint8]
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
    found, cost, margin = _solve(volume, guide, None if predicted is None else planes.planes(predicted), settings)
    return Match(depth=planes.depths(cv2.medianBlur(found, 5)), cost=cost, margin=margin)


def surface_through(
    confirmed: NDArray[np.float32], matched: NDArray[np.float32], guide: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Smooth inverse depth (H, W) float32 through confirmed depths, and through merely matched ones where none is near.

    Parameters
    ----------
    confirmed
        (H, W) float32, 0 where unknown.
    matched
        (H, W) float32, known everywhere.
    guide
        (H, W) float32 grey picture.
    """
    weights = np.where(confirmed > 0, 1.0, 1e-4).astype(np.float32)
    inverse = (1.0 / np.where(confirmed > 0, confirmed, matched)).astype(np.float32)
    return spread(inverse, weights, guide, sigma_px=4.0, sigma_grey=15.0, rounds=2)


def match_offsets(
    volume: NDArray[np.uint8],
    guide: NDArray[np.float32],
    surface: NDArray[np.float32],
    offsets: NDArray[np.float32],
    settings: DenseSettings,
) -> Match:
    """Depth of one view from the costs of copies of a surface (inverse depth) moved by ``offsets``.

    Smoothness then asks neighbours to lie on the same copy, whatever its slant: D. Scharstein, T. Taniai and
    S. Sinha, "Semi-global stereo matching with surface orientation priors" (3DV 2017).

    Parameters
    ----------
    volume
        (H, W, P) uint8 costs of the copies.
    guide
        (H, W) float32 grey picture.
    surface, offsets
        (H, W) and (P,) float32 inverse depths; the offsets are evenly spaced.
    """
    found, cost, margin = _solve(volume, guide, None, settings)
    step = offsets[1] - offsets[0]
    inverse = surface + offsets[0] + step * cv2.medianBlur(found, 5)
    return Match(depth=1.0 / np.maximum(inverse, 1e-6), cost=cost, margin=margin)


def _solve(
    volume: NDArray[np.uint8],
    guide: NDArray[np.float32],
    prior: NDArray[np.float32] | None,
    settings: DenseSettings,
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]:
    """Fractional planes, costs and margins; ``prior`` holds expected planes, negative where none."""
    height, width, count = volume.shape
    if prior is None:
        prior = np.full((height, width), -1.0, np.float32)
    table = penalty_table(settings.prior_weight * COST_SCALE, settings.prior_spread, count)
    total = np.empty(volume.shape, np.float32)
    found, margin = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    cost = np.empty((height, width), np.uint8)
    match_planes(
        volume, prior, table, guide, settings.small_step, settings.large_step, settings.edge, total, found, cost, margin
    )
    return found, cost, margin
