from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
import scipy.sparse
from scipy.spatial.transform import Rotation

from l3rocc_engine.conventions import CV_FROM_GL
from l3rocc_engine.dataset import episode, open_dataset, validate_dataset, write_dataset
from l3rocc_engine.dataset.video import probe_video
from l3rocc_engine.errors import Cancelled, OutputError
from l3rocc_engine.geometry.zoom import ZoomTrack
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.run import Run
from tests.engine.dataset.recorded_run import dataset_like, with_odd_pictures, with_source, with_times

INTERNDATA_FILES = {
    "data/chunk-000/all_occ.npz",
    "data/chunk-000/episode_000000.parquet",
    "data/chunk-000/origin_pcd.ply",
    "meta/episodes.jsonl",
    "meta/episodes_stats.jsonl",
    "meta/info.json",
    "meta/poses.npz",
    "meta/run.json",
    "meta/tasks.jsonl",
    "videos/chunk-000/observation.occ.mask/mask_sequence.npz",
    "videos/chunk-000/observation.occ.view/occ_sequence.npz",
    "videos/chunk-000/observation.video.trajectory/episode_000000.mp4",
    "videos/chunk-000/observation.video.trajectory/reference.mp4",
}
LEROBOT_FILES = {
    "README.md",
    "data/chunk-000/episode_000000.parquet",
    "meta/episodes.jsonl",
    "meta/episodes_stats.jsonl",
    "meta/info.json",
    "meta/occupancy.json",
    "meta/run.json",
    "meta/tasks.jsonl",
    "occupancy/chunk-000/episode_000000/all_occ.npz",
    "occupancy/chunk-000/episode_000000/cloud.ply",
    "occupancy/chunk-000/episode_000000/mask_sequence.npz",
    "occupancy/chunk-000/episode_000000/occ_sequence.npz",
    "occupancy/chunk-000/episode_000000/poses.npz",
    "videos/chunk-000/observation.images.front/episode_000000.mp4",
}


