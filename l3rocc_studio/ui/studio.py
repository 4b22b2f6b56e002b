"""One window with everything behind it: made, wired, and taken apart in order."""

from __future__ import annotations

import logging
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

import l3rocc_engine
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.services.log_tail import LogTail
from l3rocc_studio.services.report import error_report
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui import summary
from l3rocc_studio.ui.dialogs.error_dialog import ErrorDialog
from l3rocc_studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from l3rocc_studio.ui.drop_target import DropTarget
from l3rocc_studio.ui.exporting import Exporter
from l3rocc_studio.ui.film import render_film
from l3rocc_studio.ui.loading import SceneLoader
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.opening import Opener, title_of
from l3rocc_studio.ui.permissions import Permissions
from l3rocc_studio.ui.player import Player
from l3rocc_studio.ui.presenter import Presenter
from l3rocc_studio.ui.processing import Processor
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.staging import PreparedRun, Stager
from l3rocc_studio.ui.theme import THEME_NAMES, Theme

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource

VIEW_KEYS = {
    ViewKind.GODS_EYE: "view_gods_eye",
    ViewKind.FOLLOW: "view_follow",
    ViewKind.FIRST_PERSON: "view_first_person",
}
_log = logging.getLogger(__name__)


class Studio(QObject):
    """The window's composition.

    Parameters
    ----------
    workspace
        Where runs and settings live.
    theme
        The application's look.
    jobs, exports
        Services; tests bring their own.
    log_tail
        The end of the log for error reports.

    Signals
    -------
    ready
        The 3D panels are there.
    closed
        Everything is taken apart.
    """

    ready = Signal()
    closed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        theme: Theme,
        log_tail: LogTail,
        jobs: JobService | None = None,
        exports: ExportService | None = None,
    ) -> None:
        super().__init__()
        self.settings = StudioSettings(workspace.settings_file)
        self.session = Session(PipelineConfig())
        self.theme = theme
        self._log_tail = log_tail
        self.window = MainWindow(self.session, theme)
        self.actions = self.window.actions_set
        window = self.window
        jobs = jobs or JobService(workspace)
        self.opener = Opener(self.session, jobs, self.settings, window)
        self.processor = Processor(self.session, jobs, window)
        self.exporter = Exporter(self.session, exports or ExportService(render_film), self.settings, window)
        self.presenter = Presenter(self.session.timeline, window.rgb_panel, *window.scene_panels, window)
        self.stager = Stager(window)
        self.player = Player(self.session.timeline, window)
        self.permissions = Permissions(self.session, self.actions)
        self.drops = DropTarget(window)
        self.loader = SceneLoader(window)
        self.is_ready = False
        self._is_closing = False
        self._is_closed = False
        self._source: FrameSource | None = None
        self.error_dialog: ErrorDialog | None = None
        self._wire_actions()
        self._wire_services()
        self._wire_session()
        self._restore()

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is on the screen."""
        return self.is_ready and not self.session.active_jobs and self.stager.is_idle and self.presenter.is_idle

    @property
    def is_closed(self) -> bool:
        """Whether the window was taken apart."""
        return self._is_closed

    def show(self) -> None:
        """Show the window; the 3D code loads after its first paint."""
        self.window.show()

    def _restore(self) -> None:
        keys = ("geometry", "columns", "rows", "desk")
        self.window.restore_layout({key: self.settings.bytes_of(key) for key in keys})
        if self.settings.bytes_of("geometry") is None:
            self.window.resize(1440, 900)
        self.window.start_page.show_recent(self.settings.recent)
        self._fill_recent_menu()
        self._show_theme_choice()
        for key in ("sidebar", "history"):
            self.actions[key].setChecked(True)
        self.window.say("Ready")

    def _may_close(self) -> bool:
        """Close at once if nothing runs; else stop the jobs first and close when they have ended."""
        if self._is_closed:
            return True
        if self.session.active_jobs:
            if not self._is_closing:
                self._is_closing = True
                self.window.say("Stopping, then closing…")
                self.cancel_all()
            return False
        self._shut_down()
        return True

    def _close_when_idle(self, _kind: JobKind) -> None:
        if self._is_closing and not self.session.active_jobs:
            QTimer.singleShot(0, self.window, self.window.close)

    def _shut_down(self) -> None:
        self._is_closed = True
        for key, state in self.window.layout_state().items():
            self.settings.set_bytes(key, state)
        self.settings.sync()
        self.theme.changed.disconnect(self._follow_theme)
        for disconnect in self._disconnects:
            disconnect()
        for part in (
            self.permissions,
            self.player,
            self.opener,
            self.processor,
            self.exporter,
            self.loader,
            self.stager,
        ):
            part.shut_down()
        self.presenter.shut_down()
        self.window.transport.shut_down()
        for panel in self.window.scene_panels:
            panel.shut_down()
        if self._source is not None:
            self._source.close()
            self._source = None
        self.closed.emit()

    def _wire_actions(self) -> None:
        on, timeline, exporter = self.actions.on, self.session.timeline, self.exporter
        on("open", self.opener.ask_for_video)
        on("open_folder", self.opener.ask_for_folder)
        on("sample", self.opener.open_sample)
        on("close_source", self.close_source)
        on("quit", self.window.close)
        on("process", self.processor.start)
        on("cancel", self.cancel_all)
        on("play", timeline.toggle)
        for key, delta in (("previous", -1), ("next", 1), ("back_10", -10), ("on_10", 10)):
            on(key, partial(timeline.step, delta))
        on("first", lambda: timeline.seek(timeline.range[0]))
        on("last", lambda: timeline.seek(timeline.range[1]))
        on("loop", lambda: timeline.set_looping(self.actions["loop"].isChecked()))
        on("fit", self.fit_views)
        for kind, key in VIEW_KEYS.items():
            on(key, partial(self.window.cloud_panel.set_view_kind, kind))
        on("world_voxels", self._show_options)
        on("history", self._show_options)
        on("sidebar", lambda: self.window.process_panel.setVisible(self.actions["sidebar"].isChecked()))
        on("screenshot", self._ask_for_screenshot)
        for name in THEME_NAMES:
            on(f"theme_{name}", partial(self.choose_theme, name))
        on("export_lerobot", lambda: exporter.ask_for_dataset("lerobot"))
        on("export_interndata", lambda: exporter.ask_for_dataset("interndata"))
        on("export_film", exporter.ask_for_film)
        on("shortcuts", self._show_shortcuts)
        on("about", self._show_about)

    def _wire_services(self) -> None:
        window = self.window
        for part in (self.opener, self.processor, self.exporter):
            part.failed.connect(self.show_error)
        self.opener.opened.connect(self._after_opening)
        self.opener.stop_wanted.connect(self.cancel_all)
        self.processor.processed.connect(lambda _run: window.say("Done. Scrub the timeline, or export the result."))
        self.exporter.exported.connect(lambda path: window.say(f"Exported to {path}"))
        self.presenter.frame_failed.connect(lambda error: window.say(str(error)))
        self.drops.accepted.connect(self.opener.open_judged)
        self.drops.refused.connect(self._refuse_drop)
        window.start_page.open_requested.connect(self.opener.open)
        window.process_panel.form.config_edited.connect(self.session.set_config)
        window.process_panel.form.refused.connect(self.permissions.refuse_config)
        for strip in window.job_strips.values():
            strip.cancel_requested.connect(self._cancel_kind)
        window.ask_before_closing(self._may_close)
        window.first_painted.connect(self.loader.start)
        self.loader.loaded.connect(self._host_scenes)
        self.loader.failed.connect(self._lack_scenes)
        self.stager.staged.connect(self._stage)
        self.stager.failed.connect(self.show_error)
        window.cloud_panel.view_changed.connect(self._show_view_kind)
        self.theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def _wire_session(self) -> None:
        session = self.session
        self._disconnects = [
            session.source_changed.connect(self._show_source),
            session.run_changed.connect(self._show_run),
            session.config_changed.connect(self._show_config),
            session.job_changed.connect(self._show_job),
            session.job_changed.connect(self._close_when_idle),
            session.timeline.scrubbing_changed.connect(self._show_scrubbing),
            session.timeline.playing_changed.connect(self._show_playing),
        ]

    def cancel_all(self) -> None:
        """Stop every job."""
        self.opener.cancel()
        self.processor.cancel()
        self.exporter.cancel()

    def close_source(self) -> None:
        """Back to the start page; jobs that need the source are stopped and waited for."""
        self.cancel_all()
        for part in (self.processor, self.exporter):
            part.shut_down()
        self.session.close()

    def fit_views(self) -> None:
        """Bring everything back into view."""
        for panel in self.window.scene_panels:
            panel.fit()

    def choose_theme(self, name: str) -> None:
        """Change the look and remember it."""
        self.settings.theme = name
        self.theme.choose(name)
        self._show_theme_choice()

    def save_screenshot(self, path: Path) -> None:
        """Save a picture of the window.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        if not self.window.grab().save(str(path)):
            raise InputError(f"The picture {path} cannot be written.", "Use a name that ends in .png.")
        self.window.say(f"Saved {path}")

    def show_error(self, doing: str, error: L3roccError) -> None:
        """Tell what went wrong, without stopping anything else."""
        name = str(self.session.source.path) if self.session.source else ""
        report = error_report(error, self.session.config, name, self._log_tail.lines)
        if self.error_dialog is not None:
            self.error_dialog.close()
        dialog = ErrorDialog(title_of(error, doing), error, report, self.theme, self.window)
        dialog.finished.connect(lambda _code: self._forget_dialog(dialog))
        self.error_dialog = dialog
        dialog.open()
        self.window.say(error.message)

    def _show_source(self) -> None:
        source = self.session.source
        self.presenter.set_source(source)
        if self._source is not None and self._source is not source:
            self._source.close()
        self._source = source
        window = self.window
        window.show_desk(is_shown=source is not None)
        window.setWindowTitle(f"{source.name} – L3ROcc Studio" if source else "L3ROcc Studio")
        if source is None:
            window.start_page.show_recent(self.settings.recent)
            window.say("Ready")
            return
        window.process_panel.show_source(source.name, summary.source_facts(source), source.warnings)
        window.rgb_panel.set_note(source.path.name)
        self.presenter.refresh()

    def _show_run(self) -> None:
        run, window = self.session.run, self.window
        facts = summary.run_facts(run) if run else []
        window.process_panel.show_result(facts, run.record.notes if run else ())
        window.cloud_panel.set_note(f"{run.cloud.num_points:,} points" if run else "")
        unit = "m" if run and run.scale.is_metric else "units"
        window.occupancy_panel.set_note(f"voxels of {run.config.voxel_size:g} {unit}" if run else "")
        self._show_stale()
        self.presenter.set_run(0)
        for panel in window.scene_panels:
            panel.set_run(None)
            panel.say("Preparing the view…" if run else panel.empty_text)
        if self.is_ready:
            self.stager.set_run(run)
        self.presenter.refresh()

    def _stage(self, prepared: PreparedRun) -> None:
        """The panels take a run that was made ready for them."""
        if prepared.run is not self.session.run:
            return
        cloud, occupancy = self.window.scene_panels
        cloud.set_run(prepared.run, prepared.world)
        occupancy.set_run(prepared.run, prepared.extent)
        self._show_options()
        self.presenter.set_run(prepared.run.num_frames)
        self.presenter.refresh()

    def _show_options(self) -> None:
        self.window.cloud_panel.set_occupancy_visible(is_visible=self.actions["world_voxels"].isChecked())
        self.window.occupancy_panel.set_history_visible(is_visible=self.actions["history"].isChecked())

    def _show_view_kind(self, kind: ViewKind) -> None:
        for listed, key in VIEW_KEYS.items():
            self.actions[key].setChecked(listed is kind)

    def _show_config(self) -> None:
        form = self.window.process_panel.form
        if form.config != self.session.config:
            form.show_config(self.session.config)
        self._show_stale()

    def _show_stale(self) -> None:
        run = self.session.run
        self.window.process_panel.show_stale(summary.stale_text(run.config, self.session.config) if run else "")

    def _show_job(self, kind: JobKind) -> None:
        job = self.session.job(kind)
        if kind is JobKind.PROCESS:
            self.window.process_panel.job_card.show_job(job)
            self.window.process_panel.show_running(is_running=job.is_active)
        else:
            self.window.job_strips[kind].show_job(job)
        if job.phase is JobPhase.CANCELLED:
            self.window.say(f"Stopped: {job.title}. Finished stages are kept.")

    def _show_scrubbing(self, is_scrubbing: bool) -> None:
        for panel in self.window.scene_panels:
            panel.set_scrubbing(is_scrubbing)

    def _show_playing(self, is_playing: bool) -> None:
        for panel in self.window.scene_panels:
            panel.set_playing(is_playing)

    def _after_opening(self, _result: object) -> None:
        self._fill_recent_menu()
        if self.session.source is not None:
            self.window.say(f"Opened {self.session.source.path}")

    def _fill_recent_menu(self) -> None:
        menu = self.window.recent_menu
        menu.clear()
        recent = self.settings.recent
        for path in recent:
            menu.addAction(path.name, partial(self.opener.open, path)).setToolTip(str(path))
        menu.setEnabled(bool(recent))

    def _cancel_kind(self, kind: JobKind) -> None:
        if kind is JobKind.OPEN:
            self.opener.cancel()
        else:
            self.exporter.cancel(kind)

    def _refuse_drop(self, reason: str) -> None:
        self.show_error("Opening what was dropped", InputError(reason))

    def _host_scenes(self) -> None:
        if self._is_closed:
            return
        from l3rocc_studio.render.occupancy_scene import OccupancyScene
        from l3rocc_studio.render.world_scene import WorldScene

        started_s = time.monotonic()
        self.window.cloud_panel.host(WorldScene())
        self.window.occupancy_panel.host(OccupancyScene())
        _log.info("The 3D panels were made in %.2f s.", time.monotonic() - started_s)
        self._follow_theme()
        self.is_ready = True
        self.stager.set_run(self.session.run)
        self.ready.emit()

    def _lack_scenes(self, reason: str) -> None:
        for panel in self.window.scene_panels:
            panel.say(f"The 3D view cannot be loaded: {reason}.")

    def _follow_theme(self) -> None:
        self.window.rgb_panel.view.set_backdrop(self.theme.color("canvas"))
        if self.window.cloud_panel.scene is None:
            return
        from l3rocc_studio.render.colormaps import DARK, LIGHT

        for panel in self.window.scene_panels:
            panel.set_background(DARK if self.theme.is_dark else LIGHT)

    def _show_theme_choice(self) -> None:
        for name in THEME_NAMES:
            self.actions[f"theme_{name}"].setChecked(name == self.theme.choice)

    def _ask_for_screenshot(self) -> None:
        suggestion = str(Path(self.settings.folder("export")) / "l3rocc-studio.png")
        chosen, _ = QFileDialog.getSaveFileName(self.window, "Save screenshot", suggestion, "Pictures (*.png)")
        if not chosen:
            return
        try:
            self.save_screenshot(Path(chosen))
        except InputError as error:
            self.show_error("Saving the screenshot", error)

    def _forget_dialog(self, dialog: ErrorDialog) -> None:
        if self.error_dialog is dialog:
            self.error_dialog = None
        dialog.deleteLater()

    def _show_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self.actions.specs, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_about(self) -> None:
        box = QMessageBox(self.window)
        box.setWindowTitle("About L3ROcc Studio")
        box.setIconPixmap(QApplication.windowIcon().pixmap(64, 64))
        box.setText(f"<b>L3ROcc Studio {l3rocc_engine.__version__}</b>")
        box.setInformativeText(
            "From RGB video to 3D clouds, camera paths and egocentric 4D occupancy.\n\nMIT licence. "
            "Qt for Python is used under the LGPL, VTK under the BSD licence."
        )
        box.finished.connect(box.deleteLater)
        box.open()
