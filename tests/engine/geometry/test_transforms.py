"""Poses and similarities by their group laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_engine.conventions import world_from_cv
from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.se3 import invert, orthonormalise, rotation_angle_deg, transform
from l3rocc_engine.geometry.sim3 import Sim3, umeyama

RNG = np.random.default_rng(7)


def random_poses(count: int) -> np.ndarray:
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = Rotation.random(count, random_state=5).as_matrix()
    poses[:, :3, 3] = RNG.normal(size=(count, 3))
    return poses


def random_sim3() -> Sim3:
    return Sim3(scale=2.5, rotation=Rotation.random(random_state=2).as_matrix(), translation=np.array([1.0, -2.0, 3.0]))


def test_inverse_undoes() -> None:
    poses = random_poses(20)
    assert np.allclose(invert(poses) @ poses, np.eye(4), atol=1e-12)


def test_transform_is_the_matrix_product() -> None:
    pose, points = random_poses(1)[0], RNG.normal(size=(50, 3))
    homogeneous = np.c_[points, np.ones(50)] @ pose.T
    assert np.allclose(transform(pose, points), homogeneous[:, :3])


def test_orthonormalise_repairs_noise_and_keeps_good_poses() -> None:
    poses = random_poses(10)
    noisy = poses.copy()
    noisy[:, :3, :3] += 1e-3 * RNG.normal(size=(10, 3, 3))
    repaired = orthonormalise(noisy)
    rotations = repaired[:, :3, :3]
    assert np.allclose(np.swapaxes(rotations, 1, 2) @ rotations, np.eye(3), atol=1e-12)
    assert rotation_angle_deg(repaired, poses).max() < 0.3
    assert np.allclose(orthonormalise(poses), poses, atol=1e-12)


def test_axes_change_is_its_own_inverse_and_looks_forward() -> None:
    poses = random_poses(5)
    assert np.allclose(world_from_cv(world_from_cv(poses)), poses)
    forward = world_from_cv(np.eye(4))[:3, 2]
    assert np.allclose(forward, [0, 0, -1]), "OpenGL looks along -z"


def test_sim3_inverse_undoes_points_and_poses() -> None:
    sim3, points, poses = random_sim3(), RNG.normal(size=(30, 3)), random_poses(4)
    back = sim3.inverse()
    assert np.allclose(back.apply_points(sim3.apply_points(points)), points)
    assert np.allclose(back.apply_poses(sim3.apply_poses(poses)), poses)


def test_sim3_moves_cloud_and_cameras_together() -> None:
    """What a camera sees does not change, but for the size of the world."""
    sim3, poses, points = random_sim3(), random_poses(3), RNG.normal(size=(30, 3))
    moved_poses, moved_points = sim3.apply_poses(poses), sim3.apply_points(points)
    for before, after in zip(poses, moved_poses, strict=True):
        seen_before = transform(invert(before), points)
        seen_after = transform(invert(after), moved_points)
        assert np.allclose(seen_after, sim3.scale * seen_before)


def test_umeyama_finds_the_similarity() -> None:
    sim3, points = random_sim3(), RNG.normal(size=(40, 3))
    found = umeyama(points, sim3.apply_points(points))
    assert np.allclose(found.matrix, sim3.matrix)
    rigid = umeyama(points, sim3.apply_points(points) / sim3.scale, with_scale=False)
    assert rigid.scale == 1.0
    assert np.allclose(rigid.rotation, sim3.rotation)


def test_umeyama_never_mirrors() -> None:
    points = RNG.normal(size=(40, 3))
    found = umeyama(points, points * [1.0, 1.0, -1.0])
    assert np.linalg.det(found.rotation) == pytest.approx(1.0)


@pytest.mark.parametrize("points", [np.zeros((2, 3)), np.ones((9, 3))])
def test_umeyama_refuses_what_has_no_answer(points: np.ndarray) -> None:
    with pytest.raises(InputError):
        umeyama(points, points)


def test_a_similarity_without_size_is_refused() -> None:
    with pytest.raises(InputError, match="positive scale"):
        Sim3(scale=0.0)


def test_one_similarity_after_another_is_both() -> None:
    rng = np.random.default_rng(9)
    first, second = (
        Sim3(scale=scale, rotation=Rotation.random(rng=rng).as_matrix(), translation=rng.normal(size=3))
        for scale in (0.4, 3.0)
    )
    points = rng.normal(size=(5, 3))
    both = second.after(first)
    np.testing.assert_allclose(both.apply_points(points), second.apply_points(first.apply_points(points)))
    np.testing.assert_allclose(both.inverse().after(both).matrix, np.eye(4), atol=1e-12)
