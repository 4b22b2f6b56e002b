"""Keeps the list of stages in step with the job that runs, and with what would be done next while none does."""

from __future__ import annotations

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.progress import result_of
from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.stage_groups import grouped, standing, unchanged
from l3rocc_studio.model.stage_track import StageRow, StageState, StageTrack
from l3rocc_studio.ui.process.outlook_keeper import OutlookKeeper
from l3rocc_studio.ui.process.stage_reasons import reasons
from l3rocc_studio.ui.process_panel import ProcessPanel

_NO_RESULT = (JobPhase.FAILED, JobPhase.CANCELLED)


class StageBoard:
    """Shows a job's own account of its stages while it runs, and afterwards until the next look ahead is there."""

    def __init__(self, session: Session, keeper: OutlookKeeper, panel: ProcessPanel) -> None:
        self._session = session
        self._panel = panel
        self._outlook: Outlook | None = None
        self._ended_config: PipelineConfig | None = None
        self._was_active = False
        keeper.changed.connect(self._look)
        self._disconnects = [
            session.job_changed.connect(self._follow_job),
            session.source_changed.connect(self._forget),
        ]

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()

    @property
    def _job(self) -> JobState:
        return self._session.job(JobKind.PROCESS)

    def _follow_job(self, kind: JobKind) -> None:
        job = self._job
        if kind is not JobKind.PROCESS or not job.track.rows:
            return
        if job.is_active and not self._was_active:
            self._panel.stages.forget_folding()
        if not job.is_active:
            self._ended_config = self._session.config
        self._was_active = job.is_active
        groups = grouped(job.track)
        self._panel.show_stages(groups, reasons(groups, error=job.error))

    def _forget(self) -> None:
        """What a job found out about another source is no longer of interest."""
        self._outlook = self._ended_config = None
        self._show_standing()

    def _look(self, outlook: Outlook | None) -> None:
        self._outlook = outlook
        if not self._job.is_active:
            self._show_standing()

    def _show_standing(self) -> None:
        run, job = self._session.run, self._job
        groups = grouped(self._standing())
        shown = run.config if run is not None else None
        said = reasons(groups, outlook=self._outlook, shown=shown, error=job.error)
        self._panel.show_stages(groups, said)

    def _standing(self) -> StageTrack:
        run, outlook = self._session.run, self._outlook
        took_s = run.record.stage_s if run is not None else {}
        if outlook is None:
            rows = (StageRow(name=name, state=StageState.DONE, seconds=seconds) for name, seconds in took_s.items())
            return StageTrack(rows=tuple(rows))
        made = unchanged(outlook)
        took_s = {name: seconds for name, seconds in took_s.items() if result_of(name) in made}
        return standing(outlook, took_s, self._ended, has_result=run is not None)

    @property
    def _ended(self) -> StageTrack:
        """The stages of the last job if it failed or was stopped with the source and the settings of now."""
        is_of_now = self._job.phase in _NO_RESULT and self._ended_config == self._session.config
        return self._job.track if is_of_now else StageTrack()
