from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.evaluation.depth import compare_depth, resample_depth


def test_measures_on_four_known_pixels() -> None:
    truth = np.array([[1.0, 2.0], [4.0, 5.0]])
    estimate = np.array([[1.1, 2.0], [6.0, np.nan]])
    error = compare_depth([(estimate, truth)])
    assert error.abs_rel == pytest.approx((0.1 + 0.0 + 0.5) / 3)
    assert error.median_rel == pytest.approx(0.1)
    assert error.delta_125 == pytest.approx(2 / 3)
    assert error.density == pytest.approx(3 / 4)
    assert error.num_pixels == 3


def test_pixels_without_truth_do_not_count() -> None:
    truth = np.array([[0.0, 2.0, np.inf]])
    error = compare_depth([(np.array([[9.0, 2.0, 9.0]]), truth)])
    assert (error.abs_rel, error.density, error.num_pixels) == (0.0, 1.0, 1)


def test_pairs_are_pooled_by_pixels() -> None:
    small, large = np.full((1, 1), 2.0), np.full((3, 3), 2.0)
    error = compare_depth([(small * 1.2, small), (large, large)])
    assert error.abs_rel == pytest.approx(0.2 / 10)


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(InputError, match="No pixel"):
        compare_depth([(np.zeros((2, 2)), np.ones((2, 2)))])
    with pytest.raises(InputError, match="different shapes"):
        compare_depth([(np.zeros((2, 2)), np.ones((2, 3)))])


def plane_depth(width: int, height: int) -> np.ndarray:
    x, y = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    return 1.0 / (0.3 + 0.2 * x[None, :] + 0.1 * y[:, None])


def test_resampling_is_exact_on_a_slanted_plane() -> None:
    result = resample_depth(plane_depth(64, 48), 20, 15)
    np.testing.assert_allclose(result, plane_depth(20, 15), rtol=1e-12)


def test_resampling_makes_up_nothing_across_an_edge() -> None:
    depth = np.where(np.arange(12) < 6, 1.0, 3.0)[None, :].repeat(9, axis=0)
    found = resample_depth(depth, 5, 4)
    np.testing.assert_allclose(np.unique(np.round(found, 9)), [1.0, 3.0])


def test_unknown_pixels_stay_unknown() -> None:
    depth = np.ones((6, 6))
    depth[2:4, 2:4] = np.nan
    result = resample_depth(depth, 3, 3)
    assert np.isnan(result[1, 1])
    assert np.isfinite(result).sum() == 8
