from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_engine.dataset.poses import BASE_FROM_GL, load_poses, next_poses, pose_vectors, save_poses
from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.trajectory import Trajectory


def turning_poses(num: int) -> np.ndarray:
    poses = np.tile(np.eye(4), (num, 1, 1))
    poses[:, :3, :3] = Rotation.from_rotvec(np.linspace(0, 4 * np.pi, num)[:, None] * [0.2, 0.9, 0.1]).as_matrix()
    poses[:, :3, 3] = np.random.default_rng(0).normal(size=(num, 3))
    return poses


def test_vectors_turn_back_into_the_poses_and_never_jump() -> None:
    poses = turning_poses(100)
    vectors = pose_vectors(poses)
    assert vectors.dtype == np.float32 and vectors.shape == (100, 7)
    np.testing.assert_allclose(Rotation.from_quat(vectors[:, 3:]).as_matrix(), poses[:, :3, :3], atol=1e-6)
    np.testing.assert_allclose(vectors[:, :3], poses[:, :3, 3], atol=1e-6)
    assert np.abs(np.diff(vectors[:, 3:], axis=0)).max() < 0.1


def test_action_is_the_next_pose_and_the_last_one_stays() -> None:
    vectors = pose_vectors(turning_poses(5))
    actions = next_poses(vectors)
    np.testing.assert_array_equal(actions[:-1], vectors[1:])
    np.testing.assert_array_equal(actions[-1], vectors[-1])


def test_base_axes_are_those_of_the_real_dataset() -> None:
    """Camera looks along -z of OpenGL: forward in the base is +y, up is +z, right stays right."""
    np.testing.assert_array_equal(BASE_FROM_GL @ [0, 0, -1, 0], [0, 1, 0, 0])
    np.testing.assert_array_equal(BASE_FROM_GL @ [0, 1, 0, 0], [0, 0, 1, 0])
    np.testing.assert_array_equal(BASE_FROM_GL[:3, 3], 0)
    assert np.linalg.det(BASE_FROM_GL) == 1.0


def test_a_range_is_saved_in_full_precision(tmp_path: Path) -> None:
    trajectory = Trajectory(
        world_from_cam=turning_poses(9), timestamps_s=np.arange(9) / 29.97, is_interpolated=np.arange(9) % 2 == 1
    )
    save_poses(tmp_path / "p.npz", trajectory, 2, 7)
    found = load_poses(tmp_path / "p.npz")
    np.testing.assert_array_equal(found.world_from_cam, trajectory.world_from_cam[2:7])
    np.testing.assert_array_equal(found.timestamps_s, trajectory.timestamps_s[2:7])
    np.testing.assert_array_equal(found.is_interpolated, trajectory.is_interpolated[2:7])
    data = (tmp_path / "p.npz").read_bytes()
    for damage in (data[:-30], b"", data[: len(data) // 2]):
        (tmp_path / "p.npz").write_bytes(damage)
        with pytest.raises(InputError, match=r"p\.npz"):
            load_poses(tmp_path / "p.npz")