def files_of(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def column(root: Path, key: str, episode_idx: int = 0) -> np.ndarray:
    table = pq.read_table(root / f"data/chunk-000/episode_{episode_idx:06d}.parquet")
    return np.array(table.column(key).to_pylist())


def info_of(root: Path) -> dict:
    return json.loads((root / "meta/info.json").read_text())


@pytest.mark.parametrize(("profile", "files"), [("interndata", INTERNDATA_FILES), ("lerobot", LEROBOT_FILES)])
def test_tree_is_the_documented_one(pristine: dict[str, Path], profile: str, files: set[str]) -> None:
    assert files_of(pristine[profile]) == files
    manifest = json.loads((pristine[profile] / "meta/run.json").read_text())
    listed = {entry["path"]: entry["size_bytes"] for entry in manifest["files"]}
    assert set(listed) == files - {"meta/run.json"}
    assert all((pristine[profile] / path).stat().st_size == size for path, size in listed.items())


def test_matrices_follow_the_interndata_conventions(pristine: dict[str, Path], run: Run) -> None:
    root, poses = pristine["interndata"], run.trajectory.world_from_cam
    np.testing.assert_allclose(column(root, "action") @ CV_FROM_GL, poses, atol=1e-6)
    np.testing.assert_allclose(column(root, "observation.camera_extrinsic_occ"), poses, atol=1e-6)
    for key in ("observation.camera_intrinsic", "observation.camera_intrinsic_occ"):
        np.testing.assert_allclose(column(root, key), np.tile(run.intrinsics.matrix, (12, 1, 1)))
    base_from_cam = column(root, "observation.camera_extrinsic")
    np.testing.assert_array_equal(base_from_cam[:, :3, 3], 0)  # no camera height is invented
    assert "not known" in info_of(root)["l3rocc"]["conventions"]["observation.camera_extrinsic"]


def test_episode_line_carries_the_similarity(pristine: dict[str, Path], run: Run) -> None:
    line = json.loads((pristine["interndata"] / "meta/episodes.jsonl").read_text())
    assert line["scale"] == run.scale.sim3.scale == 1.25
    assert line["sim3"]["translation"] == [0.1, 0.2, 0.3]
    assert line["sim3"]["method"] == "two_point"
    world = info_of(pristine["interndata"])["l3rocc"]["world"]
    assert (world["units"], world["scale"], world["up"], world["up_vector"]) == (
        "metres",
        "estimated",
        "estimated",
        [0, -1, 0],
    )


def test_state_and_action_are_vectors(pristine: dict[str, Path], run: Run) -> None:
    root = pristine["lerobot"]
    state, action = column(root, "observation.state"), column(root, "action")
    np.testing.assert_allclose(state[:, :3], run.trajectory.centres_world, atol=1e-6)
    rotations = Rotation.from_quat(state[:, 3:]).as_matrix()
    np.testing.assert_allclose(rotations, run.trajectory.world_from_cam[:, :3, :3], atol=1e-6)
    np.testing.assert_array_equal(action[:-1], state[1:])
    np.testing.assert_array_equal(column(root, "camera.is_interpolated"), run.trajectory.is_interpolated)


def test_counts_in_the_table_are_those_of_the_files(pristine: dict[str, Path], run: Run) -> None:
    root = pristine["lerobot"]
    wanted = [(len(run.occupancy.frame(i).occupied), len(run.occupancy.frame(i).visible)) for i in range(12)]
    np.testing.assert_array_equal(column(root, "occupancy.num_occupied"), [o for o, _ in wanted])
    np.testing.assert_array_equal(column(root, "occupancy.num_visible"), [v for _, v in wanted])


@pytest.mark.parametrize("profile", ["interndata", "lerobot"])
def test_voxel_files_open_with_scipy_and_numpy(pristine: dict[str, Path], run: Run, profile: str) -> None:
    root = pristine[profile]
    occupied = scipy.sparse.load_npz(next(root.rglob("occ_sequence.npz")))
    with np.load(next(root.rglob("mask_sequence.npz"))) as masks:
        shape, data, mode = tuple(masks["shape"]), masks["data"], str(masks["mode"])
    assert mode == "packed" and shape == run.config.grid.shape
    assert occupied.dtype == np.uint8 and occupied.shape == (12, np.prod(shape))
    for i in (0, 7):
        frame = run.occupancy.frame(i)
        visible = np.unpackbits(data[i])[: np.prod(shape)].reshape(shape)
        x, y, z = np.unravel_index(occupied[i].indices, shape)
        assert visible[x, y, z].all()
        np.testing.assert_array_equal(np.flatnonzero(visible), frame.visible)
        np.testing.assert_array_equal(occupied[i].indices, frame.occupied)


def test_video_has_the_promised_name_and_a_second_one(pristine: dict[str, Path]) -> None:
    root = pristine["interndata"]
    info = info_of(root)
    promised = root / info["video_path"].format(
        episode_chunk=0, episode_index=0, video_key="observation.video.trajectory"
    )
    assert promised.read_bytes() == promised.with_name("reference.mp4").read_bytes()
    assert info["total_videos"] == 1 and info["fps"] == 10
    assert (promised.parent / "reference.mp4").stat().st_ino == promised.stat().st_ino or os.name == "nt"


def test_pictures_survive_encoding(pristine: dict[str, Path], run: Run) -> None:
    with av.open(str(next(pristine["lerobot"].rglob("*.mp4")))) as container:
        found = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    differences = [np.abs(run.source.frame(i).astype(int) - image).mean() for i, image in enumerate(found)]
    assert len(found) == 12
    assert max(differences) < 8
    for i, image in enumerate(found):  # each picture is closest to its own frame
        others = [np.abs(run.source.frame(j).astype(int) - image).mean() for j in range(12)]
        assert int(np.argmin(others)) == i


def test_odd_sizes_are_padded_and_k_stays(run: Run, tmp_path: Path) -> None:
    odd = with_odd_pictures(run)
    root = write_dataset(odd, tmp_path / "odd", profile="lerobot")
    assert probe_video(next(root.rglob("*.mp4"))).size_px == (96, 64)
    assert info_of(root)["features"]["observation.images.front"]["shape"] == [64, 96, 3]
    np.testing.assert_allclose(column(root, "camera.intrinsics")[0], [60, 60, 48, 32])
    back = open_dataset(root)
    assert back.source.size_px == (95, 63)
    assert back.source.frame(3).shape == (63, 95, 3)
    assert dict(back.source.frames([2]))[2].shape == (63, 95, 3)
    assert validate_dataset(root).is_strict
    back.source.close()


@pytest.mark.parametrize(("source_fps", "fps"), [(29.97, 30), (1.0, 1), (0.5, 1)])
def test_clock_is_regular_whatever_the_source_says(run: Run, tmp_path: Path, source_fps: float, fps: int) -> None:
    times_s = np.arange(12) / source_fps + np.where(np.arange(12) % 3 == 1, 0.01, 0.0)
    irregular = with_times(run, times_s, source_fps)
    root = write_dataset(irregular, tmp_path / "a", profile="lerobot")
    assert info_of(root)["fps"] == fps
    np.testing.assert_array_equal(
        column(root, "timestamp").astype(np.float32), (np.arange(12) / fps).astype(np.float32)
    )
    assert validate_dataset(root).is_strict
    manifest = json.loads((root / "meta/run.json").read_text())
    assert len(manifest["notes"]) == (0 if source_fps == fps else 1)
    back = open_dataset(root)
    np.testing.assert_array_equal(back.trajectory.timestamps_s, times_s)
    np.testing.assert_array_equal(back.source.timestamps_s, times_s)
    assert back.source.fps == source_fps
    back.source.close()


def test_long_runs_become_several_episodes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(episode, "LONGEST_EPISODE_S", 4)
    slow = with_times(run, np.arange(12.0), 1.0)
    root = write_dataset(slow, tmp_path / "long", profile="lerobot")
    info = info_of(root)
    assert (info["total_episodes"], info["total_frames"], info["total_videos"]) == (3, 12, 3)
    assert info["splits"] == {"train": "0:3"}
    np.testing.assert_array_equal(column(root, "index", 2), [8, 9, 10, 11])
    np.testing.assert_array_equal(column(root, "frame_index", 2), [0, 1, 2, 3])
    assert validate_dataset(root).is_strict
    part = open_dataset(root, episode_idx=1)
    np.testing.assert_array_equal(part.trajectory.world_from_cam, run.trajectory.world_from_cam[4:8])
    np.testing.assert_array_equal(part.occupancy.occupied_indices(0), run.occupancy.occupied_indices(4))
    assert part.num_frames == 4 and part.record.keyframes == (0,)
    assert part.cloud.num_points < run.cloud.num_points and part.cloud.first_frame.max() == 0
    assert part.world.last_frame.max() == 3
    part.source.close()


def test_carries_tasks_and_base_of_a_source_dataset(
    run: Run, pristine: dict[str, Path], copy_of: Callable, tmp_path: Path
) -> None:
    source_root = copy_of("interndata")
    instruction = {"sum_instruction": "Walk to the window.", "sum_indexes": [0, 11]}
    tasks = [json.dumps(instruction), "Second text."]
    lines = [json.dumps({"task_index": i, "task": task}) for i, task in enumerate(tasks)]
    (source_root / "meta/tasks.jsonl").write_text("\n".join(lines))
    record = dataclasses.replace(run.record, backend="dataset")
    known = dataclasses.replace(with_source(run, path=source_root), record=record)

    inter = write_dataset(known, tmp_path / "i", profile="interndata")
    assert [json.loads(line)["task"] for line in (inter / "meta/tasks.jsonl").read_text().splitlines()] == tasks
    assert "source dataset" in info_of(inter)["l3rocc"]["conventions"]["observation.camera_extrinsic"]
    np.testing.assert_array_equal(
        column(inter, "observation.camera_extrinsic"), column(source_root, "observation.camera_extrinsic")
    )
    plain = write_dataset(known, tmp_path / "l", profile="lerobot")
    assert json.loads((plain / "meta/tasks.jsonl").read_text())["task"] == "Walk to the window."


def test_unicode_names_and_card(run: Run, tmp_path: Path) -> None:
    named = with_source(run, name="Büro – 会议室")
    root = write_dataset(named, tmp_path / "ü", profile="lerobot")
    card = (root / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n") and "data_files: data/*/*.parquet" in card and "# Büro – 会议室" in card
    back = open_dataset(root)
    assert back.source.name == "Büro – 会议室"
    back.source.close()


def test_events_tell_both_stages_to_the_end(run: Run, tmp_path: Path) -> None:
    events: list[ProgressEvent] = []
    write_dataset(run, tmp_path / "a", profile="lerobot", events=events.append)
    for stage in ("video", "dataset"):
        steps = [(event.done, event.total) for event in events if event.stage == stage]
        assert steps[-1] == (12, 12)
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)


@pytest.mark.parametrize("stage", ["video", "dataset"])
def test_cancel_leaves_nothing(run: Run, tmp_path: Path, stage: str) -> None:
    token = CancelToken()

    def stop(event: ProgressEvent) -> None:
        if event.stage == stage and event.done == 3:
            token.set()

    with pytest.raises(Cancelled):
        write_dataset(run, tmp_path / "a", profile="interndata", events=stop, cancel=token)
    assert list(tmp_path.iterdir()) == []


def test_failure_keeps_what_was_there(run: Run, copy_of: Callable, tmp_path: Path) -> None:
    old = copy_of("interndata")
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    broken = with_source(run, frames=lambda indices: iter([(0, run.source.frame(0))]))
    with pytest.raises(OutputError, match="1 pictures instead of 12"):
        write_dataset(broken, old, profile="lerobot", overwrite=True)
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["interndata"]


def test_overwrite_replaces_a_dataset_whole(run: Run, copy_of: Callable, tmp_path: Path) -> None:
    old = copy_of("interndata")
    with pytest.raises(OutputError, match="already exists"):
        write_dataset(run, old, profile="lerobot")
    write_dataset(run, old, profile="lerobot", overwrite=True)
    assert files_of(old) == LEROBOT_FILES
    assert [path.name for path in tmp_path.iterdir()] == ["interndata"]


def test_precious_folders_are_never_replaced(run: Run, tmp_path: Path) -> None:
    holiday = tmp_path / "holiday"
    holiday.mkdir()
    (holiday / "photo.jpg").write_text("x")
    with pytest.raises(OutputError, match="not a dataset"):
        write_dataset(run, holiday, profile="lerobot", overwrite=True)
    home = dataset_like(tmp_path / "home")
    own = with_source(run, path=home / "videos" / "x.mp4")
    with pytest.raises(OutputError, match="holds the input"):
        write_dataset(own, home, profile="lerobot", overwrite=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        write_dataset(run, tmp_path / "file", profile="lerobot", overwrite=True)
    (tmp_path / "empty").mkdir()
    assert files_of(write_dataset(run, tmp_path / "empty", profile="lerobot")) == LEROBOT_FILES


def test_parts_that_do_not_fit_are_refused(run: Run, tmp_path: Path) -> None:
    short = with_source(run, num_frames=11)
    with pytest.raises(OutputError, match="11 frames"):
        write_dataset(short, tmp_path / "a", profile="lerobot")
    with pytest.raises(OutputError, match="no dataset profile 'rlds'"):
        write_dataset(run, tmp_path / "a", profile="rlds")
    assert list(tmp_path.iterdir()) == []


def test_same_run_same_files(run: Run, pristine: dict[str, Path], tmp_path: Path) -> None:
    for profile, first in pristine.items():
        second = write_dataset(run, tmp_path / profile, profile=profile)
        for name in files_of(first):
            assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.parametrize("profile", ["interndata", "lerobot"])
def test_a_zoom_is_written_row_by_row_and_comes_back(run: Run, tmp_path: Path, profile: str) -> None:
    k = run.intrinsics
    numbers = np.tile([k.fx_px, k.fy_px, k.cx_px, k.cy_px], (run.num_frames, 1))
    numbers[:, :2] *= np.linspace(1.0, 1.5, run.num_frames)[:, None]
    rays = np.ones((5, 3), np.float32)
    zoomed = dataclasses.replace(
        run, zoom=ZoomTrack(numbers=numbers, width_px=k.width_px, height_px=k.height_px), view_rays=rays
    )
    folder = write_dataset(zoomed, tmp_path / "out", profile=profile)
    table = pq.read_table(next(folder.glob("data/chunk-000/*.parquet")))
    if profile == "interndata":
        rows = np.array(table["observation.camera_intrinsic"].to_pylist()).reshape(-1, 3, 3)
        rows = np.stack([rows[:, 0, 0], rows[:, 1, 1], rows[:, 0, 2], rows[:, 1, 2]], axis=1)
    else:
        rows = np.array(table["camera.intrinsics"].to_pylist())
    np.testing.assert_allclose(rows, numbers, rtol=1e-6)
    assert validate_dataset(folder).ok
    back = open_dataset(folder)
    assert back.zoom is not None
    np.testing.assert_array_equal(back.zoom.numbers, numbers)
    assert back.intrinsics_at(11).fx_px == pytest.approx(1.5 * k.fx_px)
    np.testing.assert_array_equal(back.rays_cam(), rays)
    back.source.close()
