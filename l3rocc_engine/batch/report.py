"""``report.jsonl``: what happened to each unit, a line each as it happens, the last one counts; and the summary."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from l3rocc_engine.batch.lease import lease
from l3rocc_engine.batch.result import TOLD_FACTS, UnitResult, UnitStatus
from l3rocc_engine.batch.unit import STATE_FOLDER
from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.atomic import json_text

REPORT_FILE = "report.jsonl"
_CLAIM_S = 10.0
"""How long a line waits for its turn among several machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a batch tells of one unit.

    Attributes
    ----------
    result
        How it ended.
    published
        The folder that it went into, or None while that is not complete.
    """

    result: UnitResult
    published: Path | None = None

    def to_line(self) -> dict[str, Any]:
        """One line of the report."""
        result = self.result
        line: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": socket.gethostname(),
            "unit": result.unit,
            "status": self.status.value,
            "seconds": result.seconds,
        }
        if result.message:
            line.update(error=result.error, message=result.message, hint=result.hint)
        if self.published is not None:
            line["output"] = str(self.published)
        line.update({key: result.facts[key] for key in TOLD_FACTS if key in result.facts})
        return line

    @property
    def status(self) -> UnitStatus:
        """How the unit stands: what was kept is done."""
        return UnitStatus.DONE if self.result.status is UnitStatus.KEPT else self.result.status


class Report:
    """The report of one output folder, which several machines may add to at once.

    Network shares do not append atomically, so that each line is written under a claim.

    Parameters
    ----------
    out
        The output folder.
    """

    def __init__(self, out: Path) -> None:
        self._path = out / REPORT_FILE
        self._claim = out / STATE_FOLDER / "report.json"
        self._lock = threading.Lock()
        self._told = last_statuses(self._path)
        self._unwritten: list[bytes] = []

    def note(self, outcome: Outcome, *, is_new: bool) -> None:
        """Note a line; of what an earlier batch ended, only if its line is missing because that was killed."""
        unit, status = outcome.result.unit, outcome.status.value
        with self._lock:
            if not is_new and self._told.get(unit) == status:
                return
            self._unwritten.append((json_text(outcome.to_line()) + "\n").encode())
            self._told[unit] = status

    def write(self) -> None:
        """Write what was noted; what cannot be written is kept.

        Raises
        ------
        OSError, OutputError
            If it cannot be written.
        """
        with self._lock:
            if self._unwritten:
                self._append(b"".join(self._unwritten))
                self._unwritten.clear()

    def _append(self, lines: bytes) -> None:
        tried_until_s = time.monotonic() + _CLAIM_S
        while True:
            with lease(self._claim) as claim:
                if claim.is_held:
                    self._make_file()
                    _append_lines(self._path, lines)
                    return
            if time.monotonic() > tried_until_s:
                raise OutputError(f"{self._path} is held by others.")
            time.sleep(0.05)

    def _make_file(self) -> None:
        """Out of one among the working files: should the share go at this moment, none is made in its place."""
        if not self._path.exists():
            empty = self._claim.with_name(f".{REPORT_FILE}")
            empty.touch()
            os.replace(empty, self._path)


def _append_lines(path: Path, lines: bytes) -> None:
    """Behind the last whole line: a full disk may have cut one off."""
    with path.open("rb+") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                lines = b"\n" + lines
        file.write(lines)


def last_statuses(path: Path) -> dict[str, str]:
    """How each unit ended last, by its name, out of a report; lines that are no JSON are passed over."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    line = json.loads(text)
                    found[str(line["unit"])] = str(line["status"])
                except (ValueError, KeyError, TypeError, RecursionError):
                    continue
    except OSError:
        return {}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """How a batch ended.

    Attributes
    ----------
    outcomes
        One of each unit, in order of names.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> Mapping[UnitStatus, int]:
        """Units by how they ended."""
        return Counter(outcome.result.status for outcome in self.outcomes)

    @property
    def failures(self) -> tuple[UnitResult, ...]:
        """Those that failed."""
        return tuple(o.result for o in self.outcomes if o.result.status is UnitStatus.FAILED)

    @property
    def has_failed(self) -> bool:
        """Whether anything failed."""
        return bool(self.failures)


def summarise(outcomes: Iterable[Outcome]) -> BatchSummary:
    """Put outcomes in order."""
    return BatchSummary(outcomes=tuple(sorted(outcomes, key=lambda outcome: outcome.result.unit)))
