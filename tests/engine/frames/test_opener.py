"""Whatever is dropped on the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.episode import EpisodeSource
from l3rocc_engine.frames.images import ImageFolderSource
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.video import VideoSource
from tests.engine.frames.clips import Clip, write_clip
from tests.engine.frames.episodes import X264, write_interndata, write_pictures


def test_each_kind_is_recognised(tmp_path: Path) -> None:
    video = open_source(write_clip(tmp_path / "A.MP4", Clip(options=X264, num_frames=2)))
    assert isinstance(video, VideoSource) and video.name == "A"
    pictures = open_source(write_pictures(tmp_path / "p"), fps=5.0)
    assert isinstance(pictures, ImageFolderSource) and pictures.fps == 5.0
    episode = open_source(write_interndata(tmp_path / "walk"))
    assert isinstance(episode, EpisodeSource) and episode.cameras is not None


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing at"):
        open_source(tmp_path / "absent.mp4")


def test_folders_with_nothing_to_open_list_what_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(InputError, match=path.name) as caught:
            open_source(path)
        for word in ("mp4", "mkv", "png", "LeRobot", "InternData-N1"):
            assert word in caught.value.hint


def test_a_root_of_many_trajectories_names_the_first(tmp_path: Path) -> None:
    for number in range(1, 8):
        write_interndata(tmp_path / "group" / "scene" / f"trajectory_{number}")
    with pytest.raises(InputError) as caught:
        open_source(tmp_path)
    assert str(Path("scene", "trajectory_1")) in caught.value.hint
    assert "trajectory_7" not in caught.value.hint
    assert "and others" in caught.value.hint


def test_a_folder_of_videos_names_them(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", Clip(options=X264, num_frames=1))
    with pytest.raises(InputError) as caught:
        open_source(tmp_path)
    assert "a.mp4" in caught.value.hint


def test_parts_of_something_point_to_the_whole(tmp_path: Path) -> None:
    root = write_interndata(tmp_path / "walk")
    with pytest.raises(InputError, match="part of a dataset") as caught:
        open_source(root / "data" / "chunk-000" / "episode_000000.parquet")
    assert str(root) in caught.value.hint
    with pytest.raises(InputError, match="single picture") as caught:
        open_source(write_pictures(tmp_path / "p") / "3.jpg")
    assert "observation.images.rgb" in caught.value.hint


def test_an_episode_is_asked_of_datasets_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a dataset"):
        open_source(write_pictures(tmp_path), episode=0)
    assert open_source(write_interndata(tmp_path / "walk"), episode=0).num_frames == 6
