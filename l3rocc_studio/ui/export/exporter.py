"""Runs exports in the background, a few at a time."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import CancelToken, EventSink, StageStatus
from l3rocc_studio.model.export_request import ExportRequest
from l3rocc_studio.model.exports import ExportState
from l3rocc_studio.model.job import JobPhase
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.ui.bridge import Job, Work

MAX_AT_ONCE = 2
_log = logging.getLogger(__name__)


class Exporter(QObject):
    """Starts, watches and stops exports; where they stand is in the session.

    An export belongs to the run that was shown when it was asked for; opening something else does not disturb it.

    Signals
    -------
    exported (Path)
        What was written.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    exported = Signal(object)
    failed = Signal(str, object)

    def __init__(self, session: Session, exports: ExportService, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._service = exports
        self._works: dict[int, Work] = {}
        self._jobs: dict[int, Job] = {}

    def start(self, request: ExportRequest) -> None:
        """Export the run that is shown; it waits where enough others run."""
        source, location = self._session.source, self._session.run_location
        if source is None or location is None:
            return
        state = self._session.exports.add(request, source.name)

        def work(events: EventSink, cancel: CancelToken) -> object:
            return self._service.export(location, request, events=events, cancel=cancel)

        job = Job(self)
        job.progressed.connect(partial(self._progressed, state.number))
        job.succeeded.connect(partial(self._succeeded, state.number))
        job.failed.connect(partial(self._failed, state.number))
        job.cancelled.connect(partial(self._end, state.number, JobPhase.CANCELLED))
        job.finished.connect(partial(self._finished, state.number))
        self._works[state.number], self._jobs[state.number] = work, job
        self._start_waiting()

    def cancel(self, number: int | None = None) -> None:
        """Stop one export, or all; one that waits ends at once."""
        exports = self._session.exports
        for state in exports.active:
            if number not in (None, state.number):
                continue
            if state.phase is JobPhase.IDLE:
                self._end(state.number, JobPhase.CANCELLED)
                self._drop(state.number)
            elif state.phase is JobPhase.RUNNING:
                exports.change(state.number, phase=JobPhase.CANCELLING)
                self._jobs[state.number].cancel()

    def retry(self, number: int) -> None:
        """Ask for the same again, of the run that is shown."""
        request = self._session.exports.state(number).request
        self._session.exports.forget(number)
        self.start(request)

    def shut_down(self) -> None:
        """Stop everything and wait."""
        for job in self._jobs.values():
            job.shut_down()
        self._jobs = {}

    def _start_waiting(self) -> None:
        exports = self._session.exports
        running = sum(state.phase is not JobPhase.IDLE for state in exports.active)
        for state in exports.active:
            if state.phase is JobPhase.IDLE and running < MAX_AT_ONCE:
                running += 1
                _log.info("Exporting %s: started", state.request.out)
                exports.change(state.number, phase=JobPhase.RUNNING)
                self._jobs[state.number].start(self._works.pop(state.number))

    def _progressed(self, number: int, status: StageStatus) -> None:
        self._session.exports.change(number, status=status)

    def _succeeded(self, number: int, _result: object) -> None:
        self._end(number, JobPhase.DONE)
        self.exported.emit(self._state(number).request.out)

    def _failed(self, number: int, error: L3roccError) -> None:
        self._end(number, JobPhase.FAILED, error)
        self.failed.emit(tr("Exporting {name}").format(name=self._state(number).request.out.name), error)

    def _finished(self, number: int) -> None:
        self._drop(number)
        self._start_waiting()

    def _end(self, number: int, phase: JobPhase, error: L3roccError | None = None) -> None:
        _log.info("Exporting %s: %s", self._state(number).request.out, phase.value)
        self._session.exports.change(number, phase=phase, error=error, status=None)

    def _drop(self, number: int) -> None:
        self._works.pop(number, None)
        self._jobs.pop(number).deleteLater()

    def _state(self, number: int) -> ExportState:
        return self._session.exports.state(number)
