"""Paths for the queue are looked through in the background before they get in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.ui.bridge import Job


class QueueIntake(QObject):
    """Turns files and folders into inputs.

    Signals
    -------
    judged (list of FoundInput)
        What was found.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    judged = Signal(object)
    failed = Signal(str, object)

    def __init__(self, jobs: JobService, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._waiting: list[list[Path]] = []
        self._job = Job(self)
        self._job.succeeded.connect(self._take)
        self._job.failed.connect(lambda error: self.failed.emit(tr("Adding to the queue"), error))
        self._job.finished.connect(self._next)

    def judge(self, paths: Sequence[Path]) -> None:
        """Look paths through."""
        self._waiting.append(list(paths))
        if not self._job.is_running:
            self._next()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._waiting = []
        self._job.shut_down()

    def _next(self) -> None:
        if not self._waiting:
            return
        paths, jobs = self._waiting.pop(0), self._jobs

        def work(_events: EventSink, cancel: CancelToken) -> object:
            found = [each for path in paths for each in jobs.find_inputs(path, cancel)]
            if not found:
                names = ", ".join(path.name for path in paths[:3])
                raise InputError(f"{names} holds nothing that could be processed.", "Choose videos or trajectories.")
            return found

        self._job.start(work)

    def _take(self, found: object) -> None:
        self.judged.emit(found)
