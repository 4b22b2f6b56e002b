"""Runs a batch on this machine: several processes at once, each unit in a fresh one."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from l3rocc_engine.batch.input_hash import input_hash
from l3rocc_engine.batch.lease import holder_of, lease
from l3rocc_engine.batch.publish import is_published, publish, published_place
from l3rocc_engine.batch.report import BatchSummary, Outcome, append_outcome, summarise
from l3rocc_engine.batch.result import UnitResult, UnitStatus, unit_place
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import STATE_FOLDER, BatchTarget, BatchUnit
from l3rocc_engine.batch.work import UnitTask, work_on
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.errors import Cancelled, L3roccError
from l3rocc_engine.isolation import ChildCrashed, run_isolated
from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_engine.storage.atomic import writing

ATTEMPTS = 2
"""Times that a unit whose process died is tried: what killed it may have been another's hunger for memory."""
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

    May run several times at once, on one or more machines that share ``out``: no two work on the same unit.

    Parameters
    ----------
    targets
        From :func:`l3rocc_engine.batch.unit.list_targets`.
    out
        The output folder; working files lie in ``.l3rocc`` below it.
    workers
        How many at once, and what each may use.
    on_outcome
        Told of each unit as it ends, from the worker's thread.
    on_event
        Gives the sink for the progress of a unit, called in the worker's thread.
    cancel
        The wish to stop; children are ended at once, and what they finished stays.
    perform
        Works on one unit; by default in a child process here. Others hand it to a cluster.

    Raises
    ------
    OutputError
        If ``out`` cannot be written.
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


@dataclass
class _Progress:
    """What is left of a target."""

    target: BatchTarget
    place: Path
    hashes: dict[str, str | None] = field(default_factory=dict)
    results: dict[str, UnitResult] = field(default_factory=dict)


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
        self._todo: queue.SimpleQueue[tuple[_Progress, BatchUnit]] = queue.SimpleQueue()
        self._outcomes: dict[str, Outcome] = {}
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        for target in targets:
            progress = _Progress(target, published_place(target, out, settings))
            for unit in target.units:
                self._todo.put((progress, unit))

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
        if self._failure is not None:
            raise self._failure
        return summarise(self._outcomes.values())

    def _serve(self, number: int) -> None:
        while not self._cancel.is_set() and self._failure is None:
            try:
                progress, unit = self._todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._take(progress, unit, number)
            except Cancelled:
                return
            except L3roccError as error:
                self._tell(progress, _failed(unit, error))
            except Exception as error:  # noqa: BLE001  a bug in one unit must not end the others in silence
                _log.exception("The batch met a bug.")
                self._failure = error

    def _take(self, progress: _Progress, unit: BatchUnit, number: int) -> None:
        """Whatever has to be done with one unit now."""
        with self._lock:
            progress.hashes[unit.name] = found_hash = _hash_or_none(unit)
        if not self._settings.overwrite and self._is_published(progress):
            self._tell(progress, UnitResult(unit=unit.name, status=UnitStatus.KEPT), published=progress.place)
            return
        place = unit_place(self._out, unit)
        with lease(place.lease) as is_mine:
            if not is_mine:
                message = f"{holder_of(place.lease)} is working on it."
                self._tell(progress, UnitResult(unit=unit.name, status=UnitStatus.ELSEWHERE, message=message))
                return
            left = place.read()
            if left is not None and self._still_counts(left, place.is_whole(left), found_hash):
                self._tell(progress, left)
                return
            self._tell(progress, self._work(unit, number))

    def _is_published(self, progress: _Progress) -> bool:
        """Asked once all units of the target have been looked at, or for those seen so far."""
        return is_published(progress.target, progress.place, self._settings, dict(progress.hashes))

    def _still_counts(self, left: UnitResult, is_whole: bool, found_hash: str | None) -> bool:
        if self._settings.overwrite or not left.matches(self._settings.digest, found_hash):
            return False
        if left.status is UnitStatus.FAILED:
            return not self._settings.retry_failed and found_hash is not None
        return is_whole and bool(left.files)

    def _work(self, unit: BatchUnit, number: int) -> UnitResult:
        gpus = self._workers.gpus
        task = UnitTask(
            unit=unit,
            settings=self._settings,
            out=self._out,
            num_threads=self._workers.threads_each,
            gpu=gpus[number % len(gpus)] if gpus else "",
        )
        started_s = time.monotonic()
        for attempt in range(ATTEMPTS):
            try:
                return self._perform(task, self._on_event(unit.name), self._cancel)
            except ChildCrashed as error:
                _log.warning("%s: %s", unit.name, error.message)
                if attempt + 1 == ATTEMPTS:
                    return self._note_crash(task, error, time.monotonic() - started_s)
        raise AssertionError("unreachable")

    def _note_crash(self, task: UnitTask, error: ChildCrashed, seconds: float) -> UnitResult:
        """A process that died could not say so itself."""
        hint = "It may have run out of memory: run fewer workers, or take coarser voxels."
        result = UnitResult(
            unit=task.unit.name,
            status=UnitStatus.FAILED,
            settings_digest=self._settings.digest,
            input_hash=_hash_or_none(task.unit),
            error=type(error).__name__,
            message=error.message,
            hint=hint,
            seconds=round(seconds, 2),
        )
        unit_place(self._out, task.unit).write(result)
        return result

    def _tell(self, progress: _Progress, result: UnitResult, *, published: Path | None = None) -> None:
        """Note an outcome, and publish the target if it was the last one missing."""
        with self._lock:
            progress.results[result.unit] = result
            is_ready = published is None and self._is_ready(progress)
        if is_ready:
            try:
                published = self._publish(progress)
            except L3roccError as error:
                result = UnitResult(
                    unit=result.unit,
                    status=UnitStatus.FAILED,
                    error=type(error).__name__,
                    message=error.message,
                    hint=error.hint,
                    seconds=result.seconds,
                )
        outcome = Outcome(result=result, published=published)
        with self._lock:
            self._outcomes[result.unit] = outcome
        if result.status is not UnitStatus.KEPT:
            try:
                append_outcome(self._out, outcome)
            except OSError as error:
                _log.warning("The report cannot be written: %s", error)
        self._on_outcome(outcome)

    def _is_ready(self, progress: _Progress) -> bool:
        results = progress.results.values()
        is_complete = len(progress.results) == len(progress.target.units)
        return is_complete and all(result.status is UnitStatus.DONE for result in results)

    def _publish(self, progress: _Progress) -> Path | None:
        with lease(self._out / STATE_FOLDER / "targets" / f"{progress.target.units[0].key}.json") as is_mine:
            if not is_mine:
                return None
            publish(progress.target, self._out, self._settings, progress.results, progress.place)
        return progress.place


def _hash_or_none(unit: BatchUnit) -> str | None:
    try:
        return input_hash(unit)
    except OSError:
        return None


def _failed(unit: BatchUnit, error: L3roccError) -> UnitResult:
    return UnitResult(
        unit=unit.name,
        status=UnitStatus.FAILED,
        error=type(error).__name__,
        message=error.message,
        hint=error.hint,
    )
