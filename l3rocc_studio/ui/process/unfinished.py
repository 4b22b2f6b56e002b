"""Remembers runs that were stopped, so that the start page can tell, and how far they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.unfinished import Unfinished

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

_STEP_PERCENT = 5


class UnfinishedRuns:
    """Follows the job; what it notes while one runs is there after a crash, too."""

    def __init__(self, studio: Studio) -> None:
        self._studio, self._session = studio, studio.session
        self._path: Path | None = None
        self._workdir = Path()
        self._noted: Unfinished | None = None
        self._percent = 0
        self._disconnect = self._session.job_changed.connect(self._follow)

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def _follow(self, kind: JobKind) -> None:
        job = self._session.job(kind)
        if kind is not JobKind.PROCESS:
            return
        if job.is_active:
            self._note(job)
        elif self._path is not None:
            self._end(job)

    def _note(self, job: JobState) -> None:
        source = self._session.source
        if source is None or not job.track.rows:
            return  # nothing that is done in stages
        if self._path is None:
            self._path = source.path
            self._workdir = self._studio.workspace.run_path(source.name, source.fingerprint)
        self._percent = min(99, round(100 * (job.track.fraction or 0.0)))
        if self._noted is None or self._percent >= self._noted.percent + _STEP_PERCENT:
            self._remember(Unfinished(percent=self._percent, has_stages=self._has_stages()))

    def _end(self, job: JobState) -> None:
        is_stopped = job.phase is JobPhase.CANCELLED
        self._remember(Unfinished(percent=self._percent, has_stages=self._has_stages()) if is_stopped else None)
        self._path = self._noted = None
        recent = self._studio.recent_files
        QTimer.singleShot(0, recent, recent.refresh)  # an event of its own: enough happens when a run ends

    def _has_stages(self) -> bool:
        from l3rocc_engine.pipeline import has_finished_stage

        return has_finished_stage(self._workdir)

    def _remember(self, noted: Unfinished | None) -> None:
        self._noted = noted
        if self._path is not None:
            self._studio.settings.note_unfinished(self._path, noted)
