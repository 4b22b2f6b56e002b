"""Keeps the window in step with the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui import summary
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.presenter import Presenter
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.staging import PreparedGrowth, PreparedRun, Stager
from l3rocc_studio.ui.theme import Theme

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_studio.render.prepared_world import PreparedWorld
    from l3rocc_studio.ui.panels.cloud_panel import CloudPanel
    from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel

VIEW_KEYS = {
    ViewKind.GODS_EYE: "view_gods_eye",
    ViewKind.FOLLOW: "view_follow",
    ViewKind.FIRST_PERSON: "view_first_person",
    ViewKind.TOP: "view_top",
    ViewKind.FRONT: "view_front",
    ViewKind.SIDE: "view_side",
}


class Display(QObject):
    """Listens to the session and the theme and changes the window; it decides nothing.

    A source that the session no longer shows is closed here, once nothing reads it any more.
    """

    def __init__(
        self, window: MainWindow, session: Session, settings: StudioSettings, theme: Theme, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._theme = theme
        self._presenter = presenter
        self._source: FrameSource | None = None
        self._has_scenes = False
        self._deferred: list[Callable[[], None]] = []
        self.stager = Stager(self)
        self.stager.staged.connect(self._stage)
        window.cloud_panel.view_changed.connect(self._show_view_kind)
        theme.changed.connect(self._follow_theme)
        self._disconnects = [
            session.source_changed.connect(self._show_source),
            session.run_changed.connect(self._show_run),
            session.config_changed.connect(self._show_config),
            session.job_changed.connect(self._show_job),
            session.timeline.scrubbing_changed.connect(self._show_scrubbing),
            session.timeline.playing_changed.connect(self._show_playing),
        ]
        self._follow_theme()

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is on the screen."""
        is_gliding = any(panel.mover is not None and panel.mover.is_gliding for panel in self._window.scene_panels)
        is_busy = is_gliding or bool(self._deferred) or not self._presenter.is_at_rest
        return self._has_scenes and self.stager.is_idle and not is_busy

    def shut_down(self) -> None:
        """Stop listening, free VTK, close the source."""
        self._theme.changed.disconnect(self._follow_theme)
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []
        self._deferred = []
        self.stager.shut_down()
        self._presenter.shut_down()
        for panel in self._window.scene_panels:
            panel.shut_down()
        if self._source is not None:
            self._source.close()
            self._source = None

    def host_scenes(self) -> None:
        """Make the 3D panels; their code is loaded."""
        from l3rocc_studio.render.occupancy_scene import OccupancyScene
        from l3rocc_studio.render.world_scene import WorldScene

        cloud, occupancy = self._window.scene_panels
        cloud.host(WorldScene())
        occupancy.host(OccupancyScene(builds_meshes=False))
        self._has_scenes = True
        self._follow_theme()
        self.stager.set_run(self._session.run)

    def lack_scenes(self, reason: str) -> None:
        """Say that there will be no 3D panels."""
        for panel in self._window.scene_panels:
            panel.say(tr("The 3D view cannot be loaded: {reason}.").format(reason=reason))

    def fit_views(self) -> None:
        """Bring everything back into view."""
        for panel in self._window.scene_panels:
            panel.fit()

    def _take_frames(self) -> None:
        """The occupancy panel has other frames."""
        run, panel = self._session.run, self._window.occupancy_panel
        num_frames = run.num_frames if run and panel.has_run else panel.num_grown
        self._presenter.set_run(num_frames, self._session.run_frames.start if run else panel.first_grown)
        self._presenter.refresh()

    def _show_source(self) -> None:
        source, window = self._session.source, self._window
        self._presenter.set_source(source)
        if self._source is not None and self._source is not source:
            self._source.close()
        self._source = source
        self._defer(self._show_page)
        title = tr("{name} – L3ROcc Studio").format(name=self._session.shown_name) if source else None
        window.setWindowTitle(title or tr("L3ROcc Studio"))
        if source is None:
            window.start_page.show_recent(self._settings.recent, self._settings.unfinished)
            window.say(tr("Ready"))
            return
        self._defer(self._tell_source)
        self._presenter.refresh()

    def _show_page(self) -> None:
        self._window.show_desk(is_shown=self._session.source is not None)

    def _tell_source(self) -> None:
        source, window = self._session.source, self._window
        if source is not None:
            window.process_panel.show_source(self._session.shown_name, summary.source_facts(source), source.warnings)
            window.rgb_panel.set_note(source.path.name)

    def _tell_result(self) -> None:
        run = self._session.run
        self._window.process_panel.form.show_unit(is_metric=self._session.is_next_metric)
        facts = summary.run_facts(run) if run else []
        # What the source is warned about stands above already.
        notes = [note for note in run.record.notes if note not in run.source.warnings] if run else []
        self._window.process_panel.show_result(facts, notes)
        self._show_stale()

    def _show_run(self) -> None:
        run, window = self._session.run, self._window
        self._defer(self._tell_result)
        window.cloud_panel.set_note(tr("{num_points:,} points").format(num_points=run.cloud.num_points) if run else "")
        unit = "m" if run and run.scale.is_metric else tr("units")
        window.occupancy_panel.set_note(
            tr("voxels of {voxel_size:g} {unit}").format(voxel_size=run.config.voxel_size, unit=unit) if run else ""
        )
        self._presenter.set_run(0, self._session.run_frames.start)
        for panel in window.scene_panels:
            self._defer(partial(self._clear_panel, panel))
        self._defer(self._start_staging)
        self._presenter.refresh()

    def _clear_panel(self, panel: CloudPanel | OccupancyPanel) -> None:
        """Take the old result off; what grew until now stays until the finished one takes its place."""
        run = self._session.run
        if not (run and panel.is_growing):
            panel.set_run(None)
        panel.say(tr("Preparing the view…") if run else tr(panel.empty_text))

    def _start_staging(self) -> None:
        if self._has_scenes:
            self.stager.set_run(self._session.run)

    def grow_cloud(self, growth: PreparedWorld, first: int) -> None:
        """The cloud panel shows what a running job knows of a way from frame ``first``, unless there is a result."""
        if self._session.run is not None:
            return
        panel = self._window.cloud_panel
        if not panel.is_growing:
            self._presenter.set_run(0, first)
            self._presenter.refresh()
            panel.set_note(tr("first points, still growing"))
        panel.show_growth(growth, self._session.timeline.current - first)

    def show_growth(self, growth: PreparedGrowth) -> None:
        """The occupancy panel shows the frames that a running job has made, unless there is a result to see."""
        if self._session.run is not None:
            return
        panel = self._window.occupancy_panel
        if panel.show_growth(growth):
            self._presenter.set_run(growth.num_ready, panel.first_grown)
            self._presenter.refresh()
        elif panel.is_growing:
            self._presenter.extend_run(growth.num_ready)
        panel.set_note(
            tr("{num_ready} of {num_frames} frames").format(
                num_ready=growth.num_ready, num_frames=growth.run.occupancy.num_frames
            )
        )

    def _drop_growth(self) -> None:
        """Nothing of a job that came to no result stays on the screen."""
        for panel in self._window.scene_panels:
            panel.set_run(None)
            panel.set_note("")
        self._presenter.set_run(0)
        self._presenter.refresh()

    def _stage(self, prepared: PreparedRun) -> None:
        """The panels take a run that was made ready for them."""
        if prepared.run is not self._session.run:
            return
        self._window.cloud_panel.set_run(prepared.run, prepared.world)
        self._defer(partial(self._stage_occupancy, prepared))

    def _stage_occupancy(self, prepared: PreparedRun) -> None:
        if prepared.run is self._session.run:
            self._window.occupancy_panel.set_run(prepared.run, prepared.extent)
            self._take_frames()

    def _defer(self, work: Callable[[], None]) -> None:
        """Do something in an event of its own, so that no event keeps the window busy for long."""
        self._deferred.append(work)
        QTimer.singleShot(0, self, self._do_deferred)

    def _do_deferred(self) -> None:
        if self._deferred:
            self._deferred.pop(0)()

    def _show_view_kind(self, kind: ViewKind) -> None:
        for listed, key in VIEW_KEYS.items():
            self._window.actions_set[key].setChecked(listed is kind)

    def _show_config(self) -> None:
        form = self._window.process_panel.form
        if form.config != self._session.config:
            form.show_config(self._session.config)
        form.show_unit(is_metric=self._session.is_next_metric)
        self._show_stale()

    def _show_stale(self) -> None:
        run = self._session.run
        text = summary.stale_text(run.config, self._session.config) if run else ""
        self._window.process_panel.show_stale(text)

    def _show_job(self, kind: JobKind) -> None:
        job, window = self._session.job(kind), self._window
        if kind is JobKind.PROCESS:
            window.process_panel.job_card.show_job(job)
            window.process_panel.show_running(is_running=job.is_active)
            if self._session.run is None:
                if job.phase in (JobPhase.CANCELLED, JobPhase.FAILED):
                    self._drop_growth()
                for panel in window.scene_panels:
                    if not panel.is_growing:  # which says itself what is missing
                        panel.say(tr("Processing…") if job.is_active else tr(panel.empty_text))
        else:
            window.job_strips[kind].show_job(job)
            self._show_opening(job)
        if job.phase is JobPhase.RUNNING and job.status is None:
            window.say(tr("{title}…").format(title=tr(job.title)))
        elif job.phase is JobPhase.CANCELLED:
            kept = tr(" Finished stages are kept.") if kind is JobKind.PROCESS else ""
            window.say(tr("Stopped: {title}.{kept}").format(title=tr(job.title), kept=kept))

    def _show_opening(self, job: JobState) -> None:
        """The start page is locked while something is opened, until what was opened takes its place."""
        if job.is_active:
            self._window.start_page.show_opening(tr("{title}…").format(title=tr(job.title)))
        else:
            self._defer(self._unlock_start_page)

    def _unlock_start_page(self) -> None:
        if self._session.source is None:
            self._window.start_page.show_opening("")

    def _show_scrubbing(self, is_scrubbing: bool) -> None:
        for panel in self._window.scene_panels:
            panel.set_scrubbing(is_scrubbing)

    def _show_playing(self, is_playing: bool) -> None:
        for panel in self._window.scene_panels:
            panel.set_playing(is_playing)

    def _follow_theme(self) -> None:
        self._window.rgb_panel.view.set_backdrop(self._theme.color("canvas"))
        if not self._has_scenes:
            return
        from l3rocc_studio.render.colormaps import DARK, LIGHT

        for panel in self._window.scene_panels:
            panel.set_background(DARK if self._theme.is_dark else LIGHT)
        # The voxels' colours fade into the background.
        self._defer(self._presenter.refresh)
