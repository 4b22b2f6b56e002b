from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.frames.finder import FoundKind, find_inputs
from l3rocc_engine.progress import CancelToken


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def dataset(root: Path, *episodes: int) -> None:
    touch(root / "meta" / "info.json")
    for number in episodes:
        touch(root / "data" / "chunk-000" / f"episode_{number:06d}.parquet")
        touch(root / "videos" / "chunk-000" / "observation.images.rgb" / f"episode_{number:06d}.mp4")


def test_a_tree_of_trajectories_and_videos_is_listed_in_order(tmp_path: Path) -> None:
    for name in ("trajectory_2", "trajectory_1"):
        dataset(tmp_path / "group" / "scene" / name, 0)
    dataset(tmp_path / "many", 0, 3, 7)
    touch(tmp_path / "clips" / "b.mp4")
    touch(tmp_path / "clips" / "A.MOV")
    touch(tmp_path / "clips" / "notes.txt")
    touch(tmp_path / "frames" / "0.png")
    touch(tmp_path / ".hidden" / "c.mp4")
    found = find_inputs(tmp_path)
    assert [each.label for each in found] == [
        "clips/A.MOV",
        "clips/b.mp4",
        "frames",
        "group/scene/trajectory_1",
        "group/scene/trajectory_2",
        "many, episode 0",
        "many, episode 3",
        "many, episode 7",
    ]
    assert [each.episode for each in found] == [None] * 5 + [0, 3, 7]
    assert {each.kind for each in found[:3]} == {FoundKind.VIDEO, FoundKind.PICTURES}


def test_a_dataset_itself_and_an_empty_folder(tmp_path: Path) -> None:
    dataset(tmp_path / "one", 0)
    assert [each.label for each in find_inputs(tmp_path / "one")] == ["one"]
    (tmp_path / "nothing").mkdir()
    assert find_inputs(tmp_path / "nothing") == []


def test_what_is_no_folder_is_refused_and_a_search_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder"):
        find_inputs(tmp_path / "gone")
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        find_inputs(tmp_path, cancel=cancel)
