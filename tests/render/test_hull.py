from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.hull import cross, hull_corners


def test_what_is_farthest_in_any_direction_is_a_corner():
    rng = np.random.default_rng(3)
    points = rng.normal(size=(5000, 3)) * (1.0, 2.0, 0.1) + (5.0, 0.0, -2.0)
    corners = hull_corners(points)
    assert len(corners) < len(points) / 10
    for direction in rng.normal(size=(200, 3)):
        assert (corners @ direction).max() == pytest.approx((points @ direction).max(), abs=1e-12)


@pytest.mark.parametrize("num_points", [0, 1, 5, 40])
def test_few_points_and_points_in_one_plane_stay_as_they_are(num_points):
    points = np.random.default_rng(0).normal(size=(num_points, 3)) * (1.0, 1.0, 0.0)
    np.testing.assert_array_equal(hull_corners(points), points)


def test_cross_product():
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 3))
    np.testing.assert_allclose(cross(first, second), np.cross(first, second), atol=1e-15)
