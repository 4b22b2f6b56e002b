"""Paths for the queue are looked through in the background before they get in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_engine.frames.finder import FoundInput


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedInput:
    """An input for the queue, and why it cannot be processed, if that is known already."""

    found: FoundInput
    problem: InputError | None = None


class QueueIntake(QObject):
    """Turns files and folders into inputs.

    Signals
    -------
    judged (list of JudgedInput)
        What was found; files that cannot be opened are among them, with the reason.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    judged = Signal(object)
    failed = Signal(str, object)

    def __init__(self, jobs: JobService, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._waiting: list[list[Path | FoundInput]] = []
        self._job = Job(self)
        self._job.succeeded.connect(self._take)
        self._job.failed.connect(lambda error: self.failed.emit(tr("Adding to the queue"), error))
        self._job.finished.connect(self._next)

    def judge(self, wanted: Sequence[Path | FoundInput]) -> None:
        """Look through paths, and what was found in some before."""
        self._waiting.append(list(wanted))
        if not self._job.is_running:
            self._next()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._waiting = []
        self._job.shut_down()

    def _next(self) -> None:
        if not self._waiting:
            return
        wanted, jobs = self._waiting.pop(0), self._jobs

        def work(_events: EventSink, cancel: CancelToken) -> object:
            judged = []
            for each in wanted:
                for found in jobs.find_inputs(each, cancel) if isinstance(each, Path) else [each]:
                    cancel.check()
                    judged.append(JudgedInput(found=found, problem=jobs.input_problem(found)))
            if not judged:
                names = ", ".join(path.name for path in wanted[:3] if isinstance(path, Path))
                raise InputError(f"{names} holds nothing that could be processed.", "Choose videos or trajectories.")
            return judged

        self._job.start(work)

    def _take(self, judged: object) -> None:
        self.judged.emit(judged)
