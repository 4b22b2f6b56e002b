"""What a batch finds, and where it will put it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from l3rocc_engine.batch.input_hash import input_hashes
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
    with pytest.raises(InputError, match="is not a folder"):
        list_targets(tmp_path / "gone")


def test_no_output_lies_inside_another(tmp_path: Path) -> None:
    _touch(tmp_path / "a/1.png", tmp_path / "a/b/clip.mp4", tmp_path / "a.mp4")
    names = [target.name for target in list_targets(tmp_path)]
    assert len(set(names)) == 3
    assert not any(one in other.parents for one in names for other in names), names


def test_nothing_is_left_out_however_deep_or_many(tmp_path: Path) -> None:
    _touch(tmp_path / "1/2/3/4/5/6/7/8/9/clip.mp4")
    assert len(list_targets(tmp_path)) == 1


def test_one_episodes_file_counts_for_that_episode_only(tmp_path: Path) -> None:
    tables = [tmp_path / f"set/data/chunk-000/episode_{i:06d}.parquet" for i in range(3)]
    _touch(tmp_path / "set/meta/info.json", *tables)
    (target,) = list_targets(tmp_path)
    before = input_hashes(target)
    os.utime(tables[1], ns=(1, 1))
    after = input_hashes(target)
    assert [name for name in before if before[name] != after[name]] == ["set#000001"]
    os.utime(tmp_path / "set/meta/info.json", ns=(1, 1))
    assert all(input_hashes(target)[name] != after[name] for name in before)
    tables[0].rename(tmp_path / "away")
    (tmp_path / "set").rename(tmp_path / "gone")
    assert set(input_hashes(target).values()) == {None}
