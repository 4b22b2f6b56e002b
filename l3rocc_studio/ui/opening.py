"""Opening inputs: by dialog, by drop, from the list of recent ones, from the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.input_check import PROJECT_SUFFIX, VIDEO_SUFFIXES, InputKind, glance
from l3rocc_studio.services.job_service import FinishedRun, JobService
from l3rocc_studio.ui.session_job import SessionJob
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.stop_question import StopQuestion

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.finder import FoundInput
    from l3rocc_engine.frames.source import FrameSource


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What is to be opened.

    Attributes
    ----------
    path, episode
        Input, and which episode of a dataset that holds several.
    location
        A result that was made before, to be shown with its source; it is opened as far as it is still there.
    config
        Settings to take over once it is open, where they do not come with the result.
    """

    path: Path
    episode: int | None = None
    location: RunLocation | None = None
    config: PipelineConfig | None = None


class Opener(QObject):
    """Opens one input after another; asks first if a job would have to be stopped.

    Signals
    -------
    opened (FinishedRun or FrameSource)
        What was opened; the session has it already.
    several_found (Path, list of FoundInput)
        A folder holds several inputs, and nothing was opened.
    project_wanted (Path)
        What was chosen or dropped is a project.
    failed (str, L3roccError)
        What could not be opened and why.
    refused (str)
        What was chosen cannot be used, as a glance tells; the reason.
    stop_wanted
        Jobs stand in the way and the person agreed to stop them.
    queue_wanted (Path)
        Jobs stand in the way, and the input is to be processed after them.
    """

    opened = Signal(object)
    failed = Signal(str, object)
    refused = Signal(str)
    stop_wanted = Signal()
    queue_wanted = Signal(object)
    several_found = Signal(object, object)
    project_wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        jobs: JobService,
        settings: StudioSettings,
        window: QWidget,
        may_leave: Callable[[Callable[[], object]], bool] = lambda _go_on: True,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._settings = settings
        self._window = window
        self._may_leave = may_leave
        self._pending: OpenRequest | None = None
        self._current: OpenRequest | None = None
        self._job = SessionJob(session, JobKind.OPEN, self)
        self._job.succeeded.connect(self._finish)
        self._job.failed.connect(self.failed)
        self._question: StopQuestion | None = None
        self._disconnect = session.job_changed.connect(lambda _kind: self._follow_jobs())

    @property
    def question(self) -> StopQuestion | None:
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
            self._window,
            tr("Open a video"),
            self._settings.folder("open"),
            tr("Videos ({pattern});;Projects (*{PROJECT_SUFFIX});;All files (*)").format(
                pattern=pattern, PROJECT_SUFFIX=PROJECT_SUFFIX
            ),
        )
        if chosen:
            self.open(Path(chosen))

    def ask_for_folder(self) -> None:
        """Let the person choose a folder."""
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Open a folder"), self._settings.folder("open"))
        if chosen:
            self.open(Path(chosen))

    def open_sample(self) -> None:
        """Open the bundled sample."""
        from l3rocc_engine.sample import sample_video_path

        try:
            path = sample_video_path()
        except InputError as error:
            self.failed.emit(tr("Open the sample"), error)
            return
        self.open(path)

    def open(self, path: Path, episode: int | None = None) -> None:
        """Open a path; if a job is running, ask whether to stop it first."""
        self.request(OpenRequest(path=path, episode=episode))

    def request(self, wanted: OpenRequest) -> None:
        """Open an input or a result; if a job is running, ask whether to stop it first."""
        if glance(wanted.path).kind is InputKind.PROJECT:
            self.project_wanted.emit(wanted.path)
        elif not self._may_leave(lambda: self.request(wanted)):
            return
        elif self._session.active_jobs:
            self._ask_to_stop(wanted)
        else:
            self._start(wanted)

    def _ask_to_stop(self, wanted: OpenRequest) -> None:
        if self._question is not None:
            self._question.close()
        can_queue = wanted.location is None and glance(wanted.path).kind is InputKind.SOURCE
        running = tr(self._session.active_jobs[0].title)
        question = StopQuestion(wanted.path.name, running, self._window, can_queue=can_queue)
        question.finished.connect(lambda _code: self._answered(question, wanted))
        self._question = question
        question.open()

    def _answered(self, question: StopQuestion, wanted: OpenRequest) -> None:
        answer = question.clickedButton()
        if self._question is question:
            self._question = None
        question.deleteLater()
        if answer is question.queue_button:
            self.queue_wanted.emit(wanted.path)
        elif answer is question.open_button:
            if self._session.active_jobs:
                # In this order: stopping everything also forgets what is pending.
                self.stop_wanted.emit()
            self._pending = wanted
            self._open_pending()

    def _follow_jobs(self) -> None:
        if self._question is not None and not self._session.active_jobs:
            self._question.tell_ended()
        self._open_pending()

    def _open_pending(self) -> None:
        if self._pending is not None and not self._session.active_jobs:
            wanted, self._pending = self._pending, None
            self._start(wanted)

    def _start(self, wanted: OpenRequest) -> None:
        judged = glance(wanted.path)
        if judged.kind is None:
            self.refused.emit(retell(judged.refusal))
            return
        config = wanted.config or self._session.config
        jobs, self._current = self._jobs, wanted

        def work(events: EventSink, cancel: CancelToken) -> object:
            if wanted.location is not None:
                return jobs.open_finished(wanted.location, events=events, cancel=cancel)
            if judged.kind is InputKind.RUN:
                episodes = jobs.find_episodes(wanted.path) if wanted.episode is None else []
                return episodes or jobs.open_run(wanted.path, wanted.episode)
            if wanted.episode is None and wanted.path.is_dir():
                found = jobs.find_several(wanted.path, cancel)
                if found:
                    return found
            return jobs.open_source(wanted.path, config.fps, events=events, cancel=cancel, episode=wanted.episode)

        self._job.start(tr("Opening {name}").format(name=wanted.path.name), work)

    def _finish(self, result: object) -> None:
        wanted, self._current = self._current, None
        if wanted is None:
            return
        if isinstance(result, list):
            self._offer(wanted.path, result)
            return
        if isinstance(result, FinishedRun):
            self._session.open_run(result.run, result.location)
        else:
            self._session.open_source(cast("FrameSource", result))
            if wanted.config is not None:
                self._session.set_config(wanted.config)
        self._settings.add_recent(wanted.path)
        self._settings.set_folder("open", wanted.path.parent)
        self.opened.emit(result)

    def _offer(self, folder: Path, found: Sequence[FoundInput]) -> None:
        """What a folder holds: the only thing is opened, several are for the person to choose from."""
        self._settings.set_folder("open", folder)
        if len(found) == 1:
            self.open(found[0].path, found[0].episode)
        else:
            self.several_found.emit(folder, found)


def title_of(error: L3roccError, doing: str) -> str:
    """Heading of an error message: what could not be done."""
    return (
        tr("{doing} failed").format(doing=doing)
        if not isinstance(error, InputError)
        else tr("This input cannot be used")
    )
