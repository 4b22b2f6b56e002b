from __future__ import annotations

import os
import threading
import time
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.backends.builtin import sfm
from l3rocc_engine.backends.builtin.sfm import pairs_to_match, solve_cameras
from l3rocc_engine.backends.builtin.sfm_job import MatchEvidence, SfmAnswer
from l3rocc_engine.backends.builtin.sparse import point_tracks
from l3rocc_engine.errors import Cancelled, ReconstructionError
from l3rocc_engine.evaluation.trajectory import compare_trajectories
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.isolation import Say
from l3rocc_engine.progress import CancelToken, ProgressEvent, no_events
from tests.engine.backends.textured_room import CAMERA, room_source, walk
from tests.synthetic.picture_source import PictureSource

NUM_FRAMES = 9


@pytest.fixture(scope="module")
def source() -> PictureSource:
    return room_source(walk(NUM_FRAMES))


def solve(source: PictureSource, **known: Any) -> SfmAnswer:
    arguments: dict[str, Any] = {"on_evidence": lambda _e: None, "events": no_events, "cancel": CancelToken()}
    return solve_cameras(source, np.arange(source.num_frames), **{**arguments, **known})


def assert_same(first: SfmAnswer, second: SfmAnswer) -> None:
    for name in ("picture_idx", "world_from_cam", "points_world", "tracks", "pixels_px"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert first.intrinsics == second.intrinsics
    np.testing.assert_array_equal(first.evidence.homography_p80_px, second.evidence.homography_p80_px)


def test_a_known_camera_gives_the_true_path_every_time(source: PictureSource) -> None:
    events: list[ProgressEvent] = []
    answer = solve(source, intrinsics=CAMERA, events=events.append)
    error = compare_trajectories(answer.world_from_cam, walk(NUM_FRAMES))
    assert answer.picture_idx.tolist() == list(range(NUM_FRAMES))
    assert error.ate_per_path < 0.003
    assert error.rotation_max_deg < 0.2
    assert answer.intrinsics == CAMERA
    stages = [event.stage for event in events]
    assert list(dict.fromkeys(stages)) == ["features", "matching", "poses"]
    tracks = point_tracks(answer, np.arange(NUM_FRAMES))
    poses = invert(answer.world_from_cam[tracks.frame_idx])
    points_cam = np.einsum("mij,mj->mi", poses[:, :3, :3], tracks.points_world[tracks.point_idx]) + poses[:, :3, 3]
    projected = points_cam @ CAMERA.matrix.T
    distance = np.linalg.norm(projected[:, :2] / projected[:, 2:] - tracks.pixels_px, axis=1)
    assert distance.mean() == pytest.approx(answer.reprojection_error_px, rel=0.02)
    assert_same(answer, solve(source, intrinsics=CAMERA))


def test_an_unknown_camera_is_found_every_time(source: PictureSource) -> None:
    answer = solve(source)
    error = compare_trajectories(answer.world_from_cam, walk(NUM_FRAMES))
    assert answer.picture_idx.tolist() == list(range(NUM_FRAMES))
    assert answer.intrinsics.fx_px == pytest.approx(CAMERA.fx_px, rel=0.03)
    assert error.ate_per_path < 0.01
    assert_same(answer, solve(source))


def test_known_poses_are_kept_and_points_are_metric(source: PictureSource) -> None:
    poses = walk(NUM_FRAMES)
    answer = solve(source, intrinsics=CAMERA, world_from_cam=poses)
    np.testing.assert_allclose(answer.world_from_cam, poses, atol=1e-9)
    assert answer.observations_per_picture.min() > 100
    points = answer.points_world
    assert np.percentile(points, 2, axis=0) == pytest.approx([-3.0, -1.5, 0.5], abs=1.2)
    on_walls = np.abs(points[:, 1] - 1.5) < 0.03  # the floor
    assert on_walls.sum() > 30


def test_evidence_can_stop_the_work_before_the_long_part(source: PictureSource) -> None:
    seen: list[MatchEvidence] = []

    def refuse(evidence: MatchEvidence) -> None:
        seen.append(evidence)
        raise ReconstructionError("Not this one.")

    events: list[ProgressEvent] = []
    with pytest.raises(ReconstructionError, match="Not this one"):
        solve(source, intrinsics=CAMERA, on_evidence=refuse, events=events.append)
    assert "poses" not in {event.stage for event in events}
    assert (seen[0].num_inliers > 100).any()


def test_cancel_ends_the_child_at_once(source: PictureSource) -> None:
    cancel = CancelToken()

    def stop_soon(event: ProgressEvent) -> None:
        if event.stage == "features" and event.done == 1:
            cancel.set()

    started = threading.active_count()
    with pytest.raises(Cancelled):
        solve(source, cancel=cancel, events=stop_soon)
    assert threading.active_count() == started


def crash(_say: Say, _job: object, _pictures: object) -> None:
    time.sleep(0.01)
    os.abort()


def test_a_native_crash_is_a_sentence(source: PictureSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sfm, "solve_in_child", crash)
    with pytest.raises(ReconstructionError, match=r"failed inside COLMAP.*exit code -6") as caught:
        solve(source)
    assert caught.value.hint


def test_short_clips_match_all_pairs_and_long_ones_a_band() -> None:
    assert len(pairs_to_match(10)) == 45
    pairs = pairs_to_match(60)
    gaps = pairs[:, 1] - pairs[:, 0]
    assert sorted(set(gaps.tolist())) == [1, 2, 3, 4, 5, 6, 8, 16, 32]
