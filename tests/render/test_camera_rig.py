from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render import camera_rig
from l3rocc_studio.render.scene_frame import measure_scene
from tests.synthetic.furnished_room import room_intrinsics, room_surface, walk

ASPECTS = (0.6, 1.0, 16 / 9)


def project(pose: CameraPose, points: np.ndarray, aspect: float) -> np.ndarray:
    """Picture coordinates (N, 2), the picture being [-1, 1] both ways; NaN behind the viewer."""
    forward = np.subtract(pose.focal_point, pose.position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, pose.view_up)
    right /= np.linalg.norm(right)
    local = (points - np.array(pose.position)) @ np.stack([right, np.cross(right, forward), forward]).T
    local[local[:, 2] <= 0] = np.nan
    tan = np.tan(np.radians(pose.view_angle_deg / 2))
    return local[:, :2] / local[:, 2:] / (tan * np.array([aspect, 1.0]))


@pytest.fixture(scope="module")
def scene():
    points = room_surface(0.1)[0]
    return measure_scene(points, walk(30), (0.0, 0.0, 1.0))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_gods_eye_shows_everything_and_wastes_no_picture(scene, aspect):
    seen = project(camera_rig.gods_eye(scene, aspect=aspect), np.concatenate([scene.points, scene.centres]), aspect)
    assert np.nanmax(np.abs(seen)) <= 1.0
    assert not np.isnan(seen).any()
    assert np.ptp(seen, axis=0).max() > 1.8


def test_gods_eye_is_above_and_upright(scene):
    pose = camera_rig.gods_eye(scene, aspect=1.3)
    assert pose.position[2] > scene.points[:, 2].max()
    assert pose.view_up == (0.0, 0.0, 1.0)


def test_up_is_the_cameras_mean_up_where_gravity_is_unknown():
    trajectory = walk(30)
    scene = measure_scene(room_surface(0.2)[0], trajectory, None)
    mean_up = -trajectory.world_from_cam[:, :3, 1].mean(axis=0)
    np.testing.assert_allclose(scene.up, mean_up / np.linalg.norm(mean_up))
    assert scene.up @ scene.heading == pytest.approx(0.0, abs=1e-9)


def test_strays_do_not_push_the_view_away():
    points = room_surface(0.1)[0]
    strays = np.concatenate([points, np.full((50, 3), 500.0, dtype=np.float32)])
    near = measure_scene(points, walk(30), (0, 0, 1))
    far = measure_scene(strays, walk(30), (0, 0, 1))
    assert far.radius == pytest.approx(near.radius, rel=0.2)


