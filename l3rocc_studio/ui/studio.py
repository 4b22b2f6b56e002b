"""One window with everything behind it: made, wired, and taken apart in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.project import Project, ProjectState
from l3rocc_studio.model.project_parts import session_parts
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.services.input_check import DropGlance
from l3rocc_studio.services.job_service import JobService, episode_number
from l3rocc_studio.services.log_tail import LogTail
from l3rocc_studio.services.thumbnails import Thumbnails
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui.closing import Closing
from l3rocc_studio.ui.dialogs.error_dialog import ErrorDialog
from l3rocc_studio.ui.display import VIEW_KEYS, Display
from l3rocc_studio.ui.drop_target import DropTarget
from l3rocc_studio.ui.escaping import Exits
from l3rocc_studio.ui.export.exporter import Exporter
from l3rocc_studio.ui.features import FEATURES
from l3rocc_studio.ui.film import render_film
from l3rocc_studio.ui.keyboard_focus import KeyboardFocus
from l3rocc_studio.ui.loading import SceneLoader
from l3rocc_studio.ui.main_window import LAYOUT_KEYS, MainWindow
from l3rocc_studio.ui.messages import Messages
from l3rocc_studio.ui.opening import Opener
from l3rocc_studio.ui.permissions import Permissions
from l3rocc_studio.ui.player import Player
from l3rocc_studio.ui.presenter import Presenter
from l3rocc_studio.ui.processing import Processor
from l3rocc_studio.ui.recent_files import RecentFiles
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.theme_choice import ThemeChoice
from l3rocc_studio.ui.thumbnails import ThumbnailLoader

DEFAULT_SIZE = (1440, 900)


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
        self.workspace = workspace
        self.settings = StudioSettings(workspace.settings_file)
        self.session = Session(PipelineConfig())
        self.project = Project()
        self.may_leave: Callable[[Callable[[], object]], bool] = lambda _go_on: True
        """Whether what is open may be left; if not, its argument is called once it may."""
        self.take_over: Callable[[ProjectState], object] = lambda _state: None
        """Opens what another window had open."""
        self.is_reopening = False
        """Whether the window closes to be made anew."""
        self.left_open: ProjectState | None = None
        """What was open then."""
        for part in session_parts(self.session, self._open_episode):
            self.project.register(part)
        self.theme = theme
        self.log_tail = log_tail
        self.window = MainWindow(self.session, theme)
        self.actions = self.window.actions_set
        self.theme_choice = ThemeChoice(theme, self.settings, self.actions)
        window = self.window
        self.jobs = jobs = jobs or JobService(workspace)
        self.thumbnails = ThumbnailLoader(Thumbnails(workspace.thumbnails_dir), window)
        self.messages = Messages(window, self.session, theme, log_tail)
        self.opener = Opener(self.session, jobs, self.settings, window, self._may_open_another)
        self.recent_files = RecentFiles(window, self.settings, self.opener)
        self.processor = Processor(self.session, jobs, window)
        self.exporter = Exporter(self.session, exports or ExportService(render_film), window)
        self.presenter = Presenter(self.session.timeline, window.rgb_panel, *window.scene_panels, window)
        self.display = Display(window, self.session, self.settings, theme, self.presenter)
        self.player = Player(self.session.timeline, window)
        self.permissions = Permissions(self.session, self.actions)
        self.drops = DropTarget(window)
        self.focus = KeyboardFocus(window)
        self.loader = SceneLoader(window)
        self.closing = Closing(window, self.session, self._stop_for_closing)
        self._wants_start_page = self._is_closed = False
        self._disconnects = (
            self.session.job_changed.connect(lambda _kind: self._when_idle()),
            self.session.exports.changed.connect(self._when_idle),
        )
        self._wire_actions()
        self._wire_parts()
        self.exits = Exits()
        self.features = tuple(make(self) for make in FEATURES)
        self.permissions.update()
        self._restore()

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is on the screen."""
        return self.display.is_settled and not self.session.is_busy

    @property
    def is_closed(self) -> bool:
        """Whether the window was taken apart."""
        return self._is_closed

    @property
    def error_dialog(self) -> ErrorDialog | None:
        """The error that is being told, if any."""
        return self.messages.error_dialog

    def show(self) -> None:
        """Show the window; the 3D code loads after its first paint."""
        self.window.show()

    def reopen(self) -> None:
        """Close the window so that another takes its place with what is open; not while something runs."""
        if not self.session.is_busy:
            self.left_open = self.project.state if self.session.source is not None else None
            self.is_reopening = True
            self.window.close()

    def _restore(self) -> None:
        # Qt does not restore what was saved on a screen of quite another size.
        self.window.resize(*DEFAULT_SIZE)
        self.window.restore_layout({key: self.settings.bytes_of(key) for key in LAYOUT_KEYS})
        self.window.keep_on_screen()
        self.recent_files.refresh()
        self.actions["sidebar"].setChecked(True)
        if self.window.sidebar.has_page(self.settings.page):
            self.window.sidebar.show_page(self.settings.page)
        self.window.say(tr("Ready"))

    def _may_close(self) -> bool:
        """Close at once if nothing runs; else ask, stop the jobs first, and close when they have ended."""
        if self._is_closed:
            return True
        if not self.is_reopening and (self.closing.is_held_up() or not self.may_leave(self.window.close)):
            return False
        self._shut_down()
        return True

    def _when_idle(self) -> None:
        """Do what had to wait for the last job to end."""
        self.closing.follow()
        if self._wants_start_page and not self.session.active_jobs:
            self._wants_start_page = False
            self.session.close()

    def _shut_down(self) -> None:
        self._is_closed = True
        for key, state in self.window.layout_state().items():
            self.settings.set_bytes(key, state)
        self.settings.page = self.window.sidebar.current
        self.settings.sync()
        for disconnect in self._disconnects:
            disconnect()
        jobs = (self.opener, self.processor, self.exporter, self.loader, self.thumbnails)
        for feature in reversed(self.features):
            feature.shut_down()
        for part in (self.focus, self.permissions, self.player, *jobs, self.display, self.window.timeline_bar):
            part.shut_down()
        self.closed.emit()
        # Connections between what is left hold each other through Qt, where Python cannot see it.
        self.deleteLater()

    def _wire_actions(self) -> None:
        on, timeline = self.actions.on, self.session.timeline
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
        on("fit", self.display.fit_views)
        for kind, key in VIEW_KEYS.items():
            on(key, partial(self.window.cloud_panel.set_view_kind, kind))
        on("sidebar", lambda: self.window.sidebar.setVisible(self.actions["sidebar"].isChecked()))
        on("shortcuts", self.messages.show_shortcuts)
        on("about", self.messages.show_about)

    def _wire_parts(self) -> None:
        window, messages = self.window, self.messages
        for part in (self.opener, self.processor, self.exporter, self.display.stager):
            part.failed.connect(messages.show_error)
        self.opener.opened.connect(self._after_opening)
        self.opener.stop_wanted.connect(self.cancel_jobs)
        self.processor.processed.connect(lambda _run: window.say(tr("Done. Scrub the timeline, or export the result.")))
        self.processor.grown.connect(self.display.grow_cloud)
        self.processor.seen.connect(self.display.show_growth)
        self.exporter.exported.connect(lambda path: window.say(tr("Exported to {path}").format(path=path)))
        self.presenter.appearing.connect(lambda _frame_idx: window.timeline_bar.appear())
        self.presenter.frame_failed.connect(lambda error: window.say(retell(str(error))))
        self.drops.accepted.connect(self._open_dropped)
        self.drops.refused.connect(window.say)
        self.opener.refused.connect(messages.show_refusal)
        window.start_page.recent.use_thumbnails(self.thumbnails)
        window.process_panel.form.refused.connect(self.permissions.refuse_config)
        for strip in window.job_strips.values():
            strip.cancel_requested.connect(self._cancel_kind)
        window.ask_before_closing(self._may_close)
        window.first_painted.connect(self.loader.start)
        self.loader.loaded.connect(self._host_scenes)
        self.loader.failed.connect(self.display.lack_scenes)

    def _open_dropped(self, dropped: DropGlance) -> None:
        """One thing is opened; several are the queue's."""
        if len(dropped.paths) == 1:
            self.opener.open(dropped.paths[0])

    def cancel_all(self) -> None:
        """Stop every job and every export."""
        self.cancel_jobs()
        self.exporter.cancel()

    def _stop_for_closing(self) -> None:
        self.window.say(tr("Stopping, then closing…"))
        self.cancel_all()

    def cancel_jobs(self) -> None:
        """Stop what works on the source; exports go on."""
        self.opener.cancel()
        self.processor.cancel()

    def _may_open_another(self, go_on: Callable[[], object]) -> bool:
        # Looked up at each time: a feature puts its question here after the opener is made.
        return self.may_leave(go_on)

    def _open_episode(self) -> int | None:
        source = self.session.source
        return None if source is None else episode_number(source)

    def close_source(self) -> None:
        """Back to the start page, once jobs that read the source have ended."""
        if not self.may_leave(self.close_source):
            return
        if self.session.active_jobs:
            self._wants_start_page = True
            self.cancel_jobs()
        else:
            self.session.close()

    def _host_scenes(self) -> None:
        if not self._is_closed:
            self.display.host_scenes()
            from l3rocc_studio.render.prepared_world import prepare_growth

            self.processor.prepare_growth = prepare_growth
            self.ready.emit()

    def _after_opening(self, _result: object) -> None:
        if self.session.source is not None:
            self.window.say(tr("Opened {path}").format(path=self.session.source.path))

    def _cancel_kind(self, kind: JobKind) -> None:
        if kind is JobKind.OPEN:
            self.opener.cancel()
