"""A job of one kind whose state is kept in the session."""

from __future__ import annotations

import dataclasses
import logging

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import StageStatus, stage_label
from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.stage_track import StageState, StageTrack, StageTracker
from l3rocc_studio.ui.bridge import Job, Work

_log = logging.getLogger(__name__)


class SessionJob(QObject):
    """Runs work of one kind in a thread and tells the session how it goes.

    Signals
    -------
    succeeded (object)
        The work's result; the session knows already.
    failed (str, L3roccError)
        What was being done, and why it failed.
    """

    succeeded = Signal(object)
    failed = Signal(str, object)

    def __init__(self, session: Session, kind: JobKind, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._kind = kind
        self._tracker: StageTracker | None = None
        self._job = Job(self)
        self._job.progressed.connect(self._progressed)
        self._job.succeeded.connect(self._succeeded)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self._cancelled)

    @property
    def is_running(self) -> bool:
        """Whether the work is under way."""
        return self._job.is_running

    def start(self, title: str, work: Work, tracker: StageTracker | None = None) -> None:
        """Begin; ``title`` says what is being done, ``tracker`` keeps account of its stages."""
        self._tracker = tracker
        state = JobState(kind=self._kind, phase=JobPhase.RUNNING, title=title)
        self._session.set_job(dataclasses.replace(state, track=self._track))
        _log.info("%s: started", title)
        self._job.start(work if tracker is None else lambda events, cancel: work(tracker.before(events), cancel))

    def cancel(self) -> None:
        """Ask it to stop."""
        if self._job.is_running:
            self._change(phase=JobPhase.CANCELLING)
            self._job.cancel()

    def shut_down(self) -> None:
        """Stop it, wait, and forget it."""
        self._job.shut_down()

    def _progressed(self, status: StageStatus) -> None:
        stages = self._state.stages
        if status.event.stage not in stages:
            stages = (*stages, status.event.stage)
            _log.info("%s: %s", self._state.title, stage_label(status.event.stage))
        self._change(status=status, stages=stages, track=self._track)

    def _succeeded(self, result: object) -> None:
        if self._tracker is not None:
            self._tracker.finish()
        self._end(JobPhase.DONE)
        self.succeeded.emit(result)

    def _failed(self, error: L3roccError) -> None:
        title = self._state.title
        if self._tracker is not None:
            self._tracker.stop(StageState.FAILED)
        self._end(JobPhase.FAILED, error)
        self.failed.emit(title, error)

    def _cancelled(self) -> None:
        if self._tracker is not None:
            self._tracker.stop(StageState.STOPPED)
        self._end(JobPhase.CANCELLED)

    @property
    def _track(self) -> StageTrack:
        return self._tracker.snapshot() if self._tracker is not None else StageTrack()

    @property
    def _state(self) -> JobState:
        return self._session.job(self._kind)

    def _end(self, phase: JobPhase, error: L3roccError | None = None) -> None:
        _log.info("%s: %s", self._state.title, phase.value)
        self._change(phase=phase, error=error, status=None, track=self._track)

    def _change(self, **changes: object) -> None:
        self._session.set_job(dataclasses.replace(self._state, **changes))  # type: ignore[arg-type]
