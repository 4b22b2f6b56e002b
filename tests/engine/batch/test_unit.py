"""What a batch finds, and where it will put it."""

from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.batch.unit import STATE_FOLDER, list_targets
from l3rocc_engine.errors import InputError


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_the_output_mirrors_the_input(tmp_path: Path) -> None:
    trajectory = tmp_path / "group" / "scene" / "trajectory_1"
    _touch(trajectory / "meta/info.json", trajectory / "data/chunk-000/episode_000000.parquet")
    _touch(tmp_path / "films/a.mp4", tmp_path / "films/b.mov", tmp_path / "films/b.mp4")
    names = [str(target.name) for target in list_targets(tmp_path)]
    assert names == ["films/a", "films/b_mov", "films/b_mp4", "group/scene/trajectory_1"]


def test_episodes_of_one_dataset_are_units_of_one_folder(tmp_path: Path) -> None:
    _touch(
        tmp_path / "set/meta/info.json", *(tmp_path / f"set/data/chunk-000/episode_{i:06d}.parquet" for i in range(3))
    )
    (target,) = list_targets(tmp_path)
    assert [unit.name for unit in target.units] == ["set#000000", "set#000001", "set#000002"]
    assert target.has_several
    assert len({unit.key for unit in target.units}) == 3
    (alone,) = list_targets(tmp_path / "set")
    assert str(alone.name) == "set"


def test_working_files_and_kept_originals_are_no_inputs(tmp_path: Path) -> None:
    _touch(tmp_path / "clip.mp4", tmp_path / STATE_FOLDER / "units/x/result/clip.mp4")
    _touch(tmp_path / ".t.before-l3rocc/meta/info.json")
    assert [str(target.name) for target in list_targets(tmp_path)] == ["clip"]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no trajectory"):
        list_targets(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        list_targets(tmp_path / "gone")
