from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.interpolate import interpolate_trajectory
from l3rocc_engine.geometry.intrinsics import Intrinsics, visibility_rays
from l3rocc_engine.geometry.se3 import rotation_angle_deg
from l3rocc_engine.geometry.trajectory import Trajectory

CAMERA = Intrinsics(fx_px=168.05, fy_px=192.8, cx_px=240.0, cy_px=135.0, width_px=480, height_px=270)


def test_scaling_keeps_the_field_of_view() -> None:
    scaled = CAMERA.scaled_to(480, 272)
    assert scaled.fy_px == pytest.approx(192.8 * 272 / 270)
    assert scaled.cy_px == pytest.approx(136.0)
    assert scaled.hfov_deg == pytest.approx(CAMERA.hfov_deg)
    assert CAMERA.hfov_deg == pytest.approx(110.0, abs=0.1)


def test_rays_project_back_to_pixel_centres() -> None:
    rays = CAMERA.rays_cam().astype(np.float64)
    pixels = rays @ CAMERA.matrix.T
    assert np.allclose(pixels[..., 0], np.arange(480) + 0.5, atol=1e-4)
    assert np.allclose(pixels[..., 1], (np.arange(270) + 0.5)[:, None], atol=1e-4)


def test_visibility_rays_respect_their_limit_and_span_the_view() -> None:
    rays = visibility_rays(CAMERA.scaled_to(1920, 1080), max_rays=10_000)
    assert 9_000 < len(rays) <= 10_000
    assert rays[:, 0].min() == pytest.approx(-240 / 168.05, abs=0.03)


def test_unusable_cameras_are_refused() -> None:
    with pytest.raises(InputError):
        Intrinsics(fx_px=0.0, fy_px=1.0, cx_px=0.0, cy_px=0.0, width_px=4, height_px=4)
    with pytest.raises(InputError):
        Intrinsics.from_matrix(np.eye(4), 4, 4)


def circle(times_s: np.ndarray) -> np.ndarray:
    poses = np.tile(np.eye(4), (len(times_s), 1, 1))
    poses[:, :3, :3] = Rotation.from_rotvec(np.outer(times_s, [0.0, 0.5, 0.0])).as_matrix()
    poses[:, 0, 3], poses[:, 2, 3] = np.sin(0.5 * times_s), np.cos(0.5 * times_s)
    return poses


def test_interpolation_keeps_every_given_pose_and_stays_close_between() -> None:
    times_s = np.arange(41) / 10.0
    truth = circle(times_s)
    keys = np.arange(0, 41, 5)
    found = interpolate_trajectory(keys, truth[keys], times_s)
    assert (found.world_from_cam[keys] == truth[keys]).all()
    assert rotation_angle_deg(found.world_from_cam, truth).max() < 0.01
    assert np.linalg.norm(found.centres_world - truth[:, :3, 3], axis=1).max() < 0.004, (
        "straight lines would be 8 mm off"
    )
    assert found.is_interpolated.sum() == 41 - len(keys)


def test_nothing_is_extrapolated() -> None:
    times_s = np.arange(10) / 10.0
    truth = circle(times_s)
    found = interpolate_trajectory(np.array([3, 6]), truth[[3, 6]], times_s)
    assert np.allclose(found.world_from_cam[:3], truth[3], atol=1e-12)
    assert np.allclose(found.world_from_cam[7:], truth[6], atol=1e-12)
    assert found.is_interpolated[[0, 9]].all()


def test_one_pose_holds_for_all_frames_and_none_is_refused() -> None:
    times_s = np.arange(3) / 10.0
    found = interpolate_trajectory(np.array([1]), np.eye(4)[None], times_s)
    assert (found.world_from_cam == np.eye(4)).all()
    with pytest.raises(InputError, match="no pose"):
        interpolate_trajectory(np.array([], int), np.zeros((0, 4, 4)), times_s)


def test_a_trajectory_refuses_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="needs poses of shape"):
        Trajectory(world_from_cam=np.zeros((2, 4, 4)), timestamps_s=np.zeros(3), is_interpolated=np.zeros(3, bool))
    with pytest.raises(InputError, match="finite"):
        Trajectory(
            world_from_cam=np.full((1, 4, 4), np.nan), timestamps_s=np.zeros(1), is_interpolated=np.zeros(1, bool)
        )
