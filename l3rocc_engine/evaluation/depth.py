"""Depth pictures against true ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError

DepthMap = NDArray[np.floating]
SAME_SURFACE = 1.05
"""Neighbouring depths whose ratio is below this belong to one surface and may be interpolated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthError:
    """Errors over all pixels where both depths are known.

    Attributes
    ----------
    abs_rel
        Mean of ``|estimate - truth| / truth``.
    median_rel
        Median of the same.
    delta_125
        Share of pixels where the larger depth is less than 1.25 times the smaller.
    density
        Share of the pixels with a true depth that have an estimate.
    num_pixels
        Pixels compared.
    """

    abs_rel: float
    median_rel: float
    delta_125: float
    density: float
    num_pixels: int


def compare_depth(pairs: Iterable[tuple[DepthMap, DepthMap]]) -> DepthError:
    """Errors over pairs of (estimate, truth), each pair of one shape, metres; 0 and NaN mean unknown.

    Source of the measures: D. Eigen et al., "Depth map prediction from a single image using a multi-scale deep
    network", NIPS 2014.

    Raises
    ------
    InputError
        If shapes differ or no pixel has both depths.
    """
    errors: list[NDArray[np.float64]] = []
    ratios: list[NDArray[np.float64]] = []
    known = 0
    for estimate, truth in pairs:
        if estimate.shape != truth.shape:
            raise InputError(f"Depth pictures of different shapes: {estimate.shape} and {truth.shape}.")
        has_truth = np.isfinite(truth) & (truth > 0)
        both = has_truth & np.isfinite(estimate) & (estimate > 0)
        known += int(has_truth.sum())
        z, true_z = estimate[both].astype(np.float64), truth[both].astype(np.float64)
        errors.append(np.abs(z - true_z) / true_z)
        ratios.append(np.maximum(z / true_z, true_z / z))
    error = np.concatenate(errors) if errors else np.zeros(0)
    if len(error) == 0:
        raise InputError("No pixel has both an estimated and a true depth.")
    return DepthError(
        abs_rel=float(error.mean()),
        median_rel=float(np.median(error)),
        delta_125=float((np.concatenate(ratios) < 1.25).mean()),
        density=len(error) / known,
        num_pixels=len(error),
    )


def resample_depth(depth: DepthMap, width: int, height: int) -> NDArray[np.float64]:
    """Depth through the pixel centres of the same view at another size.

    Parameters
    ----------
    depth
        (H, W); 0 and NaN mean unknown.
    width, height
        Wanted size in pixels.

    Returns
    -------
    (height, width) float64, NaN where unknown. Bilinear in inverse depth (exact on planes) where the four
    neighbours belong to one surface, the nearest pixel elsewhere, so that no surface is made up across an edge.
    """
    rows = (np.arange(height) + 0.5) * depth.shape[0] / height - 0.5
    columns = (np.arange(width) + 0.5) * depth.shape[1] / width - 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(np.isfinite(depth) & (depth > 0), 1.0 / depth.astype(np.float64), np.nan)
    j0, i0 = _lower(rows, depth.shape[0]), _lower(columns, depth.shape[1])
    b, a = np.clip(rows - j0, 0, 1)[:, None], np.clip(columns - i0, 0, 1)[None, :]
    j1, i1 = np.minimum(j0 + 1, depth.shape[0] - 1), np.minimum(i0 + 1, depth.shape[1] - 1)
    corners = np.stack([inverse[np.ix_(j, i)] for j, i in ((j0, i0), (j0, i1), (j1, i0), (j1, i1))])
    weights = np.stack([(1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b])
    smooth = (corners * weights).sum(axis=0)
    nearest = np.take_along_axis(corners, weights.argmax(axis=0)[None], axis=0)[0]
    is_one_surface = corners.max(axis=0) < corners.min(axis=0) * SAME_SURFACE
    result: NDArray[np.float64] = 1.0 / np.where(is_one_surface, smooth, nearest)
    return result


def _lower(positions: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    return np.clip(np.floor(positions).astype(np.int64), 0, size - 1)
