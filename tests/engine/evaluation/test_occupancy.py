from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.evaluation.occupancy import compare_voxels, voxelise
from l3rocc_engine.geometry.cell_keys import HALF


def test_voxelise_counts_hits_and_keeps_negative_cells() -> None:
    points = np.array([[0.01, 0.02, 0.03], [0.04, 0.01, 0.0], [-0.01, 0.0, 0.0], [0.07, 0.0, 0.0]])
    assert voxelise(points, 0.05).tolist() == [[-1, 0, 0], [0, 0, 0], [1, 0, 0]]
    assert voxelise(points, 0.05, min_hits=2).tolist() == [[0, 0, 0]]
    assert voxelise(np.zeros((0, 3)), 0.05).shape == (0, 3)


def test_agreement_of_two_small_sets() -> None:
    estimated = np.array([[0, 0, 0], [5, 5, 5], [9, 9, 9]])
    true = np.array([[0, 0, 0], [5, 6, 4], [20, 0, 0], [30, 0, 0]])
    error = compare_voxels([(estimated, true)])
    assert error.iou == pytest.approx(1 / 6)
    assert (error.precision, error.recall) == pytest.approx((1 / 3, 1 / 4))
    assert (error.near_precision, error.near_recall) == pytest.approx((2 / 3, 2 / 4))
    assert (error.num_estimated, error.num_true) == (3, 4)


@pytest.mark.parametrize("shift", [(1, 0, 0), (-1, 1, -1), (0, 0, -1)])
def test_a_shift_by_one_voxel_is_near_but_not_equal(shift: tuple[int, int, int]) -> None:
    true = np.stack(np.meshgrid(np.arange(8), [0], [3]), axis=-1).reshape(-1, 3) * 4
    error = compare_voxels([(true + shift, true)])
    assert (error.iou, error.near_precision, error.near_recall) == (0.0, 1.0, 1.0)
    assert compare_voxels([(true + np.array(shift) * 2, true)]).near_precision == 0.0


def test_duplicates_count_once_and_frames_are_added() -> None:
    one = np.array([[1, 2, 3]])
    error = compare_voxels([(np.repeat(one, 4, axis=0), one), (one, one + 10)])
    assert error.iou == pytest.approx(1 / 3)
    assert error.num_estimated == 2


def test_emptiness_and_overflow_are_refused() -> None:
    with pytest.raises(InputError, match="no voxels"):
        compare_voxels([(np.zeros((0, 3), np.int64), np.array([[1, 2, 3]]))])
    with pytest.raises(InputError, match="too far"):
        compare_voxels([(np.array([[HALF, 0, 0]]), np.array([[1, 2, 3]]))])
