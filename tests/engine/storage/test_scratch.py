"""Temporary folders that nobody has to tidy up after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.scratch import scratch_folder, writing_scratch

HOLD = """
import sys, time
from l3rocc_engine.storage.scratch import scratch_folder
with scratch_folder("test") as folder:
    (folder / "large.npy").write_bytes(bytes(1000))
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder for the time of a test."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def aged(folder: Path) -> Path:
    os.utime(folder / "in-use.lock", (0.0, 0.0))
    return folder


def test_it_is_gone_after_use(place: Path) -> None:
    with pytest.raises(KeyError), scratch_folder("test") as folder:
        assert folder.parent == place
        (folder / "a").write_text("x")
        raise KeyError
    assert list(place.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_what_a_killed_program_left_goes_and_what_a_living_one_uses_stays(place: Path) -> None:
    programs = [subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    folders = []
    for program in programs:
        assert program.stdout is not None
        folders.append(aged(Path(program.stdout.readline().strip())))
    killed, living = folders
    programs[0].send_signal(signal.SIGKILL)
    programs[0].wait()
    try:
        with scratch_folder("other"):
            assert not killed.exists()
            assert (living / "large.npy").exists()
    finally:
        programs[1].kill()
        programs[1].wait()
        for program in programs:
            assert program.stdout is not None
            program.stdout.close()


def test_what_may_just_be_made_or_is_not_ours_stays(place: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "in-use.lock").touch()
    (place / "l3rocc-link").symlink_to(tmp_path / "mine")
    aged(tmp_path / "mine")
    for name in ("l3rocc-new", "l3rocc-unlocked", "others"):
        (place / name).mkdir()
    (place / "l3rocc-new" / "in-use.lock").touch()
    (place / "others" / "in-use.lock").touch()
    aged(place / "others")
    with scratch_folder("test"):
        pass
    assert {item.name for item in place.iterdir()} == {"l3rocc-link", "l3rocc-new", "l3rocc-unlocked", "others"}
    assert (tmp_path / "mine" / "in-use.lock").exists()


def test_no_place_for_it_is_a_sentence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_arguments: object) -> str:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(OutputError, match=r"The temporary folder .* cannot be written.*TMPDIR"), scratch_folder("test"):
        pass

    def none_is_usable() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none_is_usable)
    with pytest.raises(OutputError, match="No usable temporary directory"), scratch_folder("test"):
        pass


def test_a_full_temporary_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="TMPDIR"), writing_scratch(tmp_path):
        (tmp_path / "not" / "there").write_text("x")
