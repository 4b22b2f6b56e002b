"""Joining passes and fitting cameras on exact data, with noise and with outliers."""

from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.backends.pi3.chunks import reliable_pixels
from l3rocc_engine.backends.pi3.intrinsics import CameraFit, fit_camera
from l3rocc_engine.backends.pi3.joining import join_points
from l3rocc_engine.backends.pi3.memory import next_pass
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.geometry.intrinsics import Intrinsics


def cloud(count: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(count, 3)) * (2.0, 1.0, 0.5)


def test_points_that_cannot_join_are_refused() -> None:
    with pytest.raises(ReconstructionError, match="share 2 reliable points"):
        join_points(cloud(2), cloud(2))
    with pytest.raises(ReconstructionError, match="coincide"):
        join_points(np.ones((9, 3)), cloud(9))


@pytest.mark.parametrize("total", [5, 17, 64, 65, 100])
@pytest.mark.parametrize("chunk", [3, 8, 64])
def test_passes_cover_the_clip_and_overlap(total: int, chunk: int) -> None:
    known, passes = 0, []
    while known < total:
        first, last = next_pass(known, total, chunk)
        assert first <= known < last <= total
        assert last - first == min(chunk, total)
        assert known == 0 or known - first >= min(2, chunk - 1)
        known = last
        passes.append((first, last))
    assert known == total


def test_the_best_tenth_joins_where_nothing_is_good() -> None:
    weak = np.linspace(0, 0.04, 1000, dtype=np.float32).reshape(25, 40)
    assert reliable_pixels(weak, 10_000).tolist() == list(range(900, 1000))
    assert len(reliable_pixels(weak + 0.5, 100)) == pytest.approx(100, abs=2)
    assert len(reliable_pixels(np.zeros((5, 5), np.float32), 10)) == 0


CAMERA = Intrinsics(fx_px=420.0, fy_px=433.0, cx_px=205.0, cy_px=118.0, width_px=392, height_px=252)


def points_of(camera: Intrinsics, seed: int = 0) -> np.ndarray:
    depth = np.random.default_rng(seed).uniform(1, 6, size=(camera.height_px, camera.width_px, 1))
    return (camera.rays_cam() * depth).astype(np.float32)


def numbers(fit: CameraFit | None) -> np.ndarray:
    assert fit is not None
    k = fit.intrinsics
    return np.array([k.fx_px, k.fy_px, k.cx_px, k.cy_px])


@pytest.mark.parametrize(
    ("noise_px", "outliers", "worst_px"), [(0.0, 0.0, 0.01), (1.0, 0.0, 0.5), (1.0, 0.2, 1.0), (0.0, 0.3, 0.05)]
)
def test_the_camera_is_found_through_noise_and_outliers(noise_px: float, outliers: float, worst_px: float) -> None:
    rng = np.random.default_rng(2)
    points = points_of(CAMERA)
    points[..., :2] += rng.normal(size=points[..., :2].shape) * points[..., 2:] * noise_px / 420
    is_wrong = rng.uniform(size=points.shape[:2]) < outliers
    points[is_wrong, 0] += rng.uniform(0.5, 4.0, size=int(is_wrong.sum())).astype(np.float32)
    fit = fit_camera(points, np.ones(points.shape[:2], np.float32))
    assert np.abs(numbers(fit) - (420, 433, 205, 118)).max() < worst_px
    assert fit is not None
    assert fit.residual_px <= 2 * noise_px + 0.01


def test_unsure_pixels_count_less() -> None:
    points = points_of(CAMERA)
    confidence = np.ones(points.shape[:2], np.float32)
    points[:, 200:] *= (1.4, 1.4, 1.0)
    confidence[:, 200:] = 0.0
    assert np.abs(numbers(fit_camera(points, confidence)) - (420, 433, 205, 118)).max() < 0.05


def test_rays_of_no_camera_give_none() -> None:
    mirrored = points_of(CAMERA) * (-1.0, 1.0, 1.0)
    full = np.ones(mirrored.shape[:2], np.float32)
    assert fit_camera(mirrored.astype(np.float32), full) is None
    assert fit_camera(points_of(CAMERA), np.zeros_like(full)) is None
