from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset
from l3rocc_studio.render import camera_rig
from l3rocc_studio.render.camera_path import CameraPath, _director_cues, plan_camera
from l3rocc_studio.render.scene_frame import measure_scene
from tests.synthetic.furnished_room import furnished_run

NUM_FRAMES, FPS = 180, 10
ASPECT = 1.25
VIEW = CameraPose(position=(9.0, -3.0, 5.0), focal_point=(3.0, 2.5, 1.0), view_up=(0.0, 0.0, 1.0), view_angle_deg=30.0)
MOVING = [CameraKind.FOLLOW, CameraKind.FIRST_PERSON, CameraKind.ORBIT, CameraKind.DIRECTOR]


@pytest.fixture(scope="module")
def walk():
    run = furnished_run(NUM_FRAMES, voxel_size_m=0.1, width_px=64)
    times = np.arange(NUM_FRAMES) / FPS
    return replace(run, trajectory=replace(run.trajectory, timestamps_s=times))


@pytest.fixture(scope="module")
def scene(walk):
    return measure_scene(walk.cloud.points_world, walk.trajectory, walk.world_up)


def plan(camera: FilmCamera, scene, walk, frames: range = range(NUM_FRAMES)) -> CameraPath:
    return plan_camera(camera, scene, walk, frames=frames, aspect=ASPECT)


def forward(pose: CameraPose) -> np.ndarray:
    line = np.subtract(pose.focal_point, pose.position)
    return line / np.linalg.norm(line)


def upward(pose: CameraPose) -> np.ndarray:
    ahead = forward(pose)
    above = np.array(pose.view_up) - ahead * (ahead @ np.array(pose.view_up))
    return above / np.linalg.norm(above)


def turns_deg(directions: np.ndarray) -> np.ndarray:
    return np.degrees(np.arccos(np.clip((directions[1:] * directions[:-1]).sum(axis=1), -1.0, 1.0)))


@pytest.mark.parametrize("kind", MOVING)
def test_no_camera_jumps(kind, scene, walk):
    path = plan(FilmCamera(kind=kind), scene, walk)
    poses = [path.pose(frame_idx) for frame_idx in range(NUM_FRAMES)]
    assert not path.is_still
    looks, ups = np.array([forward(pose) for pose in poses]), np.array([upward(pose) for pose in poses])
    eyes = np.array([pose.position for pose in poses])
    recorded = turns_deg(walk.trajectory.world_from_cam[:, :3, 2]).max()
    most = {CameraKind.FIRST_PERSON: recorded + 0.01}.get(kind, 9.0)
    assert turns_deg(looks).max() <= most
    assert turns_deg(ups).max() <= max(most, 9.0)
    steps = np.linalg.norm(np.diff(eyes, axis=0), axis=1)
    assert steps.max() < 0.15 * scene.radius
    if kind is not CameraKind.FIRST_PERSON:
        # No jerks either: the speed of the look changes by little from one frame to the next.
        assert np.abs(np.diff(turns_deg(looks))).max() < 1.5
        assert np.abs(np.diff(steps)).max() < 0.03 * scene.radius


@pytest.mark.parametrize("kind", [CameraKind.GODS_EYE, CameraKind.TOP])
def test_standing_cameras_stand_and_fit_the_scene(kind, scene, walk):
    path = plan(FilmCamera(kind=kind), scene, walk)
    assert path.is_still
    assert path.pose(0) == path.pose(NUM_FRAMES - 1)


def test_a_saved_view_is_taken_as_it_is(scene, walk):
    path = plan(FilmCamera(kind=CameraKind.SAVED, view=VIEW), scene, walk)
    assert path.is_still
    assert path.pose(17) == VIEW


def test_the_director_begins_and_ends_with_everything_in_view_and_shows_more_in_between(scene, walk):
    path = plan(FilmCamera(kind=CameraKind.DIRECTOR), scene, walk)
    wide = camera_rig.gods_eye(scene, aspect=ASPECT)
    assert path.pose(0) == path.pose(NUM_FRAMES - 1) == wide
    away = [np.linalg.norm(np.subtract(path.pose(i).position, wide.position)) for i in range(NUM_FRAMES)]
    assert max(away) > 0.5 * scene.radius


@pytest.mark.parametrize("count", [1, 2, 10, 30])
def test_the_director_copes_with_short_films(count, scene, walk):
    path = plan(FilmCamera(kind=CameraKind.DIRECTOR), scene, walk, range(40, 40 + count))
    poses = [path.pose(frame_idx) for frame_idx in range(40, 40 + count)]
    assert np.isfinite([pose.position for pose in poses]).all()


def test_the_director_moves_in_a_film_of_a_few_seconds(scene, walk):
    path = plan(FilmCamera(kind=CameraKind.DIRECTOR), scene, walk, range(40, 40 + 3 * FPS))
    assert path.pose(40) == camera_rig.gods_eye(scene, aspect=ASPECT)
    last = 40 + 3 * FPS - 1
    assert path.pose(last) == camera_rig.follow(scene, walk.trajectory, last)


@pytest.mark.parametrize("length_s", [2.0, 5.1, 12.0, 25.0, 61.0, 600.0])
def test_the_director_never_rests_for_long(length_s):
    times = np.linspace(0.0, length_s, NUM_FRAMES)
    cues = _director_cues(range(NUM_FRAMES), lambda preset: lambda _frame_idx: preset, times)
    presets = [cue.pose(0) for cue in cues]
    assert presets[0] is WorldPreset.GODS_EYE
    assert all(first is not second for first, second in pairwise(presets))
    assert max(np.diff([cue.begin_s for cue in cues])) <= 12.0
    assert cues[-1].begin_s < length_s


def test_keyframes_are_met_and_left_slowly(scene, walk):
    other = replace(VIEW, position=(-2.0, 8.0, 4.0))
    keyframes = (
        ViewKeyframe(frame_idx=20, view=VIEW),
        ViewKeyframe(frame_idx=60, view=other, ease=Ease.HOLD),
        ViewKeyframe(frame_idx=100, view=WorldPreset.TOP, ease=Ease.LINEAR),
        ViewKeyframe(frame_idx=140, view=VIEW),
    )
    path = plan(FilmCamera(kind=CameraKind.KEYFRAMES, keyframes=keyframes), scene, walk)
    top = camera_rig.top(scene, aspect=ASPECT)
    assert path.pose(0) == path.pose(20) == VIEW
    assert path.pose(60) == path.pose(99) == other
    assert path.pose(100) == top
    assert path.pose(140) == path.pose(179) == VIEW
    eyes = np.array([path.pose(frame_idx).position for frame_idx in range(20, 61)])
    speed = np.linalg.norm(np.diff(eyes, axis=0), axis=1)
    assert speed[0] < 0.2 * speed.max() > speed[-1]
    reach = [np.linalg.norm(np.subtract(path.pose(i).focal_point, path.pose(i).position)) for i in range(20, 61)]
    ends = sorted((reach[0], reach[-1]))
    assert ends[0] - 1e-6 <= min(reach) <= max(reach) <= ends[1] + 1e-6


def test_keyframes_beyond_the_end_do_no_harm(scene, walk):
    keyframes = (ViewKeyframe(frame_idx=5, view=VIEW), ViewKeyframe(frame_idx=5000, view=WorldPreset.FOLLOW))
    path = plan(FilmCamera(kind=CameraKind.KEYFRAMES, keyframes=keyframes), scene, walk)
    assert path.pose(5) == VIEW
    assert path.pose(NUM_FRAMES - 1) == camera_rig.follow(scene, walk.trajectory, NUM_FRAMES - 1)
