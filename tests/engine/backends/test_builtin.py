from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.backends.builtin.sfm_job import WEAK_OBSERVATIONS
from l3rocc_engine.backends.unknown_scale import MEDIAN_DEPTH
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.evaluation.trajectory import compare_trajectories
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, no_events
from l3rocc_engine.reconstruction import PointMap, ScaleMethod
from tests.engine.backends.textured_room import Texture, look, noise_texture, room_source, walk
from tests.synthetic.picture_source import PictureSource

INTERNDATA = Path("small_vln_n1/traj_data/matterport3d_zed/1LXtFkjw3qL/trajectory_1")


def plain_texture(_seed: int) -> Texture:
    return np.full((64, 64, 3), 120.0, np.float32)


def tiles(seed: int) -> Texture:
    return np.tile(noise_texture(seed)[:32, :32], (32, 32, 1))


def faint_texture(seed: int) -> Texture:
    return 120.0 + 0.25 * (noise_texture(seed) - 120.0)


def moving_window(step_px: int) -> PictureSource:
    sheet = noise_texture(5).astype(np.uint8)
    return PictureSource(
        Path("poster.mp4"), [sheet[80:236, 40 + step_px * i : 248 + step_px * i].copy() for i in range(10)], 10.0
    )


def track(source: PictureSource) -> None:
    BuiltinBackend().track_cameras(source, PipelineConfig(), events=no_events, cancel=CancelToken())


def test_a_walk_through_the_room_becomes_point_maps() -> None:
    poses = walk(8)
    shown: list[tuple[PointMap, Trajectory]] = []
    made = BuiltinBackend().reconstruct(
        room_source(poses),
        PipelineConfig(),
        events=no_events,
        cancel=CancelToken(),
        on_point_map=lambda point_map, known: shown.append((point_map, known)),
    )
    assert compare_trajectories(made.trajectory.world_from_cam, poses).ate_per_path < 0.01
    assert [m.frame_idx for m in made.point_maps] == list(range(8))
    frames = [m.frame_idx for m, _ in shown]
    assert frames[:8] == frames[-8:] == sorted(frames[8:-8]) == list(range(8)), (
        "sparse points, early depth, final depth"
    )
    assert np.allclose(shown[0][1].world_from_cam, made.trajectory.world_from_cam), "all frames are keyframes here"
    assert shown[-1][1] is made.trajectory
    sparse, dense = shown[0][0], shown[-8][0]
    assert 100 < sparse.points_cam.size // 3 < dense.confidence.astype(bool).sum()
    assert np.median(sparse.points_cam[0, :, 2]) == pytest.approx(np.nanmedian(dense.points_cam[..., 2]), rel=0.3)
    assert np.ptp(sparse.colors) > 50, "with the picture's colours"
    assert made.scale.method is ScaleMethod.UNKNOWN and not made.scale.is_metric
    depths = np.concatenate([m.points_cam[m.confidence > 0.1][:, 2] for m in made.point_maps])
    assert np.median(depths) == pytest.approx(MEDIAN_DEPTH, rel=0.3)
    assert any("distances are relative" in note for note in made.notes)
    assert made.world_up is not None and made.world_up[1] < -0.9
    assert made.measures["keyframes_registered"] == 8


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (lambda: room_source(np.stack([look((0, 0, 0), yaw) for yaw in np.linspace(-12, 12, 9)])), "no parallax"),
        (lambda: moving_window(8), "one flat surface"),
        (lambda: room_source(walk(5), texture=plain_texture, noise=0.0), "hardly moves|too little detail"),
        (lambda: room_source(walk(2)), "only 2 frames"),
        (lambda: room_source(np.stack([look((0, 0, 0))] * 6), noise=0.5), "hardly moves"),
        (lambda: room_source(walk(12), texture=tiles), "too few points|No camera path"),
        (
            lambda: room_source(
                np.concatenate([walk(20)[:6], np.stack([look((1.5, 0, 1 - 0.08 * i), 170) for i in range(5)])])
            ),
            "not one continuous take.*changes at frame 6",
        ),
    ],
    ids=["turning", "flat", "plain", "short", "still", "repeated", "cut"],
)
def test_hopeless_clips_are_refused_with_the_reason(source: object, words: str) -> None:
    with pytest.raises(ReconstructionError, match=words) as caught:
        track(source())  # type: ignore[operator]
    assert caught.value.hint


def test_few_points_are_enough_where_two_methods_agree() -> None:
    poses = walk(12)
    source = room_source(poses, texture=faint_texture)
    made = BuiltinBackend().track_cameras(source, PipelineConfig(), events=no_events, cancel=CancelToken())
    assert made.measures["observations_per_keyframe"] < WEAK_OBSERVATIONS
    assert compare_trajectories(made.trajectory.world_from_cam, poses).ate_per_path < 0.01


def test_pictures_that_hardly_overlap_are_refused(samples_dir: Path) -> None:
    with pytest.raises(ReconstructionError, match="house do not overlap enough") as caught:
        track(open_source(samples_dir / "house.mp4"))  # type: ignore[arg-type]
    assert "slowly" in caught.value.hint


@pytest.mark.slow
def test_the_real_trajectory_is_found_to_millimetres(samples_dir: Path) -> None:
    source = open_source(samples_dir / INTERNDATA)
    assert source.cameras is not None
    made = BuiltinBackend().track_cameras(source, PipelineConfig(), events=no_events, cancel=CancelToken())
    error = compare_trajectories(made.trajectory.world_from_cam, source.cameras.trajectory.world_from_cam)
    assert not made.sparse.unregistered
    assert error.ate_rmse_m < 0.006


@pytest.mark.slow
@pytest.mark.parametrize(("clip", "fewest"), [("valley", 11), ("man_walking_long", 21)])
def test_real_clips_are_solved_as_far_as_they_go(samples_dir: Path, clip: str, fewest: int) -> None:
    source = open_source(samples_dir / f"{clip}.mp4")
    made = BuiltinBackend().track_cameras(source, PipelineConfig(), events=no_events, cancel=CancelToken())
    assert made.sparse.num_keyframes >= fewest
    assert bool(made.sparse.unregistered) == any("could not be placed" in note for note in made.notes)
