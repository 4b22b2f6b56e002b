"""Finished stages on disk: a folder is complete when its mark is there, and believed when its files are as noted."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import fsync_path, write_json, writing
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.space import file_size

_MARK = "stage.json"
_BLOCK_BYTES = 1 << 22
_PATIENCE_S = 0.1
GRACE_S = 0.3
"""Seconds that the end of a stage may take after somebody asked to stop."""


def stage_key(*parts: Any) -> str:
    """Hash of everything a stage's result depends on, 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMark:
    """What was noted when a stage was finished.

    Attributes
    ----------
    key
        Of the inputs and settings that it was made of.
    stage_s
        Seconds that its steps took.
    files
        Size and CRC-32 of every file by its name.
    """

    key: str
    stage_s: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def seal(self) -> str:
        """Tells a damaged mark from a whole one."""
        return stage_key(self.key, dict(self.stage_s), {name: list(facts) for name, facts in self.files.items()})


def finished_stage(folder: Path, key: str) -> StageMark | None:
    """The mark of a finished stage; None if it is absent, damaged or of another key, or a file has another size."""
    mark = _read_mark(folder)
    if mark is None or mark.key != key:
        return None
    return mark if all(file_size(folder / name) == size for name, (size, _) in mark.files.items()) else None


def damage_of(folder: Path, key: str, cancel: CancelToken) -> str:
    """What is wrong with a stage that was finished once, in a few words; empty if it is whole or never was.

    Every byte of its files is read: bits can rot, and a result that is gone on with must be the one that was made.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    if not (folder / _MARK).exists():
        return ""
    mark = _read_mark(folder)
    if mark is None or mark.key != key:
        return f"{_MARK} is damaged"
    for name, (size, checksum) in mark.files.items():
        try:
            if file_size(folder / name) != size:
                return f"{name} is missing or cut off"
            if _checksum(folder / name, cancel.check) != checksum:
                return f"bits of {name} have changed"
        except OSError as error:
            return f"{name} cannot be read: {error.strerror or error}"
    return ""


def finish_stage(folder: Path, key: str, stage_s: Mapping[str, float], cancel: CancelToken) -> StageMark:
    """Mark a stage as complete; call it last.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    Cancelled
        If asked to stop and there is more than a moment's work left; the stage is not complete then.
    """
    check = _checking_soon(cancel)
    with writing(folder):
        items = sorted(folder.iterdir())
        flush = _Flush(items)
        files = {item.name: (item.stat().st_size, _checksum(item, check)) for item in items}
        flush.wait(check)  # on the disk before the mark is, lest a power cut leave a mark on empty files
    mark = StageMark(key=key, stage_s=stage_s, files=files)
    values = {"key": key, "stage_s": dict(stage_s), "files": files, "seal": mark.seal()}
    write_json(folder / _MARK, values)
    return mark


def _checking_soon(cancel: CancelToken) -> Callable[[], None]:
    """A check that lets a moment pass after the wish to stop: a stage that is all but finished is worth keeping."""
    asked_s: float | None = None

    def check() -> None:
        nonlocal asked_s
        if cancel.is_set():
            now_s = time.monotonic()
            asked_s = now_s if asked_s is None else asked_s
            if now_s - asked_s >= GRACE_S:
                cancel.check()

    return check


class _Flush:
    """Files on their way to the disk; in a thread, since the system's call cannot be stopped."""

    def __init__(self, items: Sequence[Path]) -> None:
        self._items = items
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="flush", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for item in self._items:
                fsync_path(item)
        except OSError as error:
            self._problem = error

    def wait(self, check: Callable[[], None]) -> None:
        while self._thread.is_alive():
            check()
            self._thread.join(_PATIENCE_S)
        if self._problem is not None:
            raise self._problem


def has_finished_stage(workdir: Path) -> bool:
    """Whether any stage below a run's folder is complete, so that another run may go on from it."""
    return any(workdir.glob(f"*/*/{_MARK}"))


def empty_stage(folder: Path) -> None:
    """Make a stage's folder anew, without what an interrupted run left in it.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    with writing(folder):
        (folder / _MARK).unlink(missing_ok=True)  # first: what is left of a removal must not look finished
        shutil.rmtree(folder, ignore_errors=True)
        make_folders(folder.parent)
        folder.mkdir()


def remove_old_stages(folder: Path, *, num_kept: int) -> None:
    """Remove the results beside a stage's folder but for the ``num_kept`` that were used last."""
    with suppress(OSError):  # room is won the next time
        others = [other for other in folder.parent.iterdir() if other.is_dir() and other != folder]
        others.sort(key=lambda other: other.stat().st_mtime, reverse=True)
        for other in others[num_kept:]:
            shutil.rmtree(other, ignore_errors=True)


def _read_mark(folder: Path) -> StageMark | None:
    try:
        values = read_json(folder / _MARK)
        files = {str(name): (int(size), int(checksum)) for name, (size, checksum) in values["files"].items()}
        mark = StageMark(key=values["key"], stage_s=values["stage_s"], files=files)
        return mark if mark.seal() == values["seal"] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def _checksum(path: Path, check: Callable[[], None]) -> int:
    checksum = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            check()
            checksum = zlib.crc32(block, checksum)
    return checksum
