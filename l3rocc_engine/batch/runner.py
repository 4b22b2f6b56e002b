"""Runs a batch on this machine: several workers at once, each unit in a fresh process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from l3rocc_engine.batch.attempt import ATTEMPTS, REPORT_IT, Attempts, Follow, Perform, perform_here
from l3rocc_engine.batch.lease import Claim, holder_of, lease
from l3rocc_engine.batch.ledger import Ledger, OutcomeSink
from l3rocc_engine.batch.publish import publish
from l3rocc_engine.batch.report import BatchSummary, Outcome
from l3rocc_engine.batch.result import UnitPlace, UnitResult, UnitStatus, failed_result, unit_place
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.share import Share
from l3rocc_engine.batch.standing import Standing, left_of, look_at
from l3rocc_engine.batch.ticket import Progress, Ticket, TicketQueue, UnitCancel
from l3rocc_engine.batch.unit import STATE_FOLDER, BatchTarget
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.errors import Cancelled, L3roccError, OutputError
from l3rocc_engine.progress import CancelToken, no_events
from l3rocc_engine.storage.atomic import writing
from l3rocc_engine.storage.folders import anchored, make_folders

_LOOK_AT_DISK = "Check the disk and the network share."
_log = logging.getLogger(__name__)


def run_batch(
    targets: Sequence[BatchTarget],
    out: Path,
    settings: BatchSettings,
    workers: Workers,
    *,
    on_outcome: OutcomeSink = lambda _outcome: None,
    follow: Follow = lambda _unit: nullcontext(no_events),
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
    follow
        Entered while a unit is worked on, in the worker's thread, which tells it of the unit's progress.
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
    state = out / STATE_FOLDER
    with writing(out):
        make_folders(state)
    attempts = Attempts(
        out=out,
        settings=settings,
        workers=workers,
        perform=perform or perform_here,
        follow=follow,
        cancel=cancel or CancelToken(),
    )
    with anchored(state):
        return _Batch(targets, attempts, on_outcome).run()


class _Batch:
    def __init__(self, targets: Sequence[BatchTarget], attempts: Attempts, on_outcome: OutcomeSink) -> None:
        self._attempts, self._out = attempts, attempts.out
        self._settings, self._cancel = attempts.settings, attempts.cancel
        self._queue = TicketQueue()
        self._share = Share(self._out)
        self._ledger = Ledger(self._out, self._share, on_outcome)
        self._end: OutputError | None = None
        for target in targets:
            progress = Progress(target)
            for unit in target.units:
                self._queue.put(Ticket(progress=progress, unit=unit))

    def run(self) -> BatchSummary:
        threads = [
            threading.Thread(target=self._serve, args=(number,), name=f"batch-{number}")
            for number in range(self._attempts.workers.count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._cancel.check()
        if self._end is not None:
            raise self._end
        self._ledger.write()
        return self._ledger.summary()

    def _serve(self, number: int) -> None:
        while not self._cancel.is_set() and self._end is None:
            ticket = self._queue.take(self._cancel)
            if ticket is None:
                return
            try:
                self._take(ticket, number)
            except Cancelled:
                self._put_off(ticket)
            except L3roccError as error:
                failure = failed_result(ticket.unit, type(error).__name__, error.message, error.hint)
                self._tell_failure(ticket, failure)
            except OSError as error:
                words = f"{error.filename or ticket.unit.path}: {error.strerror or error}."
                self._tell_failure(ticket, failed_result(ticket.unit, "OSError", words, _LOOK_AT_DISK))
            except Exception as error:  # noqa: BLE001  a bug in one unit must not end days of work on the others
                _log.exception("The batch met a bug at %s.", ticket.unit.name)
                failure = failed_result(ticket.unit, type(error).__name__, f"The program failed: {error}.", REPORT_IT)
                self._tell(ticket, failure)

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
            self._ledger.tell_waiting(ticket.unit.name, f"{holder_of(place.lease)} is working on it.")
        self._queue.put_off(ticket)

    def _work_on(self, ticket: Ticket, standing: Standing, number: int, claim: Claim) -> None:
        result = self._attempts.result_of(ticket.unit, standing, number, claim)
        if result.status is UnitStatus.FAILED:
            self._tell_failure(ticket, result, standing)
        else:
            self._tell(ticket, result, standing)

    def _put_off(self, ticket: Ticket) -> None:
        """The claim was lost: to another machine that has taken it over, or with the share."""
        problem = "" if self._cancel.is_set() else self._share.problem()
        if problem:
            self._wait_for_share(ticket, problem)
        else:
            self._queue.put_off(ticket)

    def _tell_failure(self, ticket: Ticket, failure: UnitResult, standing: Standing | None = None) -> None:
        """Note a failure, unless the output folder is away or was for a moment: then the unit comes again."""
        problem = self._share.problem() if failure.is_passing else ""
        if problem:
            self._wait_for_share(ticket, problem)
        elif failure.is_of_disk and ticket.num_failures + 1 < ATTEMPTS:
            _log.warning("%s is tried again: %s", ticket.unit.name, failure.message)
            self._queue.put(replace(ticket, num_failures=ticket.num_failures + 1))
        else:
            self._tell(ticket, failure, standing)

    def _wait_for_share(self, ticket: Ticket, problem: str) -> None:
        self._ledger.tell_waiting(ticket.unit.name, problem)
        try:
            self._share.wait(problem, self._cancel)
            self._queue.put(ticket)
        except Cancelled:
            return
        except OutputError as error:
            self._end = error

    def _tell_kept(self, ticket: Ticket, standing: Standing) -> None:
        result = UnitResult(unit=ticket.unit.name, status=UnitStatus.KEPT)
        self._ledger.add(Outcome(result=result, published=standing.place), is_new=False)

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
                self._tell_failure(ticket, replace(failure, seconds=result.seconds))
                return
        self._ledger.add(Outcome(result=result.without_details(), published=published), is_new=is_new)

    def _publish(self, target: BatchTarget, place: Path) -> Path | None:
        """Under a claim: the machines that share the episodes of a dataset may all be ready at once."""
        self._share.require()
        with lease(self._out / STATE_FOLDER / "targets" / f"{target.units[0].key}.json") as claim:
            if not claim.is_held:
                return None
            publish(target, self._out, self._settings, place, UnitCancel(self._cancel, claim))
        return place
