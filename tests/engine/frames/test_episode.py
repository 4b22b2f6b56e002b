"""Dataset episodes: what is there is trusted, what is claimed is checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.episode import EpisodeSource
from tests.engine.frames.clips import decode_in_order, read_number
from tests.engine.frames.episodes import (
    BASE_FROM_GL,
    NUM_FRAMES,
    K,
    pose_columns,
    walk_in_gl,
    write_depth,
    write_interndata,
    write_meta,
    write_pictures,
    write_table,
    write_video,
)


def test_a_consistent_trajectory_brings_its_cameras_without_warnings(tmp_path: Path) -> None:
    source = EpisodeSource(write_interndata(tmp_path / "walk"))
    assert source.warnings == ()
    assert (source.name, source.num_frames, source.fps, source.size_px) == ("walk", NUM_FRAMES, 10.0, (160, 96))
    assert source.video_path is not None and source.video_path.suffix == ".mp4"
    assert [read_number(picture) for _, picture in source.frames()] == list(range(NUM_FRAMES))
    assert read_number(source.frame(4)) == 4
    cameras = source.cameras
    assert cameras is not None
    assert cameras.world_up == (0.0, 0.0, 1.0)
    assert cameras.depth is None
    assert np.allclose(cameras.intrinsics.matrix, K)
    assert np.array_equal(cameras.trajectory.timestamps_s, source.timestamps_s)
    assert not cameras.trajectory.is_interpolated.any()


def test_axes_are_turned_to_opencv(tmp_path: Path) -> None:
    cameras = EpisodeSource(write_interndata(tmp_path)).cameras
    assert cameras is not None
    world_from_cam = cameras.trajectory.world_from_cam
    right, down, forward = (world_from_cam[0, :3, axis] for axis in range(3))
    assert np.allclose(right, (1, 0, 0))
    assert np.allclose(down, (0, 0, -1))
    assert np.allclose(forward, (0, 1, 0)), "the walk goes along y, so the camera must look there"
    assert np.allclose(cameras.trajectory.centres_world, walk_in_gl()[:, :3, 3], atol=1e-6)


def test_rotations_are_made_orthonormal(tmp_path: Path) -> None:
    columns = pose_columns()
    columns["action"][:, :3, :3] += 1e-3 * np.random.default_rng(0).standard_normal((NUM_FRAMES, 3, 3))
    write_interndata(tmp_path)
    write_table(tmp_path, columns)
    cameras = EpisodeSource(tmp_path).cameras
    assert cameras is not None
    rotations = cameras.trajectory.world_from_cam[:, :3, :3]
    assert np.abs(rotations @ rotations.swapaxes(1, 2) - np.eye(3)).max() < 1e-12


@pytest.mark.parametrize(
    ("cx_cy", "declared", "expected_scale"),
    [
        ((80.0, 45.0), None, (1.0, 96 / 90)),  # central for 160x90, which a writer fills up to 160x96
        ((160.0, 96.0), None, (0.5, 0.5)),  # central for 320x192
        ((77.3, 45.2), [96, 160, 3], (1.0, 1.0)),  # not central: what is declared
        ((154.6, 90.4), [192, 320, 3], (0.5, 0.5)),
        ((77.3, 45.2), None, (1.0, 1.0)),  # nothing to go by: taken as it is, with a warning
    ],
)
def test_intrinsics_follow_the_decoded_size(
    tmp_path: Path, cx_cy: tuple[float, float], declared: list[int] | None, expected_scale: tuple[float, float]
) -> None:
    k = K.copy()
    k[:2, 2] = cx_cy
    feature = {"observation.images.rgb": {"dtype": "image", "shape": declared}} if declared else {}
    write_interndata(tmp_path, features=feature)
    write_table(tmp_path, {**pose_columns(), "observation.camera_intrinsic": np.tile(k, (NUM_FRAMES, 1, 1))})
    source = EpisodeSource(tmp_path)
    assert source.cameras is not None
    expected = np.diag([*expected_scale, 1.0]) @ k
    assert np.allclose(source.cameras.intrinsics.matrix, expected, atol=1e-4)
    assert any("intrinsics" in sentence for sentence in source.warnings) == (
        expected_scale != (1.0, 1.0) or not declared
    )


def test_depth_is_metric_and_has_the_size_of_the_frames(tmp_path: Path) -> None:
    write_interndata(tmp_path)
    write_depth(tmp_path, size_px=(160, 90))
    source = EpisodeSource(tmp_path)
    assert source.cameras is not None and source.cameras.depth is not None
    depth_m = source.cameras.depth.depth_m(3)
    assert depth_m.shape == (96, 160)
    assert depth_m.dtype == np.float32
    assert depth_m[0, 0] == 0.0
    assert depth_m[50, 70] == pytest.approx(1.3)
    assert source.cameras.intrinsics.fy_px == pytest.approx(110 * 96 / 90), "K belongs to the pictures' own size"
    with pytest.raises(IndexError):
        source.cameras.depth.depth_m(NUM_FRAMES)


def test_depth_of_another_length_is_left_out_with_a_warning(tmp_path: Path) -> None:
    write_interndata(tmp_path)
    write_depth(tmp_path, NUM_FRAMES - 1)
    source = EpisodeSource(tmp_path)
    assert source.cameras is not None and source.cameras.depth is None
    assert any("5 depth pictures for 6 frames" in sentence for sentence in source.warnings)


def test_pictures_serve_where_there_is_no_video(tmp_path: Path) -> None:
    write_pictures(tmp_path, 12)
    write_table(tmp_path, pose_columns(12))
    write_meta(tmp_path, lengths={0: 12})
    source = EpisodeSource(tmp_path, fps=8.0)
    assert (source.fps, source.num_frames, source.video_path) == (8.0, 12, None)
    assert [read_number(picture) for _, picture in source.frames()] == list(range(12))
    assert source.cameras is not None
    assert any("8 frames a second are assumed" in sentence for sentence in source.warnings)


def test_frames_and_rows_must_agree(tmp_path: Path) -> None:
    write_interndata(tmp_path)
    write_table(tmp_path, pose_columns(NUM_FRAMES + 1))
    with pytest.raises(InputError, match=r"6 frames.*7 rows"):
        EpisodeSource(tmp_path)


def test_what_the_metadata_claim_becomes_a_warning(tmp_path: Path) -> None:
    features = {"timestamp": {"dtype": "float32", "shape": [1]}, "action": {"dtype": "float32", "shape": [4, 4]}}
    write_interndata(tmp_path, fps=30, total_frames=12, features=features)
    warnings = " ".join(EpisodeSource(tmp_path).warnings)
    assert "has 6 frames" in warnings and "meta/info.json says 12" in warnings
    assert "10 frames a second" in warnings and "says 30" in warnings
    assert "timestamp" in warnings and "action" not in warnings


def test_damaged_metadata_are_told_and_done_without(tmp_path: Path) -> None:
    write_interndata(tmp_path)
    (tmp_path / "meta" / "info.json").write_text("{ not json")
    (tmp_path / "meta" / "episodes.jsonl").write_text("[]\n")
    source = EpisodeSource(tmp_path)
    assert source.cameras is not None
    assert sum("cannot be read" in sentence for sentence in source.warnings) == 2
    shutil.rmtree(tmp_path / "meta")
    assert EpisodeSource(tmp_path).cameras is not None


@pytest.mark.parametrize("fault", ["skewed", "mirrored", "nan", "vector", "focal", "missing"])
def test_poses_that_are_none_are_not_used(tmp_path: Path, fault: str) -> None:
    columns: dict[str, Any] = pose_columns()
    if fault == "skewed":
        columns["action"][2, :3, :3] *= 1.3
    elif fault == "mirrored":
        columns["action"][:, :3, 0] *= -1
    elif fault == "nan":
        columns["action"][1, 0, 3] = np.nan
    elif fault == "vector":
        columns["action"] = np.zeros((NUM_FRAMES, 7))
    elif fault == "focal":
        columns["observation.camera_intrinsic"][:, 0, 0] = 0.0
    else:
        del columns["observation.camera_intrinsic"]
    write_interndata(tmp_path)
    write_table(tmp_path, columns)
    source = EpisodeSource(tmp_path)
    assert source.cameras is None
    assert source.num_frames == NUM_FRAMES
    if fault not in ("vector", "missing"):
        assert source.warnings


def test_up_is_left_open_where_the_mounting_contradicts_it(tmp_path: Path) -> None:
    columns = pose_columns()
    columns["observation.camera_extrinsic"] = np.tile(np.eye(4), (NUM_FRAMES, 1, 1))
    write_interndata(tmp_path)
    write_table(tmp_path, columns)
    cameras = EpisodeSource(tmp_path).cameras
    assert cameras is not None and cameras.world_up is None
    tilted = pose_columns()
    tilt = np.eye(4)
    tilt[1:3, 1:3] = [[0.8, -0.6], [0.6, 0.8]]
    tilted["action"] = tilted["action"] @ tilt
    tilted["observation.camera_extrinsic"] = np.tile(BASE_FROM_GL @ tilt, (NUM_FRAMES, 1, 1))
    write_table(tmp_path, tilted)
    cameras = EpisodeSource(tmp_path).cameras
    assert cameras is not None and cameras.world_up == (0.0, 0.0, 1.0), "a pitched camera does not tilt the world"


def test_plain_lerobot_opens_without_cameras_and_lets_choose(tmp_path: Path) -> None:
    features = {
        "observation.images.wrist": {"dtype": "video", "shape": [96, 160, 3]},
        "observation.images.front": {"dtype": "video", "shape": [96, 160, 3]},
        "observation.images.depth": {"dtype": "video", "shape": [96, 160, 3], "info": {"video.is_depth_map": True}},
    }
    for episode, num_frames in ((0, 4), (1, 7), (2, 5)):
        write_table(tmp_path, {"action": np.zeros((num_frames, 2))}, episode)
        for key in features:
            write_video(tmp_path, key=key, episode=episode, num_frames=num_frames)
    write_meta(tmp_path, lengths={0: 4, 1: 7, 2: 5}, features=features)
    first = EpisodeSource(tmp_path)
    assert (first.episode, first.num_frames, first.cameras) == (0, 4, None)
    assert first.video_path is not None and first.video_path.parent.name == "observation.images.wrist"
    assert any("3 episodes; number 0 is opened" in sentence for sentence in first.warnings)
    assert any("several cameras" in sentence for sentence in first.warnings)
    second = EpisodeSource(tmp_path, episode=1)
    assert (second.num_frames, second.name) == (7, f"{tmp_path.name}_episode_000001")
    assert not any("episodes; number" in sentence for sentence in second.warnings)
    assert first.fingerprint != second.fingerprint
    with pytest.raises(InputError, match="no episode 3"):
        EpisodeSource(tmp_path, episode=3)


def test_scenes_whose_episodes_share_a_folder_are_cut_by_their_statistics(tmp_path: Path) -> None:
    write_pictures(tmp_path, 9)
    lines = []
    for episode, (first, last) in enumerate(((0, 3), (4, 8))):
        write_table(tmp_path, pose_columns(last - first + 1), episode)
        lines.append(json.dumps({"episode_index": episode, "image_index": {"min": first, "max": last}}))
    write_meta(tmp_path, lengths={0: 4, 1: 5})
    (tmp_path / "meta" / "episodes_stats.jsonl").write_text("\n".join(lines))
    source = EpisodeSource(tmp_path, episode=1)
    assert [read_number(picture) for _, picture in source.frames()] == [4, 5, 6, 7, 8]
    assert source.cameras is not None


@pytest.mark.parametrize(("backend", "has_cameras"), [("builtin", False), ("dataset", True)])
def test_our_own_results_are_not_taken_for_recordings(tmp_path: Path, backend: str, has_cameras: bool) -> None:
    write_interndata(tmp_path)
    shutil.copy(
        tmp_path / "videos/chunk-000/observation.video.trajectory/episode_000000.mp4",
        tmp_path / "videos/chunk-000/observation.video.trajectory/reference.mp4",
    )
    manifest = {"format": "l3rocc-run", "record": {"backend": backend}}
    (tmp_path / "meta" / "run.json").write_text(json.dumps(manifest))
    source = EpisodeSource(tmp_path)
    assert (source.cameras is not None) == has_cameras
    assert source.video_path is not None and source.video_path.name == "episode_000000.mp4"
    assert source.warnings == ()


def test_poses_of_the_original_program_are_recognised(tmp_path: Path) -> None:
    write_interndata(tmp_path)
    poses = pose_columns()["action"]
    columns = {"observation.camera_extrinsic": poses, "observation.camera_extrinsic_occ": poses}
    write_table(tmp_path, {**pose_columns(), **columns})
    video = tmp_path / "videos/chunk-000/observation.video.trajectory/episode_000000.mp4"
    video.rename(video.with_name("office.mp4"))
    source = EpisodeSource(tmp_path)
    assert source.cameras is None
    assert any("computed by L3ROcc" in sentence for sentence in source.warnings)
    assert source.video_path is not None and source.video_path.name == "office.mp4"


def test_folders_that_cannot_serve_are_refused(tmp_path: Path) -> None:
    write_table(tmp_path, pose_columns())
    write_meta(tmp_path)
    with pytest.raises(InputError, match="neither a video nor pictures"):
        EpisodeSource(tmp_path)
    write_video(tmp_path)
    (tmp_path / "data/chunk-000/episode_000000.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(InputError, match="parquet"):
        EpisodeSource(tmp_path)
    write_meta(tmp_path, codebase_version="v3.0")
    with pytest.raises(InputError, match=r"v3\.0.*reads v2\.1"):
        EpisodeSource(tmp_path)


def test_a_folder_without_a_table_is_just_its_video(tmp_path: Path) -> None:
    write_video(tmp_path)
    write_meta(tmp_path)
    source = EpisodeSource(tmp_path)
    assert source.cameras is None
    assert any("no table" in sentence for sentence in source.warnings)
    source.close()
    with pytest.raises(InputError, match="closed"):
        source.frame(0)


def test_the_real_trajectory(samples_dir: Path) -> None:
    root = samples_dir / "small_vln_n1/traj_data/matterport3d_zed/1LXtFkjw3qL/trajectory_1"
    source = EpisodeSource(root)
    assert (source.num_frames, source.fps, source.size_px) == (52, 10.0, (480, 272))
    assert source.video_path is not None
    assert np.array_equal(source.frame(30), decode_in_order(source.video_path)[30])
    cameras = source.cameras
    assert cameras is not None
    assert (cameras.intrinsics.fx_px, cameras.intrinsics.fy_px) == pytest.approx((168.05, 192.80 * 272 / 270), abs=0.01)
    assert (cameras.intrinsics.cx_px, cameras.intrinsics.cy_px) == pytest.approx((240, 136))
    steps = np.diff(cameras.trajectory.centres_world, axis=0)
    lengths_m = np.linalg.norm(steps, axis=1)
    assert lengths_m.min() > 0.035 and lengths_m.max() < 0.046
    forward = cameras.trajectory.world_from_cam[:-1, :3, 2]
    assert ((steps * forward).sum(axis=1) / lengths_m).mean() > 0.999, "the robot walks where the camera looks"
    assert cameras.world_up == (0.0, 0.0, 1.0)
    assert np.allclose(cameras.trajectory.world_from_cam[:, :3, 1] @ cameras.world_up, -1.0, atol=1e-6)
    text = " ".join(source.warnings)
    for claim in ("104", "52 frames", "says 30", "timestamp, frame_index, episode_index, task_index", "480x270"):
        assert claim in text
