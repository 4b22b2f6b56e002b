"""Similarities through points with noise and with wrong ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.robust import robust_umeyama, weighted_umeyama
from l3rocc_engine.geometry.sim3 import Sim3, umeyama

TRUTH = Sim3(
    scale=2.5,
    rotation=Rotation.from_euler("xyz", [40, -70, 15], degrees=True).as_matrix(),
    translation=np.array([3.0, -1, 2]),
)


def cloud(count: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(count, 3)) * (2.0, 1.0, 0.5)


@pytest.mark.parametrize(
    ("noise", "outliers", "worst"), [(0, 0, 1e-9), (0.01, 0, 1e-3), (0.01, 0.4, 2e-3), (0, 0.45, 1e-6)]
)
def test_the_similarity_is_found_through_noise_and_outliers(noise: float, outliers: float, worst: float) -> None:
    rng = np.random.default_rng(5)
    points = cloud(4000)
    target = TRUTH.apply_points(points) + rng.normal(size=points.shape) * noise
    is_wrong = rng.uniform(size=len(points)) < outliers
    target[is_wrong] += rng.uniform(-8, 12, size=(int(is_wrong.sum()), 3))
    found, residual = robust_umeyama(points, target)
    assert found.scale == pytest.approx(TRUTH.scale, rel=worst)
    assert np.abs(found.rotation - TRUTH.rotation).max() < worst
    assert np.abs(found.translation - TRUTH.translation).max() < 5 * worst
    assert np.median(residual) <= max(3 * noise, 1e-6)


def test_equal_weights_are_plain_umeyama() -> None:
    points = cloud(50)
    target = TRUTH.apply_points(points) + np.random.default_rng(1).normal(size=points.shape)
    plain, weighted = umeyama(points, target), weighted_umeyama(points, target, np.full(50, 0.3))
    assert np.allclose(plain.matrix, weighted.matrix)


def test_points_without_a_similarity_are_refused() -> None:
    with pytest.raises(InputError, match="three points"):
        robust_umeyama(cloud(2), cloud(2))
    with pytest.raises(InputError, match="coincide"):
        robust_umeyama(np.ones((9, 3)), cloud(9))
