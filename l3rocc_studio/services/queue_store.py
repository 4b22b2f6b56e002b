"""The queue on disk: one JSON file, and a log a entry."""

from __future__ import annotations

import csv
import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.storage.atomic import atomic_file, write_json
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.process_note import was_started_before
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import QueueItem, queue_item_from_dict

FORMAT, FORMAT_VERSION = "l3rocc-queue", 1
OWNER_FILE = "owner"
_log = logging.getLogger(__name__)


class QueueStore:
    """Keeps a queue in a folder.

    Parameters
    ----------
    folder
        Holds ``queue.json`` and ``logs/``; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_ours = True

    @property
    def is_ours(self) -> bool:
        """Whether this program may change the queue."""
        return self._is_ours

    def take(self) -> bool:
        """Make the queue this program's, unless one that runs has it; then nothing is written here any more."""
        owner = self._folder / OWNER_FILE
        try:
            self._is_ours = not _is_running(owner)
            if self._is_ours:
                self._folder.mkdir(parents=True, exist_ok=True)
                owner.write_text(str(os.getpid()), encoding="utf-8")
        except OSError as error:
            _log.warning("The queue in %s cannot be taken: %s", self._folder, error)
        return self._is_ours

    def give_back(self) -> None:
        """Let another program have the queue."""
        if self._is_ours:
            (self._folder / OWNER_FILE).unlink(missing_ok=True)

    @property
    def file(self) -> Path:
        """Where the entries are."""
        return self._folder / "queue.json"

    def log_file(self, key: str) -> Path:
        """Where the log of an entry is."""
        return self._folder / "logs" / f"{key}.log"

    def load(self) -> Queue:
        """The queue as it was left; an entry that ran when the program ended is interrupted.

        A file that cannot be read is set aside, so that nothing is lost and the program goes on.
        """
        if not self.file.is_file():
            return Queue()
        try:
            values = read_json(self.file)
            queue = queue_from_dict(values)
        except (OSError, ValueError, InputError) as error:
            aside = self.file.with_suffix(".unreadable.json")
            os.replace(self.file, aside)
            _log.warning("The queue %s cannot be read and was set aside as %s: %s", self.file, aside, error)
            return Queue()
        queue.interrupt()
        return queue

    def save(self, values: dict[str, Any]) -> None:
        """Write what :func:`queue_to_dict` made, atomically.

        Raises
        ------
        OutputError
            If the folder cannot be written.
        """
        if self._is_ours:
            write_json(self.file, values)

    def begin_log(self, item: QueueItem) -> ItemLog:
        """Go on with the log of an entry."""
        return ItemLog(self.log_file(item.key))

    def read_log(self, key: str) -> str:
        """The log of an entry; empty if it never ran."""
        try:
            return self.log_file(key).read_text(encoding="utf-8")
        except OSError:
            return ""

    def forget_logs(self, kept: Iterable[str]) -> None:
        """Remove the logs of entries that are gone."""
        if not self._is_ours:
            return
        names = {self.log_file(key).name for key in kept}
        for path in self._folder.glob("logs/*.log"):
            if path.name not in names:
                path.unlink(missing_ok=True)


def _is_running(owner: Path) -> bool:
    """Whether another program has the queue and still runs; its number may have gone to a younger one."""
    try:
        number = int(owner.read_text(encoding="utf-8"))
        return number != os.getpid() and was_started_before(number, owner.stat().st_mtime)
    except (OSError, ValueError):
        return False


class ItemLog:
    """Appends lines with the time of day; a log that cannot be written must not stop the work."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_broken = False

    def write(self, text: str) -> None:
        """Add a line."""
        if self._is_broken:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}\n")
        except OSError as error:
            self._is_broken = True
            _log.warning("The log %s cannot be written: %s", self._path, error)


def queue_to_dict(queue: Queue) -> dict[str, Any]:
    """Plain values for JSON."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "is_paused": queue.is_paused,
        "items": [item.to_dict() for item in queue.items],
    }


def queue_from_dict(values: Any) -> Queue:
    """Read a queue as :func:`queue_to_dict` writes it.

    Raises
    ------
    InputError
        If it is not a queue of a version that is known.
    """
    if not isinstance(values, dict) or values.get("format") != FORMAT or not isinstance(values.get("items"), list):
        raise InputError("This is not a queue.")
    if values.get("format_version") != FORMAT_VERSION:
        raise InputError(f"The queue has the version {values.get('format_version')}; this program reads version 1.")
    return Queue(map(queue_item_from_dict, values["items"]), is_paused=bool(values.get("is_paused")))


REPORT_COLUMNS = (
    "name", "path", "episode", "state", "review", "backend", "frames", "keyframes", "points", "metric", "seconds",
    "error",
)  # fmt: skip


def write_report(items: Iterable[QueueItem], path: Path) -> Path:
    """Write what became of every entry and its review, as CSV, or as JSON if the name ends so.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    rows = [_report_row(item) for item in items]
    if path.suffix.lower() == ".json":
        write_json(path, rows)
        return path
    if path.suffix.lower() != ".csv":
        raise OutputError(f"A report ends in .csv or .json, not {path.suffix or 'nothing'}.", "Choose another name.")
    with atomic_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, REPORT_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _report_row(item: QueueItem) -> dict[str, Any]:
    result = item.result
    return {
        "name": item.name,
        "path": str(item.path),
        "episode": item.episode,
        "state": item.state.value,
        "review": item.review.value,
        "backend": result.backend if result else None,
        "frames": result.num_frames if result else None,
        "keyframes": result.num_keyframes if result else None,
        "points": result.num_points if result else None,
        "metric": result.is_metric if result else None,
        "seconds": round(result.seconds, 1) if result else None,
        "error": item.error or None,
    }
