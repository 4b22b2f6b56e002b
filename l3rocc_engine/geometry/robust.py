"""Similarities through corresponding points of which some are wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3, umeyama

FloatArray = NDArray[np.float64]

ITERATIONS = 20
TRIALS = 64
SAMPLE = 4
TUNING = 2.0
"""Residuals beyond this many robust standard deviations lose their weight (Geman-McClure: with the fourth power, so
that wrong points which all lie on one side, as depths do, hardly pull)."""
MAD_TO_SIGMA = 1.4826
"""Standard deviation of normal errors over the median of their absolute values."""
_MOST_TRIED = 2000
_DEGENERATE = 1e-12


def robust_umeyama(points_b: FloatArray, points_a: FloatArray) -> tuple[Sim3, FloatArray]:
    """Similarity from ``points_b`` to ``points_a`` that up to nearly half of wrong pairs do not move.

    Least median of squares over small random samples (a fixed seed: equal input gives equal output), then iteratively
    reweighted least squares with Geman-McClure weights whose width follows the median residual.

    Source: P. Rousseeuw, "Least median of squares regression", JASA 1984; S. Geman and D. McClure,
    "Statistical methods for tomographic image reconstruction", 1987; S. Umeyama, PAMI 1991.

    Parameters
    ----------
    points_b, points_a
        (N, 3) float64, the same points in both frames.

    Returns
    -------
    The similarity, and the distances (N,) it leaves.

    Raises
    ------
    InputError
        If there are fewer than three points or they coincide.
    """
    if len(points_b) < 3:
        raise InputError(f"A similarity needs three points or more, not {len(points_b)}.")
    similarity = _best_of_samples(points_b, points_a)
    residual = residuals(similarity, points_b, points_a)
    for _ in range(ITERATIONS):
        width = TUNING * MAD_TO_SIGMA * max(float(np.median(residual)), _DEGENERATE)
        similarity = weighted_umeyama(points_b, points_a, 1.0 / (1.0 + (residual / width) ** 2) ** 2)
        before, residual = residual, residuals(similarity, points_b, points_a)
        change = abs(float(np.median(before) - np.median(residual)))
        if change <= 1e-9 * max(float(np.median(before)), _DEGENERATE):
            break
    return similarity, residual


def weighted_umeyama(points_b: FloatArray, points_a: FloatArray, weights: FloatArray) -> Sim3:
    """Least-squares similarity from ``points_b`` to ``points_a`` (N, 3) with weights (N,).

    Raises
    ------
    InputError
        If the points coincide.
    """
    weights = weights / weights.sum()
    mean_b, mean_a = weights @ points_b, weights @ points_a
    centred_b, centred_a = points_b - mean_b, points_a - mean_a
    variance = float(weights @ (centred_b**2).sum(axis=1))
    if variance <= 1e-18:
        raise InputError("The points coincide: no similarity can be found from them.")
    u, singular, vt = np.linalg.svd((centred_a * weights[:, None]).T @ centred_b)
    sign = np.array([1.0, 1.0, -1.0 if np.linalg.det(u) * np.linalg.det(vt) < 0 else 1.0])
    rotation = u @ np.diag(sign) @ vt
    scale = float(singular @ sign) / variance
    return Sim3(scale=scale, rotation=rotation, translation=mean_a - scale * rotation @ mean_b)


def residuals(similarity: Sim3, points_b: FloatArray, points_a: FloatArray) -> FloatArray:
    """Distances (N,) between moved and wanted points."""
    distance: FloatArray = np.linalg.norm(similarity.apply_points(points_b) - points_a, axis=1)
    return distance


def _best_of_samples(points_b: FloatArray, points_a: FloatArray) -> Sim3:
    rng = np.random.default_rng(0)
    tried = rng.permutation(len(points_b))[:_MOST_TRIED]
    best, best_median = None, np.inf
    for _ in range(TRIALS):
        sample = rng.choice(len(points_b), size=min(SAMPLE, len(points_b)), replace=False)
        try:
            trial = umeyama(points_b[sample], points_a[sample])
        except InputError:  # the sample's points coincide, or its similarity has no positive scale
            continue
        median = float(np.median(residuals(trial, points_b[tried], points_a[tried])))
        if median < best_median:
            best, best_median = trial, median
    return best if best is not None else umeyama(points_b, points_a)
