"""What makes a stage complete."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from l3rocc_engine.errors import Cancelled, OutputError
from l3rocc_engine.pipeline import stage
from l3rocc_engine.pipeline.stage import damage_of, empty_stage, finish_stage, finished_stage
from l3rocc_engine.progress import CancelToken

BLOCK = 1 << 22


def filled(folder: Path) -> Path:
    empty_stage(folder)
    (folder / "cloud.npz").write_bytes(os.urandom(2 * BLOCK + 5))
    (folder / "notes.json").write_text("{}")
    return folder


def test_a_finished_stage_knows_its_files(tmp_path: Path) -> None:
    folder = filled(tmp_path / "cloud" / "key")
    mark = finish_stage(folder, "key", {"cloud": 1.5}, CancelToken())
    assert finished_stage(folder, "key") == mark
    assert {name: size for name, (size, _) in mark.files.items()} == {"cloud.npz": 2 * BLOCK + 5, "notes.json": 2}
    assert damage_of(folder, "key", CancelToken()) == ""


class StopsAfter(CancelToken):
    """Is asked to stop once it has been looked at so many times."""

    def __init__(self, num_looks: int) -> None:
        super().__init__()
        self.num_looks = num_looks

    def is_set(self) -> bool:
        self.num_looks -= 1
        if self.num_looks < 0:
            self.set()
        return super().is_set()


@pytest.mark.parametrize("num_blocks", [0, 2])
def test_checksums_can_be_stopped_at_each_block(
    tmp_path: Path, num_blocks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "GRACE_S", 0.0)
    folder = filled(tmp_path / "cloud" / "key")
    with pytest.raises(Cancelled):
        finish_stage(folder, "key", {}, StopsAfter(num_blocks))
    assert finished_stage(folder, "key") is None


def test_what_is_all_but_finished_when_somebody_stops_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "GRACE_S", 600.0)
    folder, cancel = filled(tmp_path / "cloud" / "key"), CancelToken()
    cancel.set()
    assert finish_stage(folder, "key", {}, cancel) == finished_stage(folder, "key")


def test_a_disk_that_takes_long_to_write_can_be_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, is_let_go, cancel = filled(tmp_path / "cloud" / "key"), threading.Event(), CancelToken()
    monkeypatch.setattr(stage, "fsync_path", lambda _path: is_let_go.wait(60.0))
    stopping = threading.Timer(0.2, cancel.set)
    stopping.start()
    with pytest.raises(Cancelled):
        finish_stage(folder, "key", {}, cancel)
    assert not is_let_go.is_set(), "nobody waited for the disk"
    is_let_go.set()
    stopping.join()
    assert finished_stage(folder, "key") is None


def test_a_disk_that_refuses_at_the_end_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path / "cloud" / "key")

    def refuse(_path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(stage, "fsync_path", refuse)
    with pytest.raises(OutputError, match=r"key cannot be written: No space left.*another disk"):
        finish_stage(folder, "key", {}, CancelToken())
    assert finished_stage(folder, "key") is None
