"""Runs a batch on this machine: several processes at once, each unit in a fresh one."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from l3rocc_engine.batch.input_hash import input_hashes
from l3rocc_engine.batch.lease import Claim, holder_of, lease
from l3rocc_engine.batch.publish import publish
from l3rocc_engine.batch.report import BatchSummary, Outcome, Report, summarise
from l3rocc_engine.batch.result import UnitPlace, UnitResult, UnitStatus, failed_result, unit_place
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.share import Share
from l3rocc_engine.batch.standing import Standing, left_of, look_at
from l3rocc_engine.batch.ticket import Progress, Ticket, UnitCancel
from l3rocc_engine.batch.unit import STATE_FOLDER, BatchTarget, BatchUnit
from l3rocc_engine.batch.work import UnitTask, work_on
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.errors import Cancelled, L3roccError, OutputError
from l3rocc_engine.isolation import ChildCrashed, ChildFailed, run_isolated
from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_engine.storage.atomic import writing

ATTEMPTS = 2
"""Times that a unit whose process died is tried: what killed it may have been another's hunger for memory."""
WAIT_S = 3.0
"""Time between two looks at a unit that another machine is working on."""
_IDLE_S = 0.2
_log = logging.getLogger(__name__)
OutcomeSink = Callable[[Outcome], None]
Perform = Callable[[UnitTask, EventSink, CancelToken], UnitResult]


def run_batch(
    targets: Sequence[BatchTarget],
    out: Path,
    settings: BatchSettings,
    workers: Workers,
    *,
    on_outcome: OutcomeSink = lambda _outcome: None,
    on_event: Callable[[str], EventSink] = lambda _unit: no_events,
    cancel: CancelToken | None = None,
    perform: Perform | None = None,
) -> BatchSummary:
    """Process every unit that is not finished, and publish every target whose units are.

    May run several times at once, on one or more machines that share ``out``: no two work on the same unit. Those that
    another is working on are waited for, and taken over if it dies; a batch ends when everything is settled.

    Parameters
    ----------
    targets
        From :func:`l3rocc_engine.batch.unit.list_targets`.
    out
        The output folder; working files lie in ``.l3rocc`` below it.
    workers
        How many at once, and what each may use.
    on_outcome
        Told of each unit as it ends, from the worker's thread; also once of each that is waited for.
    on_event
        Gives the sink for the progress of a unit, called in the worker's thread.
    cancel
        The wish to stop; children are ended at once, and what they finished stays.
    perform
        Works on one unit; by default in a child process here. Others hand it to a cluster.

    Raises
    ------
    OutputError
        If ``out`` cannot be written, from the beginning or for ten minutes later on.
    Cancelled
        If asked to stop.
    """
    token = cancel or CancelToken()
    with writing(out):
        (out / STATE_FOLDER).mkdir(parents=True, exist_ok=True)
    job = _Batch(targets, out, settings, workers, on_outcome, on_event, token, perform or perform_here)
    return job.run()


