from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_engine.errors import InputError
from l3rocc_engine.evaluation.trajectory import align_by_poses, compare_trajectories
from l3rocc_engine.geometry.sim3 import Sim3


def spiral(num_frames: int = 40) -> np.ndarray:
    t = np.linspace(0, 3, num_frames)
    poses = np.tile(np.eye(4), (num_frames, 1, 1))
    poses[:, :3, :3] = Rotation.from_euler("zyx", np.stack([t, 0.3 * t, 0.1 * t], axis=1)).as_matrix()
    poses[:, :3, 3] = np.stack([np.cos(t), np.sin(t), 0.4 * t], axis=1)
    return poses


def moved(poses: np.ndarray, scale: float = 0.3) -> np.ndarray:
    rotation = Rotation.from_rotvec([0.4, -1.1, 0.6]).as_matrix()
    return Sim3(scale=scale, rotation=rotation, translation=np.array([3.0, -2.0, 5.0])).apply_poses(poses)


def test_a_moved_and_scaled_copy_has_no_error() -> None:
    truth = spiral()
    error = compare_trajectories(moved(truth), truth)
    assert error.ate_rmse_m < 1e-12
    assert error.rotation_max_deg < 1e-5
    assert error.true_from_estimated.scale == pytest.approx(1 / 0.3)


def test_path_length_is_that_of_the_truth() -> None:
    truth = np.tile(np.eye(4), (5, 1, 1))
    truth[:, :3, 3] = [[0, 0, 0], [1, 0, 0], [1, 2, 0], [1, 2, 2], [0, 2, 2]]
    assert compare_trajectories(moved(truth), truth).path_length_m == pytest.approx(6.0)


def test_without_scale_a_wrong_size_shows() -> None:
    truth = spiral()
    centred = truth[:, :3, 3] - truth[:, :3, 3].mean(axis=0)
    error = compare_trajectories(moved(truth, scale=1.1), truth, with_scale=False)
    assert error.ate_rmse_m == pytest.approx(0.1 * np.sqrt((centred**2).sum(axis=1).mean()))
    assert error.true_from_estimated.scale == 1.0


def test_turned_cameras_show_as_rotation_error_only() -> None:
    truth = spiral()
    estimate = truth.copy()
    estimate[10, :3, :3] = estimate[10, :3, :3] @ Rotation.from_rotvec([0, 0, np.radians(7)]).as_matrix()
    error = compare_trajectories(moved(estimate), truth)
    assert error.rotation_max_deg == pytest.approx(7.0)
    assert error.rotation_median_deg < 1e-5
    assert error.ate_max_m < 1e-12


def test_noise_is_found_at_its_size() -> None:
    truth, rng = spiral(400), np.random.default_rng(1)
    estimate = truth.copy()
    estimate[:, :3, 3] += rng.normal(0, 0.01, (400, 3))
    error = compare_trajectories(estimate, truth)
    assert error.ate_rmse_m == pytest.approx(0.01 * np.sqrt(3), rel=0.08)
    assert error.ate_per_path == pytest.approx(error.ate_rmse_m / error.path_length_m)


def test_different_numbers_of_poses_are_refused() -> None:
    with pytest.raises(InputError, match="39 poses with 40"):
        compare_trajectories(spiral()[1:], spiral())


def test_alignment_by_poses_recovers_a_similarity() -> None:
    truth = spiral()
    found = align_by_poses(moved(truth), truth)
    np.testing.assert_allclose(found.apply_poses(moved(truth)), truth, atol=1e-9)
    assert found.scale == pytest.approx(1 / 0.3)


def test_alignment_by_poses_keeps_the_room_level_on_a_straight_path() -> None:
    truth, rng = spiral(60), np.random.default_rng(3)
    truth[:, :3, 3] = np.linspace(0, 3, 60)[:, None] * [1.0, 0.0, 0.0]
    estimate = truth.copy()
    estimate[:, :3, 3] += rng.normal(0, 0.001, (60, 3))
    by_poses = align_by_poses(estimate, truth)
    by_centres = compare_trajectories(estimate, truth).true_from_estimated
    np.testing.assert_allclose(by_poses.rotation, np.eye(3), atol=1e-9)
    assert np.abs(by_centres.rotation - np.eye(3)).max() > 0.05  # the roll about the line is free


def test_alignment_by_poses_refuses_a_camera_that_stands() -> None:
    truth = spiral()
    standing = truth.copy()
    standing[:, :3, 3] = 1.0
    with pytest.raises(InputError, match="does not move"):
        align_by_poses(standing, truth)
