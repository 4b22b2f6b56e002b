"""Processing what is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.services.job_service import FinishedRun, JobService
from l3rocc_studio.ui.session_job import SessionJob


class Processor(QObject):
    """Runs the engine on the session's source.

    Signals
    -------
    processed (FinishedRun)
        The result; the session has it already.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    processed = Signal(object)
    failed = Signal(str, object)

    def __init__(self, session: Session, jobs: JobService, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._job = SessionJob(session, JobKind.PROCESS, self)
        self._job.succeeded.connect(self._finish)
        self._job.failed.connect(self.failed)

    def start(self) -> None:
        """Process the source with the settings of the next run."""
        source, config, jobs = self._session.source, self._session.config, self._jobs
        if source is None or self._job.is_running:
            return

        def work(events: EventSink, cancel: CancelToken) -> object:
            return jobs.process(source, config, events=events, cancel=cancel)

        self._job.start(f"Processing {source.name}", work)

    def cancel(self) -> None:
        """Ask the engine to stop."""
        self._job.cancel()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._job.shut_down()

    def _finish(self, result: object) -> None:
        if isinstance(result, FinishedRun):
            self._session.finish_run(result.run, result.location)
            self.processed.emit(result)
