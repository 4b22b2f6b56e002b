from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_studio.services.input_check import InputKind, glance, glance_at_all


@pytest.mark.parametrize("name", ["a.mp4", "A.MOV", "b.mkv", "c.avi", "d.webm"])
def test_videos_are_sources(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert glance(tmp_path / name).kind is InputKind.SOURCE


@pytest.mark.parametrize(
    ("name", "reason"), [("notes.txt", "not a video"), ("one.jpg", "folder of the whole sequence")]
)
def test_other_files_are_refused_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / name).touch()
    judged = glance(tmp_path / name)
    assert judged.kind is None
    assert name in judged.refusal
    assert reason in judged.refusal


def test_folders_are_runs_by_their_record_and_sources_otherwise(tmp_path: Path) -> None:
    (tmp_path / "run" / "meta").mkdir(parents=True)
    (tmp_path / "run" / "meta" / "run.json").touch()
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "0.png").touch()
    (tmp_path / "empty").mkdir()
    assert glance(tmp_path / "run").kind is InputKind.RUN
    assert glance(tmp_path / "images").kind is InputKind.SOURCE
    assert "empty" in glance(tmp_path / "empty").refusal


def test_what_is_not_there_or_is_too_much_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in glance(tmp_path / "gone.mp4").refusal
    assert glance_at_all([]).kind is None
    several = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    assert "2 items" in glance_at_all(several).refusal
