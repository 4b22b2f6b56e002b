"""Opening inputs: by dialog, by drop, from the list of recent ones, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.services.input_check import VIDEO_SUFFIXES, InputGlance, InputKind, glance
from l3rocc_studio.services.job_service import FinishedRun, JobService
from l3rocc_studio.ui.session_job import SessionJob
from l3rocc_studio.ui.settings import StudioSettings

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource


class Opener(QObject):
    """Opens one input after another; asks first if a job would have to be stopped.

    Signals
    -------
    opened (FinishedRun or FrameSource)
        What was opened; the session has it already.
    failed (str, L3roccError)
        What could not be opened and why.
    stop_wanted
        Jobs stand in the way and the person agreed to stop them.
    """

    opened = Signal(object)
    failed = Signal(str, object)
    stop_wanted = Signal()

    def __init__(self, session: Session, jobs: JobService, settings: StudioSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._settings = settings
        self._window = window
        self._pending: Path | None = None
        self._job = SessionJob(session, JobKind.OPEN, self)
        self._job.succeeded.connect(self._finish)
        self._job.failed.connect(self.failed)
        self._question: QMessageBox | None = None
        self._disconnect = session.job_changed.connect(lambda _kind: self._open_pending())

    @property
    def question(self) -> QMessageBox | None:
        """The question that is being asked, if any."""
        return self._question

    def cancel(self) -> None:
        """Stop opening."""
        self._pending = None
        self._job.cancel()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._pending = None
        self._disconnect()
        self._job.shut_down()

    def ask_for_video(self) -> None:
        """Let the person choose a file."""
        pattern = " ".join(f"*{suffix}" for suffix in VIDEO_SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open a video", self._settings.folder("open"), f"Videos ({pattern});;All files (*)"
        )
        if chosen:
            self.open(Path(chosen))

    def ask_for_folder(self) -> None:
        """Let the person choose a folder."""
        chosen = QFileDialog.getExistingDirectory(self._window, "Open a folder", self._settings.folder("open"))
        if chosen:
            self.open(Path(chosen))

    def open_sample(self) -> None:
        """Open the bundled sample."""
        from l3rocc_engine.sample import sample_video_path

        try:
            path = sample_video_path()
        except InputError as error:
            self.failed.emit("Open the sample", error)
            return
        self.open(path)

    def open_judged(self, judged: InputGlance) -> None:
        """Open what was dropped."""
        if judged.path is not None:
            self.open(judged.path)

    def open(self, path: Path) -> None:
        """Open a path; if a job is running, ask whether to stop it first."""
        if not self._session.active_jobs:
            self._start(path)
            return
        self._ask_to_stop(path)

    def _ask_to_stop(self, path: Path) -> None:
        if self._question is not None:
            self._question.close()
        running = self._session.active_jobs[0].title
        question = QMessageBox(self._window)
        question.setWindowTitle("Open another input")
        question.setIcon(QMessageBox.Icon.Question)
        question.setText(f"Stop this job and open {path.name}?")
        question.setInformativeText(f"{running} is under way. Finished stages are kept.")
        stop = question.addButton("Stop and open", QMessageBox.ButtonRole.AcceptRole)
        question.addButton("Keep going", QMessageBox.ButtonRole.RejectRole)
        question.finished.connect(lambda _code: self._answered(path, is_yes=question.clickedButton() is stop))
        self._question = question
        question.open()

    def _answered(self, path: Path, *, is_yes: bool) -> None:
        question, self._question = self._question, None
        if question is not None:
            question.deleteLater()
        if is_yes:
            # In this order: stopping everything also forgets what is pending.
            self.stop_wanted.emit()
            self._pending = path
            self._open_pending()

    def _open_pending(self) -> None:
        if self._pending is not None and not self._session.active_jobs:
            path, self._pending = self._pending, None
            self._start(path)

    def _start(self, path: Path) -> None:
        judged = glance(path)
        title = f"Opening {path.name}"
        if judged.kind is None:
            self.failed.emit(f"Open {path.name}", InputError(judged.refusal))
            return
        fps = self._session.config.fps
        jobs = self._jobs

        def work(events: EventSink, cancel: CancelToken) -> object:
            if judged.kind is InputKind.RUN:
                return jobs.open_run(path)
            return jobs.open_source(path, fps, events=events, cancel=cancel)

        self._job.start(title, work)

    def _finish(self, result: object) -> None:
        if isinstance(result, FinishedRun):
            self._session.open_run(result.run, result.location)
            path = result.location.path
        else:
            source = cast("FrameSource", result)
            self._session.open_source(source)
            path = source.path
        self._settings.add_recent(path)
        self._settings.set_folder("open", path.parent)
        self.opened.emit(result)


def title_of(error: L3roccError, doing: str) -> str:
    """Heading of an error message: what could not be done."""
    return f"{doing} did not work" if not isinstance(error, InputError) else "This input cannot be used"
