"""Sets the scale in the background, so that it can be taken back and done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.model.scale_wish import ScaleWish
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.services.job_service import FinishedRun, JobService
from l3rocc_studio.services.rescaling import rescale_dataset_run, scaled_settings, with_scale_of
from l3rocc_studio.ui.bridge import Work
from l3rocc_studio.ui.processing import Processor

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.run import Run
    from l3rocc_studio.model.run_location import RunLocation
    from l3rocc_studio.model.session import Session

EDIT_LABEL = N_("Set the scale")
TITLE = N_("Setting the scale")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A result as it is shown, to come back to."""

    run: Run
    location: RunLocation


class Scaling(QObject):
    """Moves cloud, poses and grid together, through the processing job.

    Of a run with its stages, settings are changed and cloud and occupancy made anew, as they are when the change is
    taken back; usually what was there before still is. Of a run from a dataset folder both results are kept.

    Signals
    -------
    refused (str, InputError)
        What was being done and why it cannot be.
    """

    refused = Signal(str, object)

    def __init__(self, session: Session, jobs: JobService, processor: Processor, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._processor = processor
        self._edit: Callable[[], Edit] | None = None
        processor.processed.connect(self._remember)
        self._disconnect = session.job_changed.connect(self._job_changed)

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def refusal(self) -> str:
        """Why no scale can be set now; empty if it can."""
        if self._session.run is None or self._session.run_location is None:
            return tr("Process the source first.")
        return tr("Processing is in progress.") if self._session.job(JobKind.PROCESS).is_active else ""

    def set_scale(self, wish: ScaleWish) -> None:
        """Begin; the new result replaces the present one when it is there."""
        run, location = self._session.run, self._session.run_location
        if run is None or location is None:
            return
        if location.is_dataset:
            before = _Shown(run=run, location=location)
            self._announce(lambda: self._swapping(before))
            self._start(lambda events, cancel: rescale_dataset_run(run, location, wish, events=events, cancel=cancel))
            return
        try:
            after = scaled_settings(run, wish)
        except InputError as error:
            self.refused.emit(tr(TITLE), error)
            return
        before_config = run.config
        self._announce(
            lambda: Edit(label=EDIT_LABEL, redo=lambda: self._process(after), undo=lambda: self._process(before_config))
        )
        self._process(after)

    def _announce(self, make: Callable[[], Edit]) -> None:
        """From now on to take back is to stop, until there is an edit to be made."""
        self._edit = make
        self._session.edits.begin(EDIT_LABEL, self._processor.cancel)

    def _take_edit(self) -> Callable[[], Edit] | None:
        """How to make the edit that was announced, for the last time."""
        make, self._edit = self._edit, None
        if make is not None:
            self._session.edits.end()
        return make

    def _process(self, config: PipelineConfig) -> None:
        """Make the run with these settings; other settings of the next run stay as the person left them."""
        run, jobs, source = self._session.run, self._jobs, self._session.source
        source = source if run is None else run.source
        if source is None:
            return
        chosen = source

        def work(events: EventSink, cancel: CancelToken) -> object:
            return jobs.process(chosen, config, events=events, cancel=cancel)

        self._session.set_config(with_scale_of(self._session.config, config))
        self._start(work)

    def _start(self, work: Work) -> None:
        if not self._processor.start_work(TITLE, work):
            self._take_edit()

    def _swapping(self, before: _Shown) -> Edit:
        """Both results are at hand."""
        run, location = self._session.run, self._session.run_location
        assert run is not None and location is not None
        after = _Shown(run=run, location=location)
        return Edit(label=EDIT_LABEL, redo=lambda: self._show(after), undo=lambda: self._show(before))

    def _show(self, shown: _Shown) -> None:
        self._session.set_config(with_scale_of(self._session.config, shown.run.config))
        self._session.finish_run(shown.run, shown.location)

    def _remember(self, result: object) -> None:
        """The new result is shown: from now on the change can be taken back."""
        make = self._take_edit()
        if make is None or not isinstance(result, FinishedRun):
            return
        self._session.set_config(with_scale_of(self._session.config, result.run.config))
        self._session.edits.note(make())

    def _job_changed(self, kind: JobKind) -> None:
        """A scale that failed or was stopped leaves the settings as those of the result that is shown."""
        if kind is not JobKind.PROCESS or self._session.job(kind).title != TITLE:
            return
        run = self._session.run
        if self._session.job(kind).phase in (JobPhase.FAILED, JobPhase.CANCELLED) and run is not None:
            self._take_edit()
            self._session.set_config(with_scale_of(self._session.config, run.config))
