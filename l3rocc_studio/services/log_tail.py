"""The last lines of the log, kept for error reports."""

from __future__ import annotations

import logging
from collections import deque

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class LogTail(logging.Handler):
    """Keeps the newest log lines in memory."""

    def __init__(self, max_lines: int = 200) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=max_lines)
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self._lines.extend(self.format(record).splitlines())

    @property
    def lines(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self._lines)


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
