"""Keeps the forecast in step with source and settings; worked out in a thread, the newest wish only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.session import Session
from l3rocc_studio.services.outlook_service import OutlookService
from l3rocc_studio.services.recasting import needs_rays_alone
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.source import FrameSource

AFTER_MS = 120
Wish = tuple["FrameSource", "PipelineConfig"]


class OutlookKeeper(QObject):
    """Looks ahead whenever something changes that matters.

    Signals
    -------
    changed (Outlook or None)
        The newest look; None while there is nothing to look at.
    failed (L3roccError)
        It could not be worked out.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, service: OutlookService, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._service = service
        self._outlook: Outlook | None = None
        self._is_stale = False
        self._job = Job(self)
        self._job.succeeded.connect(self._take)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._look_again)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._look)
        self._disconnects = [
            session.source_changed.connect(self._start_anew),
            session.config_changed.connect(self._start),
            session.run_changed.connect(self._start),
            session.job_changed.connect(self._job_changed),
        ]

    @property
    def outlook(self) -> Outlook | None:
        """The newest look, or None while there is none for the present settings."""
        is_for_now = self._outlook is not None and self._outlook.config == self._session.config
        return self._outlook if is_for_now else None

    def shut_down(self) -> None:
        """Stop and wait."""
        for disconnect in self._disconnects:
            disconnect()
        self._timer.stop()
        self._job.shut_down()

    def _job_changed(self, kind: JobKind) -> None:
        if kind is JobKind.PROCESS and not self._session.job(kind).is_active:
            self._start()

    def _start_anew(self) -> None:
        """What was found out about another source is no longer so."""
        self._outlook = None
        self.changed.emit(None)
        self._start()

    def _start(self) -> None:
        if self._session.source is not None:
            self._timer.start()

    def _look(self) -> None:
        source, config, service = self._session.source, self._session.config, self._service
        run, location = self._session.run, self._session.run_location
        is_dataset = location is not None and location.is_dataset
        is_whole = is_dataset and run is not None and run.config.digest == config.digest
        if source is None or is_whole:
            self._outlook = None
            self.changed.emit(None)
            return
        if self._job.is_running:
            self._is_stale = True
            return

        rays_alone = needs_rays_alone(run, location, config)

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            return source, service.look(source, config, run, rays_alone=rays_alone)

        self._job.start(work)

    def _look_again(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._look()

    def _take(self, made: tuple[FrameSource, Outlook]) -> None:
        source, outlook = made
        if source is self._session.source and outlook.config == self._session.config:
            self._outlook = outlook
            self.changed.emit(outlook)
