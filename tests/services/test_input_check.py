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


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in glance(tmp_path / "gone.mp4").refusal
    assert glance_at_all([]).inputs == ()
    assert "computer" in glance_at_all([]).refusal
    several = [tmp_path / f"{name}.mp4" for name in "abcde"]
    refusal = glance_at_all(several).refusal
    assert "a.mp4 does not exist." in refusal
    assert "And 2 more." in refusal


def test_several_are_for_the_queue_and_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mov", "notes.txt", "p.l3rocc"):
        (tmp_path / name).touch()
    (tmp_path / "run" / "meta").mkdir(parents=True)
    (tmp_path / "run" / "meta" / "run.json").touch()
    judged = glance_at_all([tmp_path / name for name in ("a.mp4", "b.mov", "notes.txt", "p.l3rocc", "run")])
    assert [path.name for path in judged.paths] == ["a.mp4", "b.mov"]
    assert judged.refusal == ""
    assert len(judged.left_out) == 3
    assert "drop it alone" in " ".join(judged.left_out)


def test_one_thing_is_judged_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "p.l3rocc").touch()
    assert glance_at_all([tmp_path / "p.l3rocc"]).inputs[0].kind is InputKind.PROJECT
    (tmp_path / "notes.txt").touch()
    assert "not a video" in glance_at_all([tmp_path / "notes.txt"]).refusal
