"""Working on one unit: in a process of its own, and once more if that dies."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from l3rocc_engine.batch.input_hash import input_hashes
from l3rocc_engine.batch.lease import Claim
from l3rocc_engine.batch.result import UnitResult, UnitStatus, failed_result, unit_place
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.standing import Standing
from l3rocc_engine.batch.ticket import UnitCancel
from l3rocc_engine.batch.unit import BatchUnit
from l3rocc_engine.batch.work import UnitTask, work_on
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.isolation import ChildCrashed, ChildFailed, run_isolated
from l3rocc_engine.progress import CancelToken, EventSink

ATTEMPTS = 2
"""Times that a unit is tried whose process died, as of another's hunger for memory, or whose disk failed."""
REPORT_IT = "This is a bug: please report it with the log."
_HUNGRY = "It may have run out of memory: run fewer workers, or take coarser voxels."
_log = logging.getLogger(__name__)
Perform = Callable[[UnitTask, EventSink, CancelToken], UnitResult]
Follow = Callable[[str], AbstractContextManager[EventSink]]
"""Takes the name of a unit, and is entered while that is being worked on, with the sink for its progress."""


def perform_here(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
    """Work on a unit in a child process of this one.

    Raises
    ------
    ChildCrashed
        The process died.
    """
    result: UnitResult = run_isolated(work_on, task, cancel=cancel, on_message=events)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How units are worked on in one batch.

    Attributes
    ----------
    out, settings, workers
        Of the batch.
    perform, follow
        Works on one unit, and who watches.
    cancel
        Of the whole batch.
    """

    out: Path
    settings: BatchSettings
    workers: Workers
    perform: Perform
    follow: Follow
    cancel: CancelToken

    def result_of(self, unit: BatchUnit, standing: Standing, number: int, claim: Claim) -> UnitResult:
        """Work on a unit under a claim, as the worker of this number.

        Raises
        ------
        Cancelled
            The batch is to stop, or the claim was lost.
        OutputError
            Not even a failure could be noted.
        """
        gpus = self.workers.gpus
        task = UnitTask(
            unit=unit,
            settings=self.settings,
            out=self.out,
            input_hash=standing.hashes[unit.name],
            num_threads=self.workers.threads_each,
            gpu=gpus[number % len(gpus)] if gpus else "",
            claim=claim.token,
        )
        with self.follow(unit.name) as events:
            result = self._try(task, events, UnitCancel(self.cancel, claim))
        if result.status is UnitStatus.FAILED and input_hashes(standing.target)[unit.name] != task.input_hash:
            result = replace(result, input_hash=None)  # the input went or changed meanwhile: not its own fault
            unit_place(self.out, unit).write(result)
        return result

    def _try(self, task: UnitTask, events: EventSink, cancel: UnitCancel) -> UnitResult:
        started_s = time.monotonic()
        for attempt in range(ATTEMPTS):
            try:
                return self.perform(task, events, cancel)
            except ChildFailed as error:
                return self._note_crash(task, error, REPORT_IT, time.monotonic() - started_s)
            except ChildCrashed as error:
                _log.warning("%s: %s", task.unit.name, error.message)
                if attempt + 1 == ATTEMPTS:
                    return self._note_crash(task, error, _HUNGRY, time.monotonic() - started_s)
        raise AssertionError("unreachable")

    def _note_crash(self, task: UnitTask, error: ChildCrashed, hint: str, seconds: float) -> UnitResult:
        """A process that died could not say so itself."""
        result = replace(
            failed_result(task.unit, type(error).__name__, error.message, hint),
            settings_digest=task.settings_digest,
            input_hash=task.input_hash,
            seconds=round(seconds, 2),
        )
        unit_place(self.out, task.unit).write(result)
        return result
