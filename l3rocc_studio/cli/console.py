"""What the command line says: a bar for people on the error stream, or JSON lines for machines on the output."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.text import Text

from l3rocc_engine.progress import ProgressEvent, StageClock, StageStatus, stage_label

_ROW_TITLE = 40
_LEAST_RATE = 0.1
LOG_INTERVAL_S = 15.0
LEAST_BYTES = 10_000_000
"""Totals of a check from here on are bytes of a file, not a number of rules."""


class OutputClosed(Exception):
    """Nobody reads the output any more, as behind ``| head``; no :class:`OSError`, for no file is to blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One of several things that go on at once.

    Attributes
    ----------
    name
        Which.
    share
        Done share in [0, 1]; None while it is not known.
    text
        What is being done, for people.
    """

    name: str
    share: float | None
    text: str


class Reporter(Protocol):
    """Where a command sends progress, remarks and its result."""

    def event(self, event: ProgressEvent) -> None:
        """Show how far a stage is."""
        ...

    def under_way(self, rows: Sequence[Row], left_s: float | None) -> None:
        """Show all that goes on at once within the stage, and the seconds left of the stage where they are known."""
        ...

    def remark(self, text: str) -> None:
        """Say something the user should know: a warning, a choice that was made."""
        ...

    def result(self, text: str, facts: dict[str, Any]) -> None:
        """Give the outcome: words for people, facts for machines."""
        ...

    def error(self, message: str, hint: str) -> None:
        """Tell what went wrong and what to do."""
        ...

    def close(self) -> None:
        """Leave the terminal tidy."""
        ...


def duration(seconds: float) -> str:
    """Seconds as people read them: ``8 s``, ``2:05``, ``1:02:05``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class TerminalReporter:
    """Bars with rate and time left on the error stream; where that is no terminal, a line when a stage ends.

    A stage that takes long has a line every ``LOG_INTERVAL_S`` as well.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._clock = StageClock()
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TextColumn("{task.fields[pace]}"),
            console=self._console,
            refresh_per_second=5,
        )
        self._stage = ""
        self._task: TaskID | None = None
        self._rows: dict[str, TaskID] = {}
        self._logged: tuple[str, int] | None = None
        self._next_log_s = time.monotonic() + LOG_INTERVAL_S
        if self._console.is_terminal:
            self._bars.start()

    def event(self, event: ProgressEvent) -> None:
        """Move the bar of the event's stage; what a stage says before it starts is printed as a note."""
        if event.message and not event.total:
            self.remark(event.message)
            return
        status = self._clock.status(event)
        if self._console.is_terminal:
            self._move_bar(status)
        else:
            self._log(status)

    def under_way(self, rows: Sequence[Row], left_s: float | None) -> None:
        """A bar each below that of the stage; a log has no room for that."""
        if not self._console.is_terminal:
            return
        for name in self._rows.keys() - {row.name for row in rows}:
            self._bars.remove_task(self._rows.pop(name))
        for row in rows:
            if row.name not in self._rows:
                self._rows[row.name] = self._bars.add_task(_row_title(row.name), total=None, count="", pace="")
            count, total = ("", None) if row.share is None else (f"{100 * row.share:.0f} %", 1.0)
            self._bars.update(self._rows[row.name], completed=row.share or 0.0, total=total, count=count, pace=row.text)
        if self._task is not None and left_s is not None:
            self._bars.update(self._task, pace=f"{duration(left_s)} left")

    def remark(self, text: str) -> None:
        """Print a note above the bars."""
        self._print(Text.assemble(("note", "yellow"), " ", text))

    def result(self, text: str, facts: dict[str, Any]) -> None:
        """Print the outcome on the output stream."""
        del facts
        self.close()
        encoding = sys.stdout.encoding or "utf-8"
        write_line(text.encode(encoding, "backslashreplace").decode(encoding))

    def error(self, message: str, hint: str) -> None:
        """Print the problem, then the hint on its own line."""
        self.close()
        self._print(Text.assemble(("error", "bold red"), " ", message))
        if hint:
            self._print(Text(f"      {hint}"))

    def close(self) -> None:
        """Stop the bars; where there were none, stopping them would print an empty line."""
        if self._console.is_terminal:
            self._bars.stop()

    def _print(self, text: Text) -> None:
        """Print words that are not ours: brackets in a file's name are no markup."""
        self._console.print(text, soft_wrap=True)

    def _move_bar(self, status: StageStatus) -> None:
        event = status.event
        if event.stage != self._stage:
            self._stage = event.stage
            self._task = self._bars.add_task(stage_label(event.stage), total=None, count="", pace="")
        if self._task is not None:
            total = event.total or None
            self._bars.update(
                self._task, completed=event.done, total=total, count=count_text(event), pace=pace_text(status)
            )

    def _log(self, status: StageStatus) -> None:
        event, now_s = status.event, time.monotonic()
        is_end = bool(event.total) and event.done >= event.total
        if (not is_end and now_s < self._next_log_s) or (event.stage, event.done) == self._logged:
            return
        self._logged, self._next_log_s = (event.stage, event.done), now_s + LOG_INTERVAL_S
        self._print(Text(f"{stage_label(event.stage)}  {count_text(event)}  {pace_text(status)}".rstrip()))


