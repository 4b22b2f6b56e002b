from __future__ import annotations

import json
import os
from pathlib import Path

import psutil
import pytest

from l3rocc_engine.dataset import check_destination
from l3rocc_engine.errors import Cancelled, OutputError, ReconstructionError
from l3rocc_studio.cli.destination import check_file, work_folder, work_folder_of


def test_a_destination_that_would_be_refused_later_is_refused_at_once(tmp_path: Path) -> None:
    clip, folder = tmp_path / "pictures" / "clip.mp4", tmp_path / "pictures"
    folder.mkdir()
    clip.write_bytes(b"film")
    with pytest.raises(OutputError, match=r"clip\.mp4 is a file"):
        check_destination(clip, clip, overwrite=True)
    with pytest.raises(OutputError, match="already exists"):
        check_destination(folder, clip, overwrite=False)
    with pytest.raises(OutputError, match="holds the input"):
        check_destination(folder, clip, overwrite=True)
    with pytest.raises(OutputError, match="is not a dataset"):
        check_destination(folder, tmp_path / "other.mp4", overwrite=True)
    (folder / "meta").mkdir()
    (folder / "meta" / "info.json").write_text("{}")
    check_destination(folder, tmp_path / "other.mp4", overwrite=True)
    check_destination(tmp_path / "new", clip, overwrite=False)


@pytest.mark.parametrize("name", ["file.txt/run", "n" * 250])
def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("")
    with pytest.raises(OutputError, match="cannot be written"), work_folder_of(tmp_path / name):
        pass


def test_the_work_folder_stays_only_for_a_finished_stage(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(ReconstructionError), work_folder_of(out):
        raise ReconstructionError("no")
    assert not work_folder(out).exists()
    stage = work_folder(out) / "cloud" / "0123"
    with pytest.raises(ReconstructionError), work_folder_of(out):
        stage.mkdir(parents=True)
        (stage / "stage.json").write_text("{}")
        raise ReconstructionError("no")
    assert [item.name for item in work_folder(out).iterdir()] == ["cloud"]
    with work_folder_of(out):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_stop_says_where_the_finished_stages_are(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(Cancelled, match="before the first stage was finished"), work_folder_of(out):
        raise Cancelled("Stopped on request.")
    with pytest.raises(Cancelled) as stopped, work_folder_of(out) as work:
        stage = work / "cloud" / "0123"
        stage.mkdir(parents=True)
        (stage / "stage.json").write_text("{}")
        (stage / "points.bin").write_bytes(bytes(5_000_000))
        raise Cancelled("Stopped on request.")
    assert str(work_folder(out)) in str(stopped.value) and "5.0 MB" in str(stopped.value)


def test_two_processes_do_not_work_in_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "run"
    other = psutil.Process(os.getppid())
    owner = work_folder(out) / "owner.json"
    owner.parent.mkdir()
    owner.write_text(json.dumps({"pid": other.pid, "started_s": other.create_time()}))
    with pytest.raises(OutputError, match=f"process {other.pid}"), work_folder_of(out):
        pass
    assert owner.exists(), "the other run's mark is not ours to remove"
    owner.write_text(json.dumps({"pid": other.pid, "started_s": other.create_time() - 100}))
    with work_folder_of(out):
        assert json.loads(owner.read_text())["pid"] == os.getpid(), "that one was killed; its number was given anew"


def test_a_film_s_name_is_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "old.mp4").write_bytes(b"")
    check_file(tmp_path / "old.mp4", suffix=".mp4", overwrite=True)
    for name, words in (
        ("a.avi", "ends in .mp4"),
        ("folder.mp4", "is a folder"),
        ("old.mp4", "already exists"),
        ("old.mp4/a.mp4", "cannot be written"),
    ):
        with pytest.raises(OutputError, match=words):
            check_file(tmp_path / name, suffix=".mp4", overwrite=False)
