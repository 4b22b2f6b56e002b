"""``report.jsonl``: what happened to each unit, a line each, appended as it happens; and the summary."""

from __future__ import annotations

import json
import os
import socket
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from l3rocc_engine.batch.result import UnitResult, UnitStatus

REPORT_FILE = "report.jsonl"


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
            "status": result.status.value,
            "seconds": result.seconds,
        }
        if result.message:
            line.update(error=result.error, message=result.message, hint=result.hint)
        if self.published is not None:
            line["output"] = str(self.published)
        chosen = ("backend", "frames", "scale", "scale_method", "residual_m", "peak_memory_bytes")
        line.update({key: result.facts[key] for key in chosen if key in result.facts})
        return line


def append_outcome(out: Path, outcome: Outcome) -> None:
    """Add a line to the report; one write each, so that several machines may do so at once.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    line = json.dumps(outcome.to_line(), ensure_ascii=False) + "\n"
    handle = os.open(out / REPORT_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


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
