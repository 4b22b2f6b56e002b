from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.evaluation.cloud import compare_clouds, normals_at


def floor(step: float = 0.02) -> np.ndarray:
    x, y = np.meshgrid(np.arange(0, 1, step), np.arange(0, 1, step))
    return np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)


def test_the_same_cloud_has_no_error() -> None:
    error = compare_clouds(floor(), floor())
    assert (error.point_median_m, error.plane_median_m) == (0.0, 0.0)
    assert (error.within_5cm, error.recall_5cm) == (1.0, 1.0)


def test_sliding_along_a_plane_is_no_plane_distance() -> None:
    error = compare_clouds(np.add(floor(), (0.01, 0.0, 0.0)), floor())
    assert error.point_median_m == pytest.approx(0.01)
    assert error.plane_median_m == pytest.approx(0.0, abs=1e-9)


def test_lifting_off_a_plane_is_all_plane_distance() -> None:
    error = compare_clouds(np.add(floor(), (0.0, 0.0, 0.07)), floor(), np.tile([0.0, 0.0, 1.0], (2500, 1)))
    assert error.plane_median_m == pytest.approx(0.07)
    assert (error.within_5cm, error.within_10cm) == (0.0, 1.0)
    assert (error.recall_5cm, error.recall_10cm) == (0.0, 1.0)


def test_half_a_cloud_is_precise_but_incomplete() -> None:
    half = floor()[floor()[:, 0] < 0.5]
    error = compare_clouds(half, floor())
    assert error.within_5cm == 1.0
    assert error.recall_5cm == pytest.approx(0.5 + 0.04, abs=0.011)  # and what lies within 5 cm of the half's rim
    assert error.num_points == 1250


def test_normals_of_a_tilted_plane() -> None:
    points = floor() @ np.array([[1, 0, 0], [0, 0.6, 0.8], [0, -0.8, 0.6]])
    normals = normals_at(points, np.arange(len(points)))
    np.testing.assert_allclose(np.abs(normals @ [0, -0.8, 0.6]), 1.0, atol=1e-9)


def test_empty_clouds_are_refused() -> None:
    with pytest.raises(InputError, match="0 estimated"):
        compare_clouds(np.zeros((0, 3)), floor())
