"""Scale from exact paths, floors and distances, with noise and with wrong values among them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.floor import fit_floor
from l3rocc_engine.geometry.scale import (
    ScaleEstimate,
    scale_from_camera_height,
    scale_from_path,
    scale_from_two_points,
)
from l3rocc_engine.geometry.sim3 import Sim3

TRUTH = Sim3(
    scale=0.37,
    rotation=Rotation.from_euler("xyz", [25, 160, -40], degrees=True).as_matrix(),
    translation=np.array([4.0, 0.5, -7.0]),
)


def walk(count: int = 60, *, is_straight: bool = False) -> np.ndarray:
    """A path of some metres: world_from_cam."""
    phase = np.linspace(0, 1, count)
    poses = np.tile(np.eye(4), (count, 1, 1))
    angles = np.column_stack([10 * np.sin(5 * phase), 60 * phase, 3 * np.cos(3 * phase)])
    poses[:, :3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    poses[:, 0, 3] = 3 * phase
    if not is_straight:
        poses[:, 1, 3], poses[:, 2, 3] = 0.2 * np.sin(7 * phase), 1.5 * np.sin(3 * phase)
    return poses


def model_of(true: np.ndarray, noise_m: float = 0.0, wrong: float = 0.0) -> np.ndarray:
    """The same path in a model's world, with noise and jumps added to its centres."""
    rng = np.random.default_rng(4)
    moved = true.copy()
    moved[:, :3, 3] += rng.normal(size=(len(true), 3)) * noise_m
    is_wrong = rng.uniform(size=len(true)) < wrong
    moved[is_wrong, :3, 3] += rng.uniform(-3, 3, size=(int(is_wrong.sum()), 3))
    return TRUTH.inverse().apply_poses(moved)


def worst_m(found: ScaleEstimate, true: np.ndarray) -> float:
    """Largest distance of the true path's centres after it went to the model and back."""
    back = found.metres_from_model.apply_poses(TRUTH.inverse().apply_poses(true))
    return float(np.linalg.norm(back[:, :3, 3] - true[:, :3, 3], axis=1).max())


@pytest.mark.parametrize("is_straight", [False, True])
@pytest.mark.parametrize(
    ("noise_m", "wrong", "most_m"), [(0, 0, 1e-6), (0.01, 0, 0.02), (0.01, 0.3, 0.03), (0, 0.3, 0.01)]
)
def test_the_true_path_gives_the_scale(is_straight: bool, noise_m: float, wrong: float, most_m: float) -> None:
    true = walk(is_straight=is_straight)
    found = scale_from_path(model_of(true, noise_m, wrong), true)
    assert found.metres_from_model.scale == pytest.approx(TRUTH.scale, rel=max(1e-6, most_m / 2))
    assert worst_m(found, true) < most_m
    assert found.residual_m is not None
    assert found.residual_m <= 3 * noise_m + 1e-6
    if wrong == 0:
        assert bool(found.notes) == is_straight


def test_a_straight_path_takes_the_roll_from_the_views() -> None:
    true = walk(is_straight=True)
    found = scale_from_path(model_of(true), true)
    assert np.abs(found.metres_from_model.rotation - TRUTH.rotation).max() < 1e-6
    assert "straight" in found.notes[0]


def test_a_still_camera_tells_no_scale() -> None:
    still = walk()
    still[:, :3, 3] = np.random.default_rng(0).normal(size=(60, 3)) * 0.002
    with pytest.raises(InputError, match="hardly moves"):
        scale_from_path(model_of(walk()), still)
    with pytest.raises(InputError, match="hardly moves"):
        scale_from_path(np.tile(np.eye(4), (60, 1, 1)), walk())


def test_paths_of_different_walks_are_refused() -> None:
    rng = np.random.default_rng(1)
    other = walk()
    other[:, :3, 3] = rng.normal(size=(60, 3))
    with pytest.raises(InputError, match="does not follow"):
        scale_from_path(model_of(other), walk())
    straight = walk(is_straight=True)
    turned = model_of(straight)
    turned[:, :3, :3] = Rotation.random(60, random_state=3).as_matrix()
    with pytest.raises(InputError, match="orientations disagree"):
        scale_from_path(turned, straight)
    with pytest.raises(InputError, match="three or more poses"):
        scale_from_path(walk(5), walk(6))


def scene(noise_m: float, clutter: float, *, table: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points on a floor at height 0 with walls and clutter, cameras 1.4 m above it, and up, in model units."""
    rng = np.random.default_rng(8)
    floor = np.column_stack([rng.uniform(-3, 3, 3000), rng.uniform(-3, 3, 3000), rng.normal(size=3000) * noise_m])
    wall = np.column_stack([rng.uniform(-3, 3, 2000), np.full(2000, 3.0), rng.uniform(0, 2.5, 2000)])
    parts = [floor, wall]
    if table:
        parts.append(np.column_stack([rng.uniform(-3, 3, 6000), rng.uniform(0, 1, 6000), np.full(6000, 0.75)]))
    if clutter:
        count = int(5000 * clutter / (1 - clutter))
        parts.append(rng.uniform((-3, -3, -1.0), (3, 3, 1.3), size=(count, 3)))
    centres = np.column_stack([np.linspace(-1, 1, 20), np.zeros(20), np.full(20, 1.4)])
    poses = np.tile(np.eye(4), (20, 1, 1))
    poses[:, :3, 3] = centres
    back = TRUTH.inverse()
    tilted = Rotation.from_euler("x", 8, degrees=True).as_matrix() @ (0.0, 0.0, 1.0)
    return back.apply_points(np.concatenate(parts)), back.apply_poses(poses), back.rotation @ tilted


@pytest.mark.parametrize(
    ("noise_m", "clutter", "table", "worst"),
    [(0, 0, False, 1e-6), (0.01, 0.3, False, 0.01), (0.01, 0.5, False, 0.015), (0.005, 0.2, True, 0.01)],
)
def test_the_cameras_height_gives_the_scale(noise_m: float, clutter: float, table: bool, worst: float) -> None:
    points, poses, up = scene(noise_m, clutter, table=table)
    found = scale_from_camera_height(points, poses, up, 1.4)
    assert found.metres_from_model.scale == pytest.approx(TRUTH.scale, rel=worst)
    assert found.residual_m is not None
    assert found.residual_m < 0.02


def test_the_floor_is_upright_within_what_was_guessed() -> None:
    points, poses, up = scene(0.005, 0.2)
    floor = fit_floor(points, poses[:, :3, 3], up)
    assert floor.normal @ (TRUTH.inverse().rotation @ (0.0, 0.0, 1.0)) > np.cos(np.radians(0.5))


def test_without_a_floor_there_is_no_scale() -> None:
    points, poses, up = scene(0.0, 0.0)
    above = points[(points @ up) > np.quantile(points @ up, 0.9)]
    with pytest.raises(InputError, match="No floor"):
        scale_from_camera_height(above, poses, up, 1.4)
    with pytest.raises(InputError, match="positive number"):
        scale_from_camera_height(points, poses, up, 0.0)


def test_two_points_give_the_scale() -> None:
    found = scale_from_two_points(np.array([0.0, 0, 0]), np.array([0.0, 3, 4]), 2.5)
    assert found.metres_from_model.scale == pytest.approx(0.5)
    with pytest.raises(InputError, match="the same"):
        scale_from_two_points(np.ones(3), np.ones(3), 1.0)
    with pytest.raises(InputError, match="positive number"):
        scale_from_two_points(np.zeros(3), np.ones(3), -1.0)
