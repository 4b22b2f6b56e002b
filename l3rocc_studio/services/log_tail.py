"""The newest records of the log, kept for the log panel and for error reports."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_REPORTED_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One record as text.

    Attributes
    ----------
    number
        Counts up from 0 without gaps, also past entries that were dropped.
    level
        As in :mod:`logging`.
    text
        One or more lines.
    """

    number: int
    level: int
    text: str


class LogTail(logging.Handler):
    """Keeps the newest records in memory; safe to read from any thread."""

    def __init__(self, max_entries: int = 5000) -> None:
        super().__init__(logging.INFO)
        self._entries: deque[LogEntry] = deque(maxlen=max_entries)
        self._count = 0
        self._guard = threading.Lock()
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        text = self.format(record)
        with self._guard:
            self._entries.append(LogEntry(number=self._count, level=record.levelno, text=text))
            self._count += 1

    @property
    def count(self) -> int:
        """Records seen so far, dropped ones included."""
        return self._count

    def entries(self, since: int = 0) -> tuple[LogEntry, ...]:
        """Entries from a number on that are still kept, oldest first."""
        with self._guard:
            return tuple(entry for entry in self._entries if entry.number >= since)

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines, oldest first."""
        lines = [line for entry in self.entries() for line in entry.text.splitlines()]
        return tuple(lines[-_REPORTED_LINES:])


def keep_log_tail() -> LogTail:
    """Attach a tail to this program's loggers; the same one each time."""
    names = ("l3rocc_engine", "l3rocc_studio")
    found = [handler for handler in logging.getLogger(names[0]).handlers if isinstance(handler, LogTail)]
    if found:
        return found[0]
    tail = LogTail()
    for name in names:
        logger = logging.getLogger(name)
        logger.addHandler(tail)
        logger.setLevel(logging.INFO)
    return tail
