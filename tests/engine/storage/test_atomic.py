from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.atomic import atomic_file, atomic_folder, writing

KILLED_WHILE_WRITING = """
import os, sys
from pathlib import Path
from l3rocc_engine.storage.atomic import atomic_file, atomic_folder, write_json
out = Path(sys.argv[1])
with atomic_folder(out / "run") as folder, atomic_file(out / "film.mp4") as film:
    write_json(folder / "a.json", {})
    film.write_bytes(b"half")
    os._exit(9)
"""


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path)], check=False)
    assert len(names(tmp_path)) == 2, "both are half-written, neither under its name"
    mine = tmp_path / ".film.notes.mp4"
    mine.write_text("of the user")
    with atomic_folder(tmp_path / "run") as folder:
        (folder / "new.txt").write_text("whole")
    with atomic_file(tmp_path / "film.mp4") as film:
        film.write_bytes(b"whole")
    assert names(tmp_path) == [".film.notes.mp4", "film.mp4", "run"]
    assert names(tmp_path / "run") == ["new.txt"]


def test_what_this_process_lost_with_a_share_goes_when_that_is_back(tmp_path: Path) -> None:
    share, away = tmp_path / "share", tmp_path / "away"
    share.mkdir()
    with pytest.raises(OutputError), atomic_folder(share / "run") as folder:
        (folder / "half.txt").write_text("half")
        share.rename(away)
    away.rename(share)
    assert len(names(share)) == 1, "it could not be removed while the share was away"
    with atomic_folder(share / "run") as folder:
        (folder / "new.txt").write_text("whole")
    assert names(share) == ["run"]


def test_files_of_a_living_writer_are_left_alone(tmp_path: Path) -> None:
    with atomic_file(tmp_path / "a.txt") as first:
        first.write_text("first")
        with atomic_file(tmp_path / "a.txt") as second:
            second.write_text("second")
        assert first.read_text() == "first"
    assert (tmp_path / "a.txt").read_text() == "first"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_that_was_set_aside_comes_back_if_the_swap_was_cut_short(tmp_path: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    aside = tmp_path / f".run.{int(dead.stdout)}-0123abcd.replaced"
    aside.mkdir()
    (aside / "old.txt").write_text("years of work")
    with pytest.raises(OutputError, match="already exists"), atomic_folder(tmp_path / "run"):
        pass
    assert (tmp_path / "run" / "old.txt").read_text() == "years of work"
    assert names(tmp_path) == ["run"]


def test_the_old_folder_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "old.txt").write_text("years of work")
    replace = os.replace

    def fail_for_the_new_one(source: Path, target: Path) -> None:
        if ".partial" in source.name:
            raise OSError(errno.EIO, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_for_the_new_one)
    with pytest.raises(OutputError, match="Input/output error"), atomic_folder(tmp_path / "run", overwrite=True):
        pass
    assert names(tmp_path) == ["run"]
    assert names(tmp_path / "run") == ["old.txt"]


def test_a_file_where_a_folder_should_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("")
    with pytest.raises(OutputError, match="cannot be written"), atomic_file(tmp_path / "file.txt" / "a.json"):
        pass
    with pytest.raises(OutputError, match="cannot be written"), atomic_folder(tmp_path / "file.txt" / "run"):
        pass


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, writing(tmp_path / "run"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.message == f"{tmp_path / 'run'} cannot be written: No space left on device."
    assert "Free some space" in caught.value.hint