def _row_title(name: str) -> str:
    """The end of a long name tells more than its beginning; brackets in it are no markup."""
    return escape(f"  {name}" if len(name) <= _ROW_TITLE else f"  …{name[1 - _ROW_TITLE :]}")


def count_text(event: ProgressEvent) -> str:
    """How much of how much."""
    if not event.total:
        return "…"
    if _is_bytes(event):
        return f"{event.done / 1e6:,.0f} of {event.total / 1e6:,.0f} MB"
    return f"{event.done}/{event.total}"


def _is_bytes(event: ProgressEvent) -> bool:
    """Whether a stage counts bytes: the weights on their way and when they are read; other checks count rules."""
    return event.stage in ("download", "copy", "check") and event.total >= LEAST_BYTES


def pace_text(status: StageStatus) -> str:
    """Rate and time left of a stage, empty while nothing is known."""
    event = status.event
    if not event.done or status.elapsed_s < 0.5:
        return ""
    if not status.left_s:
        return f"{_rate_text(event, event.done / status.elapsed_s)}, took {duration(status.elapsed_s)}"
    rate = (event.total - event.done) / status.left_s  # of what was done since the stage began
    return f"{_rate_text(event, rate)}, {duration(status.left_s)} left"


def _rate_text(event: ProgressEvent, rate: float) -> str:
    if _is_bytes(event):
        return f"{rate / 1e6:.1f} MB/s"
    if rate >= _LEAST_RATE:
        return f"{rate:.1f}/s"
    return f"{60 * rate:.1f}/min" if 60 * rate >= _LEAST_RATE else f"{3600 * rate:.1f}/h"


class JsonReporter:
    """One JSON object a line on the output stream; at most ten progress lines a second."""

    def __init__(self) -> None:
        self._clock = StageClock()
        self._last_s = 0.0

    def event(self, event: ProgressEvent) -> None:
        """Write a progress line, or a note for what a stage says before it starts."""
        if event.message and not event.total:
            self.remark(event.message)
            return
        status = self._clock.status(event)
        now_s = time.monotonic()
        if event.done != event.total and now_s - self._last_s < 0.1:
            return
        self._last_s = now_s
        left = None if status.left_s is None else round(status.left_s, 1)
        self._write(type="progress", stage=event.stage, done=event.done, total=event.total, left_s=left)

    def under_way(self, rows: Sequence[Row], left_s: float | None) -> None:
        """Nothing: a line a run as it ends is what programs read."""

    def remark(self, text: str) -> None:
        """Write a note line."""
        self._write(type="note", text=text)

    def result(self, text: str, facts: dict[str, Any]) -> None:
        """Write the result line."""
        del text
        self._write(type="result", **facts)

    def error(self, message: str, hint: str) -> None:
        """Write an error line."""
        self._write(type="error", message=message, hint=hint)

    def close(self) -> None:
        """Nothing to tidy."""

    @staticmethod
    def _write(**values: Any) -> None:
        # ASCII only, so that a name that is no Unicode and an old code page do no harm.
        write_line(json.dumps(_json_value(values), default=str, allow_nan=False))


def write_line(text: str) -> None:
    """Write a line to the output stream at once.

    Raises
    ------
    OutputClosed
        Nobody reads it any more.
    """
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        # What is left in the stream's buffer must go somewhere, or Python complains at its end.
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
        raise OutputClosed from error


def _json_value(value: Any) -> Any:
    """The value with null for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
