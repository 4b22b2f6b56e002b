"""How the units of a batch ended, told as they do: to whoever runs it, and to the report."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from l3rocc_engine.batch.report import BatchSummary, Outcome, Report, summarise
from l3rocc_engine.batch.result import UnitResult, UnitStatus
from l3rocc_engine.batch.share import Share
from l3rocc_engine.errors import L3roccError

_log = logging.getLogger(__name__)
OutcomeSink = Callable[[Outcome], None]


class Ledger:
    """Outcomes of a batch, from any of its threads.

    Parameters
    ----------
    out, share
        The output folder, and whether it is there.
    on_outcome
        Told of each.
    """

    def __init__(self, out: Path, share: Share, on_outcome: OutcomeSink) -> None:
        self._share, self._on_outcome = share, on_outcome
        self._report = Report(out)
        self._outcomes: list[Outcome] = []
        self._lock = threading.Lock()

    def add(self, outcome: Outcome, *, is_new: bool) -> None:
        """A unit is settled."""
        with self._lock:
            self._outcomes.append(outcome)
        self._report.note(outcome, is_new=is_new)
        self.write()
        self._on_outcome(outcome)

    def write(self) -> None:
        """Bring the report up to date; what cannot be written now stays for the next time."""
        try:
            self._share.require()
            self._report.write()
        except (OSError, L3roccError) as error:
            _log.warning("The report cannot be written: %s", error)

    def tell_waiting(self, unit: str, message: str) -> None:
        """A unit is waited for, with the reason."""
        self._on_outcome(Outcome(result=UnitResult(unit=unit, status=UnitStatus.ELSEWHERE, message=message)))

    def summary(self) -> BatchSummary:
        """How all ended so far."""
        with self._lock:
            return summarise(self._outcomes)