def perform_here(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
    """Work on a unit in a child process of this one.

    Raises
    ------
    ChildCrashed
        The process died.
    """
    result: UnitResult = run_isolated(work_on, task, cancel=cancel, on_message=events)
    return result


class _Batch:
    def __init__(
        self,
        targets: Sequence[BatchTarget],
        out: Path,
        settings: BatchSettings,
        workers: Workers,
        on_outcome: OutcomeSink,
        on_event: Callable[[str], EventSink],
        cancel: CancelToken,
        perform: Perform,
    ) -> None:
        self._out, self._settings, self._workers = out, settings, workers
        self._on_outcome, self._on_event, self._cancel, self._perform = on_outcome, on_event, cancel, perform
        self._todo: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._waiting: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._outcomes: list[Outcome] = []
        self._lock = threading.Lock()
        self._report = Report(out)
        self._share = Share(out)
        self._end: OutputError | None = None
        for target in targets:
            progress = Progress(target)
            for unit in target.units:
                self._todo.put(Ticket(progress=progress, unit=unit))

    def run(self) -> BatchSummary:
        threads = [
            threading.Thread(target=self._serve, args=(number,), name=f"batch-{number}")
            for number in range(self._workers.count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._cancel.check()
        if self._end is not None:
            raise self._end
        return summarise(self._outcomes)

    def _serve(self, number: int) -> None:
        while not self._cancel.is_set() and self._end is None:
            ticket = self._next()
            if ticket is None:
                return
            try:
                self._take(ticket, number)
            except Cancelled:  # of the batch, or of a claim that another has taken over while the folder was made
                self._waiting.put(replace(ticket, not_before_s=time.monotonic() + WAIT_S))
            except L3roccError as error:
                failure = failed_result(ticket.unit, type(error).__name__, error.message, error.hint)
                self._tell_unless_away(ticket, failure)
            except OSError as error:
                words = f"{error.filename or ticket.unit.path}: {error.strerror or error}."
                self._tell_unless_away(ticket, failed_result(ticket.unit, "OSError", words, _LOOK_AT_DISK))
            except Exception as error:  # noqa: BLE001  a bug in one unit must not end days of work on the others
                _log.exception("The batch met a bug at %s.", ticket.unit.name)
                self._tell(
                    ticket,
                    failed_result(ticket.unit, type(error).__name__, f"The program failed: {error}.", _REPORT_IT),
                )

    def _tell_unless_away(self, ticket: Ticket, failure: UnitResult, standing: Standing | None = None) -> None:
        """Note a failure, unless the output folder is away: that is waited for, and the unit comes again."""
        problem = self._share.problem() if failure.is_passing else ""
        if not problem:
            self._tell(ticket, failure, standing)
            return
        self._on_outcome(
            Outcome(result=UnitResult(unit=ticket.unit.name, status=UnitStatus.ELSEWHERE, message=problem))
        )
        try:
            self._share.wait(problem, self._cancel)
            self._todo.put(ticket)
        except Cancelled:
            return
        except OutputError as error:
            self._end = error

    def _next(self) -> Ticket | None:
        """The next unit; those that others are working on come last, and not too often."""
        with suppress(queue.Empty):
            return self._todo.get_nowait()
        while not self._cancel.is_set():
            try:
                ticket = self._waiting.get_nowait()
            except queue.Empty:
                return None
            if time.monotonic() >= ticket.not_before_s:
                return ticket
            self._waiting.put(ticket)
            time.sleep(_IDLE_S)
        return None

    def _take(self, ticket: Ticket, number: int) -> None:
        """Whatever has to be done with one unit now."""
        self._share.require()
        unit, overwrite = ticket.unit, self._settings.overwrite and not ticket.was_elsewhere
        standing = self._standing(ticket.progress)
        if standing.is_published and not overwrite:
            self._tell_kept(ticket, standing)
            return
        place = unit_place(self._out, unit)
        with lease(place.lease) as claim:
            if not claim.is_held:
                self._wait_for(ticket, place)
                return
            is_cheap = not ticket.progress.target.has_several
            if not overwrite and (is_cheap or ticket.was_elsewhere):  # others may have finished it since the first look
                standing = self._standing(ticket.progress, is_anew=True)
                if standing.is_published:
                    self._tell_kept(ticket, standing)
                    return
            left = None if overwrite else left_of(standing, unit, self._out, self._settings)
            if left is not None and self._still_counts(left, ticket):
                self._tell(ticket, left, standing, is_new=False)
                return
            self._work_on(ticket, standing, number, claim)

    def _standing(self, progress: Progress, *, is_anew: bool = False) -> Standing:
        with progress.lock:
            if progress.standing is None or is_anew:
                progress.standing = look_at(progress.target, self._out, self._settings)
            return progress.standing

    def _still_counts(self, left: UnitResult, ticket: Ticket) -> bool:
        is_to_retry = self._settings.retry_failed and not ticket.was_elsewhere
        return left.status is not UnitStatus.FAILED or not is_to_retry

    def _wait_for(self, ticket: Ticket, place: UnitPlace) -> None:
        if not ticket.was_elsewhere:
            message = f"{holder_of(place.lease)} is working on it."
            self._on_outcome(
                Outcome(result=UnitResult(unit=ticket.unit.name, status=UnitStatus.ELSEWHERE, message=message))
            )
        self._waiting.put(replace(ticket, not_before_s=time.monotonic() + WAIT_S))

    def _work_on(self, ticket: Ticket, standing: Standing, number: int, claim: Claim) -> None:
        try:
            result = self._work(ticket.unit, standing, number, claim)
        except Cancelled:
            if self._cancel.is_set():
                raise
            self._waiting.put(replace(ticket, not_before_s=time.monotonic() + WAIT_S))  # another has taken it over
            return
        if result.status is UnitStatus.FAILED:
            self._tell_unless_away(ticket, result, standing)
        else:
            self._tell(ticket, result, standing)

    def _work(self, unit: BatchUnit, standing: Standing, number: int, claim: Claim) -> UnitResult:
        cancel, gpus = UnitCancel(self._cancel, claim), self._workers.gpus
        task = UnitTask(
            unit=unit,
            settings=self._settings,
            out=self._out,
            input_hash=standing.hashes[unit.name],
            num_threads=self._workers.threads_each,
            gpu=gpus[number % len(gpus)] if gpus else "",
            claim=claim.token,
        )
        started_s = time.monotonic()
        result = self._perform_or_note(task, cancel, started_s)
        if result.status is UnitStatus.FAILED and input_hashes(standing.target)[unit.name] != task.input_hash:
            result = replace(result, input_hash=None)  # the input went or changed meanwhile: not its own fault
            unit_place(self._out, unit).write(result)
        return result

    def _perform_or_note(self, task: UnitTask, cancel: CancelToken, started_s: float) -> UnitResult:
        for attempt in range(ATTEMPTS):
            try:
                return self._perform(task, self._on_event(task.unit.name), cancel)
            except ChildFailed as error:
                return self._note_crash(task, error, _REPORT_IT, time.monotonic() - started_s)
            except ChildCrashed as error:
                _log.warning("%s: %s", task.unit.name, error.message)
                if attempt + 1 == ATTEMPTS:
                    return self._note_crash(task, error, _HUNGRY, time.monotonic() - started_s)
        raise AssertionError("unreachable")

    def _note_crash(self, task: UnitTask, error: ChildCrashed, hint: str, seconds: float) -> UnitResult:
        """A process that died could not say so itself."""
        result = replace(
            failed_result(task.unit, type(error).__name__, error.message, hint),
            settings_digest=self._settings.digest,
            input_hash=task.input_hash,
            seconds=round(seconds, 2),
        )
        unit_place(self._out, task.unit).write(result)
        return result

    def _tell_kept(self, ticket: Ticket, standing: Standing) -> None:
        result = UnitResult(unit=ticket.unit.name, status=UnitStatus.KEPT)
        self._note(Outcome(result=result, published=standing.place), is_new=False)

    def _tell(
        self, ticket: Ticket, result: UnitResult, standing: Standing | None = None, *, is_new: bool = True
    ) -> None:
        """Note an outcome, and publish the target if it was the last one missing."""
        progress, published = ticket.progress, None
        with progress.lock:
            progress.statuses[result.unit] = result.status
            is_ready = len(progress.statuses) == len(progress.target.units) and all(
                status is UnitStatus.DONE for status in progress.statuses.values()
            )
        if is_ready and standing is not None:
            is_new = True
            try:
                published = self._publish(progress.target, standing.place)
            except L3roccError as error:
                failure = failed_result(ticket.unit, type(error).__name__, error.message, error.hint)
                self._tell_unless_away(ticket, replace(failure, seconds=result.seconds))
                return
        self._note(Outcome(result=result.without_details(), published=published), is_new=is_new)

    def _note(self, outcome: Outcome, *, is_new: bool) -> None:
        with self._lock:
            self._outcomes.append(outcome)
        try:
            self._share.require()
            self._report.add(outcome, is_new=is_new)
        except (OSError, L3roccError) as error:
            _log.warning("The report cannot be written: %s", error)
        self._on_outcome(outcome)

    def _publish(self, target: BatchTarget, place: Path) -> Path | None:
        """Under a claim: the machines that share the episodes of a dataset may all be ready at once."""
        self._share.require()
        with lease(self._out / STATE_FOLDER / "targets" / f"{target.units[0].key}.json") as claim:
            if not claim.is_held:
                return None
            publish(target, self._out, self._settings, place, UnitCancel(self._cancel, claim))
        return place


_HUNGRY = "It may have run out of memory: run fewer workers, or take coarser voxels."
_LOOK_AT_DISK = "Check the disk and the network share."
_REPORT_IT = "This is a bug: please report it with the log."
