"""Put one pass of the network after the other: a robust similarity from the point maps of the frames they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.geometry.sim3 import Sim3, umeyama

FEWEST_POINTS = 100
MOST_POINTS = 20_000
"""Points of all shared frames that take part; more change nothing but the time."""
ITERATIONS = 20
_TUNING = 2.0
"""Residuals beyond this many robust standard deviations lose their weight (Cauchy)."""
_MAD_TO_SIGMA = 1.4826

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
    """

    world_from_chunk: Sim3
    error: float
    pose_error: float
    num_points: int


def join_points(
    points_chunk: FloatArray, points_world: FloatArray, *, weights: FloatArray | None = None
) -> tuple[Sim3, FloatArray]:
    """Robust similarity from corresponding points, and the distances that are left.

    Iteratively reweighted least squares with Cauchy weights whose width follows the median residual, from a start that
    only needs half of the points to be right: median centres and spreads, with the rotation of the best half.

    Source: S. Umeyama, PAMI 1991, with M-estimation as in R. Hartley and A. Zisserman, "Multiple View Geometry".

    Parameters
    ----------
    points_chunk, points_world
        (N, 3) float64, the same points in both frames.
    weights
        (N,) prior weights such as confidences.

    Raises
    ------
    ReconstructionError
        If there are too few points.
    """
    if len(points_chunk) < 3:
        raise ReconstructionError(
            f"Two passes of the network share {len(points_chunk)} reliable points, too few to join them.",
            "Lower the interval, so that neighbouring keyframes overlap more.",
        )
    prior = np.ones(len(points_chunk)) if weights is None else weights
    similarity = _start(points_chunk, points_world)
    residual = _residual(similarity, points_chunk, points_world)
    for _ in range(ITERATIONS):
        width = _TUNING * _MAD_TO_SIGMA * max(float(np.median(residual)), 1e-12)
        weight = prior / (1.0 + (residual / width) ** 2)
        similarity = weighted_umeyama(points_chunk, points_world, weight)
        before, residual = residual, _residual(similarity, points_chunk, points_world)
        if abs(np.median(before) - np.median(residual)) <= 1e-9 * max(float(np.median(before)), 1e-12):
            break
    return similarity, residual


def weighted_umeyama(points_b: FloatArray, points_a: FloatArray, weights: FloatArray) -> Sim3:
    """Least-squares similarity from ``points_b`` to ``points_a`` (N, 3) with weights (N,).

    Raises
    ------
    ReconstructionError
        If the points coincide.
    """
    weights = weights / weights.sum()
    mean_b, mean_a = weights @ points_b, weights @ points_a
    centred_b, centred_a = points_b - mean_b, points_a - mean_a
    variance = float(weights @ (centred_b**2).sum(axis=1))
    if variance <= 1e-18:
        raise ReconstructionError("The points that two passes of the network share coincide: they cannot be joined.")
    u, singular, vt = np.linalg.svd((centred_a * weights[:, None]).T @ centred_b)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = u @ np.diag(sign) @ vt
    scale = float(singular @ sign) / variance
    return Sim3(scale=scale, rotation=rotation, translation=mean_a - scale * rotation @ mean_b)


def _start(points_b: FloatArray, points_a: FloatArray) -> Sim3:
    """The best of a few dozen similarities through small random samples, by the median residual (LMedS)."""
    rng = np.random.default_rng(0)
    best, best_median = None, np.inf
    subset = rng.permutation(len(points_b))[:2000]
    for _ in range(64):
        sample = rng.choice(len(points_b), size=min(4, len(points_b)), replace=False)
        if np.ptp(points_b[sample], axis=0).max() <= 1e-9 or np.ptp(points_a[sample], axis=0).max() <= 1e-9:
            continue
        trial = _try_umeyama(points_b[sample], points_a[sample])
        if trial is None:
            continue
        median = float(np.median(_residual(trial, points_b[subset], points_a[subset])))
        if median < best_median:
            best, best_median = trial, median
    return best if best is not None else umeyama(points_b, points_a)


def _try_umeyama(points_b: FloatArray, points_a: FloatArray) -> Sim3 | None:
    centred_b, centred_a = points_b - points_b.mean(axis=0), points_a - points_a.mean(axis=0)
    u, singular, vt = np.linalg.svd(centred_a.T @ centred_b)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt)) or 1.0])
    scale = float(singular @ sign) / float((centred_b**2).sum())
    if not scale > 1e-9:
        return None
    rotation = u @ np.diag(sign) @ vt
    return Sim3(
        scale=scale, rotation=rotation, translation=points_a.mean(axis=0) - scale * rotation @ points_b.mean(axis=0)
    )


def _residual(similarity: Sim3, points_b: FloatArray, points_a: FloatArray) -> FloatArray:
    distance: FloatArray = np.linalg.norm(similarity.apply_points(points_b) - points_a, axis=1)
    return distance
