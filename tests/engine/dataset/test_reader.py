from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.dataset import is_our_dataset, open_dataset, write_dataset
from l3rocc_engine.errors import InputError
from l3rocc_engine.run import Run


@pytest.mark.parametrize("profile", ["interndata", "lerobot"])
def test_run_comes_back_exactly(pristine: dict[str, Path], run: Run, profile: str) -> None:
    back = open_dataset(pristine[profile])
    assert is_our_dataset(pristine[profile])
    for name in ("world_from_cam", "timestamps_s", "is_interpolated"):
        np.testing.assert_array_equal(getattr(back.trajectory, name), getattr(run.trajectory, name))
    for name in ("points_world", "colors", "confidence", "first_frame"):
        np.testing.assert_array_equal(getattr(back.cloud, name), getattr(run.cloud, name))
        assert getattr(back.cloud, name).dtype == getattr(run.cloud, name).dtype
    for name in ("centres_world", "count", "first_frame", "last_frame", "voxel_size"):
        np.testing.assert_array_equal(getattr(back.world, name), getattr(run.world, name))
    assert (back.config, back.record, back.intrinsics, back.world_up) == (
        run.config,
        run.record,
        run.intrinsics,
        run.world_up,
    )
    assert back.config.digest == run.config.digest
    assert (back.scale.method, back.scale.residual, back.scale.sim3.scale) == (
        run.scale.method,
        run.scale.residual,
        run.scale.sim3.scale,
    )
    np.testing.assert_array_equal(back.scale.sim3.matrix, run.scale.sim3.matrix)
    for i in range(run.num_frames):
        np.testing.assert_array_equal(back.occupancy.frame(i).occupied, run.occupancy.frame(i).occupied)
        np.testing.assert_array_equal(back.occupancy.frame(i).visible, run.occupancy.frame(i).visible)
    np.testing.assert_array_equal(back.occupancy.history(8, 3, 2), run.occupancy.history(8, 3, 2))
    np.testing.assert_array_equal(back.rays_cam(), run.rays_cam())
    back.source.close()


def test_source_is_the_video_under_the_old_name(pristine: dict[str, Path], run: Run) -> None:
    back = open_dataset(pristine["interndata"]).source
    assert (back.name, back.fps, back.size_px, back.num_frames) == ("room", 10, (96, 64), 12)
    assert back.path == pristine["interndata"]
    assert back.video_path is not None and back.video_path.is_file()
    assert np.abs(back.frame(5).astype(int) - run.source.frame(5)).mean() < 8
    assert [i for i, _ in back.frames([1, 4])] == [1, 4]
    assert back.cameras is None and len(back.fingerprint) > 8
    back.close()


def test_reopened_run_can_be_written_again(pristine: dict[str, Path], run: Run, tmp_path: Path) -> None:
    back = open_dataset(pristine["interndata"])
    again = open_dataset(write_dataset(back, tmp_path / "again", profile="lerobot"))
    np.testing.assert_array_equal(again.cloud.points_world, run.cloud.points_world)
    np.testing.assert_array_equal(again.trajectory.world_from_cam, run.trajectory.world_from_cam)
    assert again.source.name == "room"
    assert again.record == run.record
    again.source.close()
    back.source.close()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda root: (root / "meta/run.json").unlink(), "not a finished result"),
        (lambda root: (root / "meta/run.json").write_text("{"), "is damaged"),
        (lambda root: (root / "meta/run.json").write_text("{}"), "not written by this program"),
        (lambda root: (root / "meta/poses.npz").unlink(), r"poses\.npz is missing"),
        (lambda root: (root / "data/chunk-000/origin_pcd.ply").write_bytes(b"ply"), r"has 3 bytes"),
        (lambda root: change_manifest(root, format_version=99), "format version 99"),
        (lambda root: change_manifest(root, config={"voxel_size": -1}), "voxel_size"),
        (lambda root: change_manifest(root, intrinsics=[1, 2]), "is damaged"),
    ],
)
def test_incomplete_folders_are_refused(copy_of: Callable, damage: Callable, words: str) -> None:
    root = copy_of("interndata")
    damage(root)
    with pytest.raises(Exception, match=words) as caught:
        open_dataset(root)
    assert type(caught.value).__module__ == "l3rocc_engine.errors"


def change_manifest(root: Path, **changes: object) -> None:
    path = root / "meta/run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_no_such_episode(pristine: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no episode 1"):
        open_dataset(pristine["lerobot"], episode_idx=1)
    assert not is_our_dataset(tmp_path)


def test_a_refused_dataset_leaves_no_video_open(copy_of: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of("interndata")
    cloud = folder / "data" / "chunk-000" / "origin_pcd.ply"
    cloud.write_bytes(b"x" * cloud.stat().st_size)
    opened: list[Path] = []
    monkeypatch.setattr("l3rocc_engine.dataset.recorded_source.VideoSource", opened.append)
    with pytest.raises(InputError, match="not a PLY file"):
        open_dataset(folder)
    assert not opened