def test_no_end_of_a_surface_counts_as_stray_but_loose_points_do():
    points = room_surface(0.1)[0]
    loose = np.random.default_rng(0).uniform(-2.0, 2.0, (len(points) // 200, 3)) + points.mean(axis=0)
    loose[:, 2] += 4.0
    scene = measure_scene(np.concatenate([points, loose]), walk(30), (0, 0, 1))
    np.testing.assert_allclose(np.ptp(scene.points, axis=0), np.ptp(points, axis=0), atol=0.25)


def test_a_scene_scaled_by_a_thousand_gives_the_same_picture(scene):
    trajectory = walk(30)
    poses = trajectory.world_from_cam.copy()
    poses[:, :3, 3] *= 1000.0
    large = Trajectory(
        world_from_cam=poses, timestamps_s=trajectory.timestamps_s.copy(), is_interpolated=np.zeros(30, dtype=bool)
    )
    huge = measure_scene(1000.0 * room_surface(0.1)[0], large, (0.0, 0.0, 1.0))
    small = project(camera_rig.gods_eye(scene, aspect=1.3), scene.centres, 1.3)
    np.testing.assert_allclose(project(camera_rig.gods_eye(huge, aspect=1.3), huge.centres, 1.3), small, atol=1e-3)


def test_one_pose_and_no_points_still_give_a_view():
    scene = measure_scene(np.zeros((0, 3), dtype=np.float32), walk(2), None)
    pose = camera_rig.gods_eye(scene, aspect=1.0)
    assert np.isfinite(pose.position).all()


def test_follow_stays_behind_and_above_and_moves_calmly(scene):
    trajectory = walk(120)
    poses = [camera_rig.follow(scene, trajectory, t) for t in range(120)]
    eyes = np.array([pose.position for pose in poses])
    assert (eyes[:, 2] > trajectory.centres_world[:, 2] + 0.1).all()
    seen = np.array([project(p, trajectory.centres_world[t : t + 1], 1.3)[0] for t, p in enumerate(poses)])
    assert np.abs(seen).max() < 0.9
    steps, jolts = (np.linalg.norm(np.diff(eyes, n, axis=0), axis=1).max() for n in (1, 2))
    assert jolts < 0.05 * steps


def test_follow_shows_what_a_camera_looks_down_at_from_far_away():
    across = np.linspace(-2.0, 2.0, 40)
    ground = np.stack(np.meshgrid(across, across + 9.0, [-5.0]), axis=-1).reshape(-1, 3)
    look = np.array([0.0, 9.0, -5.0]) / np.linalg.norm([9.0, 5.0])
    right = np.array([1.0, 0.0, 0.0])
    poses = np.tile(np.eye(4), (5, 1, 1))
    poses[:, :3, :3] = np.stack([right, np.cross(look, right), look], axis=1)
    poses[:, 1, 3] = np.linspace(-0.2, 0.2, 5)
    flight = Trajectory(world_from_cam=poses, timestamps_s=np.arange(5.0), is_interpolated=np.zeros(5, dtype=bool))
    scene = measure_scene(ground, flight, (0.0, 0.0, 1.0))
    assert scene.sight == pytest.approx(np.linalg.norm([9.0, 5.0]), rel=0.1)
    pose = camera_rig.follow(scene, flight, 2)
    assert np.abs(project(pose, ground, 1.3)).max() <= 1.0
    assert np.abs(project(pose, poses[2:3, :3, 3], 1.3)).max() <= 1.0


def test_first_person_is_the_recording_camera():
    trajectory, camera = walk(10), room_intrinsics()
    pose = camera_rig.first_person(trajectory, camera, 4)
    np.testing.assert_allclose(pose.position, trajectory.centres_world[4])
    corner_cam = np.array([(0 - camera.cx_px) / camera.fx_px, (0 - camera.cy_px) / camera.fy_px, 1.0]) * 3.0
    corner = trajectory.world_from_cam[4, :3, :3] @ corner_cam + trajectory.centres_world[4]
    np.testing.assert_allclose(project(pose, corner[None], 4 / 3)[0], (-1.0, 1.0), atol=1e-6)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_view_from_behind_the_camera_shows_the_box(aspect):
    low, high = np.array([-2.0, -1.5, 0.3]), np.array([2.0, 1.0, 3.5])
    pose = camera_rig.behind_camera(low, high, aspect=aspect)
    corners = np.array([[x, y, z] for x in (-2, 2) for y in (-1.5, 1) for z in (0.3, 3.5)] + [[0, 0, 0]])
    seen = project(pose, corners.astype(float), aspect)
    assert np.abs(seen).max() <= 1.0
    assert pose.position[2] < 0.0
    ahead, left = project(pose, np.array([[0.0, 0.0, 3.0], [-1.0, 0.0, 3.0]]), aspect)
    assert left[0] < ahead[0]


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("kind", [ViewKind.TOP, ViewKind.FRONT, ViewKind.SIDE, ViewKind.BEHIND])
def test_straight_views_of_the_box_show_all_of_it(kind, aspect):
    low, high = np.array([-2.0, -1.5, 0.3]), np.array([2.0, 1.0, 3.5])
    pose = camera_rig.box_view(low, high, kind, aspect=aspect)
    corners = np.array([[x, y, z] for x in (-2, 2) for y in (-1.5, 1) for z in (0.3, 3.5)] + [[0, 0, 0]])
    assert np.abs(project(pose, corners.astype(float), aspect)).max() <= 1.0
    near, far = project(pose, np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 3.0]]), aspect)
    if kind is ViewKind.TOP:
        assert far[1] > near[1], "what lies ahead is up in the picture"
    if kind is ViewKind.SIDE:
        assert far[0] > near[0], "seen from the right, ahead is to the right"


@pytest.mark.parametrize("aspect", ASPECTS)
def test_level_views_of_the_world_show_everything_and_stay_level(scene, aspect):
    for make in (camera_rig.front, camera_rig.side):
        pose = make(scene, aspect=aspect)
        seen = project(pose, np.concatenate([scene.points, scene.centres]), aspect)
        assert np.nanmax(np.abs(seen)) <= 1.0
        assert np.subtract(pose.focal_point, pose.position) @ scene.up == pytest.approx(0.0, abs=1e-9)
