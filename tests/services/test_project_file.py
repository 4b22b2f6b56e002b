from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.services.project_file import FORMAT, RecoveryFolder, load_project, save_project


def parts_of(source: Path, workdir: Path | None = None) -> dict[str, object]:
    return {
        "source": {"path": str(source), "episode": None, "workdir": None if workdir is None else str(workdir)},
        "timeline": {"frame": 3},
        "from_the_future": {"x": [1, 2]},
    }


def test_a_project_comes_back_with_parts_that_nobody_knows(tmp_path: Path) -> None:
    video = tmp_path / "clip.mp4"
    video.touch()
    save_project(parts_of(video), tmp_path / "a.l3rocc")
    assert load_project(tmp_path / "a.l3rocc") == parts_of(video)


def test_project_and_source_can_be_moved_together(tmp_path: Path) -> None:
    old = tmp_path / "old"
    (old / "videos").mkdir(parents=True)
    (old / "videos" / "clip.mp4").touch()
    (old / "work").mkdir()
    save_project(parts_of(old / "videos" / "clip.mp4", old / "work"), old / "a.l3rocc")
    old.rename(tmp_path / "new")
    source = load_project(tmp_path / "new" / "a.l3rocc")["source"]
    assert source["path"] == str(tmp_path / "new" / "videos" / "clip.mp4")
    assert source["workdir"] == str(tmp_path / "new" / "work")


def test_a_source_that_stays_where_it_was_is_found_from_a_moved_project(tmp_path: Path) -> None:
    video = tmp_path / "clip.mp4"
    video.touch()
    save_project(parts_of(video), tmp_path / "a.l3rocc")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.l3rocc").rename(tmp_path / "deep" / "er" / "a.l3rocc")
    assert load_project(tmp_path / "deep" / "er" / "a.l3rocc")["source"]["path"] == str(video)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "damaged or not a project"),
        ("[1, 2]", "not a project of this program"),
        ('{"format": "other"}', "not a project of this program"),
        (json.dumps({"format": FORMAT, "format_version": 7, "parts": {}}), "newer version"),
        (json.dumps({"format": FORMAT, "format_version": 1}), "no parts"),
        ("[" * 100_000, "damaged or not a project"),
    ],
)
def test_what_is_no_project_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.l3rocc"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        load_project(file)
    assert "a.l3rocc" in caught.value.message


def test_a_project_that_is_gone_or_binary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_project(tmp_path / "gone.l3rocc")
    (tmp_path / "b.l3rocc").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="damaged"):
        load_project(tmp_path / "b.l3rocc")


def dead_pid() -> int:
    """The number of a program that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_only_what_a_dead_program_left_behind_is_offered(tmp_path: Path) -> None:
    folder = RecoveryFolder(tmp_path / "recovery")
    assert folder.left_behind() is None
    video = tmp_path / "clip.mp4"
    video.touch()
    folder.keep(parts_of(video), project_path=tmp_path / "p.l3rocc", name="p")
    assert folder.left_behind() is None, "this program still runs"
    left = folder.own_file.rename(folder.own_file.with_name(f"{dead_pid()}.l3rocc"))
    broken = left.with_name(f"{dead_pid()}.l3rocc")
    broken.write_text("{", encoding="utf-8")
    os.utime(broken, (time.time() + 5, time.time() + 5))
    found = folder.left_behind()
    assert found is not None
    assert (found.name, found.project_path, found.file) == ("p", tmp_path / "p.l3rocc", left)
    assert found.parts["timeline"] == {"frame": 3}
    assert not broken.exists()
    folder.keep(parts_of(video), project_path=None, name="q")
    folder.forget_own()
    assert not folder.own_file.exists()
