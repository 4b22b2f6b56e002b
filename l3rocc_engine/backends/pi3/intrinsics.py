"""The camera behind the predicted points of one keyframe: a robust fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.robust import MAD_TO_SIGMA

FEWEST_PIXELS = 200
MOST_PIXELS = 20_000
ITERATIONS = 30
_FOCAL_RANGE = (0.2, 6.0)
"""Believable focal lengths as a share of the picture's width."""
_TUNING = 2.0 * MAD_TO_SIGMA

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFit:
    """A camera fitted to one keyframe.

    Attributes
    ----------
    intrinsics
        For the size of the point map.
    residual_px
        Median distance between the pixels and where the camera projects their points.
    """

    intrinsics: Intrinsics
    residual_px: float


def fit_camera(points_cam: NDArray[np.float32], confidence: NDArray[np.float32]) -> CameraFit | None:
    """Fit focal lengths and principal point to one point map, or None if that gives no believable camera.

    The projection ``u = fx x/z + cx`` is linear in what is sought, so each axis is a least-squares line; weights are
    confidences times Cauchy weights whose width follows the median residual, until they settle.

    Parameters
    ----------
    points_cam
        (H, W, 3) float32.
    confidence
        (H, W) float32 in [0, 1].
    """
    height, width = confidence.shape
    usable = np.isfinite(points_cam).all(axis=-1) & (points_cam[..., 2] > 0) & (confidence > 0)
    chosen = np.flatnonzero(usable)
    if len(chosen) < FEWEST_PIXELS:
        return None
    chosen = chosen[:: max(1, len(chosen) // MOST_PIXELS)]
    points = points_cam.reshape(-1, 3)[chosen].astype(np.float64)
    slopes = points[:, :2] / points[:, 2:]
    pixels = np.column_stack([chosen % width + 0.5, chosen // width + 0.5])
    lines, residual = _fit_lines(slopes, pixels, confidence.ravel()[chosen].astype(np.float64))
    (fx, cx), (fy, cy) = lines
    lowest, highest = _FOCAL_RANGE[0] * width, _FOCAL_RANGE[1] * width
    if not (lowest <= fx <= highest and lowest <= fy <= highest and 0 <= cx <= width and 0 <= cy <= height):
        return None
    camera = Intrinsics(fx_px=fx, fy_px=fy, cx_px=cx, cy_px=cy, width_px=width, height_px=height)
    return CameraFit(intrinsics=camera, residual_px=float(np.median(residual)))


def _fit_lines(slopes: FloatArray, pixels: FloatArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lines (2, 2) as (focal, centre) an axis, and the residuals (N,) they leave."""
    lines = np.stack([_theil_sen(slopes[:, axis], pixels[:, axis]) for axis in (0, 1)])
    residual = _residual(lines, slopes, pixels)
    for _ in range(ITERATIONS):
        width = _TUNING * max(float(np.median(residual)), 1e-9)
        weight = prior / (1.0 + (residual / width) ** 2)
        previous = lines
        lines = np.stack([_weighted_line(slopes[:, axis], pixels[:, axis], weight) for axis in (0, 1)])
        residual = _residual(lines, slopes, pixels)
        if np.abs(lines - previous).max() < 1e-6:
            break
    return lines, residual


def _theil_sen(x: FloatArray, y: FloatArray) -> FloatArray:
    """Median slope over pairs of far points, which up to a quarter of wrong ones does not move much."""
    order = np.argsort(y, kind="stable")
    half = len(order) // 2
    near, far = order[:half], order[-half:]
    dx = x[far] - x[near]
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.median(dx / (y[far] - y[near]))
    focal = 1.0 / inverse if inverse > 0 else 1.0
    return np.array([focal, np.median(y - focal * x)])


def _weighted_line(x: FloatArray, y: FloatArray, weight: FloatArray) -> FloatArray:
    # Sums rather than products of matrices: those wake threads that on a busy machine cost more than the work.
    total = weight.sum()
    mean_x, mean_y = (weight * x).sum() / total, (weight * y).sum() / total
    pull = weight * (x - mean_x)
    spread = (pull * (x - mean_x)).sum()
    focal = (pull * (y - mean_y)).sum() / spread if spread > 0 else 0.0
    return np.array([focal, mean_y - focal * mean_x])


def _residual(lines: FloatArray, slopes: FloatArray, pixels: FloatArray) -> FloatArray:
    distance: FloatArray = np.linalg.norm(slopes * lines[:, 0] + lines[:, 1] - pixels, axis=1)
    return distance
