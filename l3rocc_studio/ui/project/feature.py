"""Projects in the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.project import ProjectState
from l3rocc_studio.model.project_parts import SOURCE_KEY, location_of, settings_of
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.input_check import VIDEO_SUFFIXES
from l3rocc_studio.services.project_file import Recovery, RecoveryFolder, load_project
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.opening import OpenRequest
from l3rocc_studio.ui.project.autosave import Autosave
from l3rocc_studio.ui.project.cameras import ProjectCameras
from l3rocc_studio.ui.project.recovering import RecoveryOffer
from l3rocc_studio.ui.project.saving import FILES, ProjectSaving
from l3rocc_studio.ui.question import Question

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loading:
    """A project whose source is being opened."""

    parts: dict[str, Any]
    path: Path | None
    source: Path
    is_dirty: bool


class ProjectFeature:
    """Opens projects; the model knows what is in one."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session, self._project, self._window = studio.session, studio.project, studio.window
        self._life = QObject(studio.window)
        self._loading: _Loading | None = None
        self.question: Question | None = None
        """Where the source of a project is, while that is asked."""
        self._reader = Job(self._life)
        self.saving = ProjectSaving(studio, self._life)
        self.recovery_folder = RecoveryFolder(studio.workspace.recovery_dir)
        self.offer = RecoveryOffer(studio, self.recovery_folder, self._restore)
        self.cameras = ProjectCameras(self._window, self._session)
        self._project.register(self.cameras)
        self.autosave = Autosave(self._project, self._session, self.recovery_folder, self._life)
        self._wire()
        self._show_title()

    def shut_down(self) -> None:
        """Stop; nothing has to be recovered from a program that ends by itself."""
        self._title_timer.stop()
        for disconnect in self._disconnects:
            disconnect()
        self._reader.shut_down()
        self.saving.shut_down()
        self.autosave.shut_down()
        self.cameras.shut_down()
        self._project.shut_down()

    def _wire(self) -> None:
        studio = self._studio
        studio.actions.on("project_open", self._ask_to_open)
        studio.opener.project_wanted.connect(self.open)
        studio.take_over = self.take_over
        studio.opener.opened.connect(self._opened)
        studio.opener.failed.connect(lambda _doing, _error: self._forget_loading())
        studio.opener.refused.connect(lambda _reason: self._forget_loading())
        self._reader.failed.connect(lambda error: studio.messages.show_error(tr("Open the project"), error))
        self._reader.succeeded.connect(self._open_source_of)
        self.autosave.failed.connect(
            lambda error: studio.window.say(tr("Autosave failed: {message}").format(message=retell(error.message)))
        )
        for panel in studio.window.scene_panels:
            panel.touched.connect(self.autosave.save_soon)
        # In an event of its own: a title goes to the window manager, and rules are asked anew.
        self._title_timer = QTimer(self._life)
        self._title_timer.setSingleShot(True)
        self._title_timer.setInterval(0)
        self._title_timer.timeout.connect(self._show_title)
        self._disconnects = [
            self._project.changed.connect(self._title_timer.start),
            self._session.source_changed.connect(self._source_changed),
        ]

    def open(self, path: Path) -> None:
        """Open a project; what is wrong with it is told in a sentence."""
        if not self.saving.may_leave(lambda: self.open(path)):
            return

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            return load_project(path), path

        if not self._reader.is_running:
            self._reader.start(work)

    def take_over(self, state: ProjectState) -> None:
        """Open what another window had open."""
        try:
            self._request(state.parts, state.path, is_dirty=state.is_dirty)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Open the project"), error)

    def _open_source_of(self, read: tuple[dict[str, Any], Path]) -> None:
        parts, path = read
        try:
            self._request(parts, path, is_dirty=False)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Open the project"), error)

    def _request(self, parts: dict[str, Any], path: Path | None, *, is_dirty: bool) -> None:
        """Open what a project is about; the rest of it follows once that is there.

        Raises
        ------
        InputError
            If the project does not say what it is about, or its settings make no sense.
        """
        facts = parts.get(SOURCE_KEY)
        if not isinstance(facts, Mapping) or not isinstance(facts.get("path"), str):
            raise InputError("The project does not say which source it belongs to.", "Open the source itself.")
        source = Path(facts["path"])
        if not source.exists():
            self._ask_where(parts, path, source)
            return
        config = settings_of(parts["settings"]) if isinstance(parts.get("settings"), Mapping) else None
        location = location_of(facts)
        if location is not None and location.workdir is not None and not location.workdir.is_dir():
            # Its stages are gone: the source opens alone, and the next run makes them again.
            location = RunLocation(path=source, workdir=None, config={}) if location.is_dataset else None
        episode = facts.get("episode")
        self._loading = _Loading(parts=parts, path=path, source=source, is_dirty=is_dirty)
        self._studio.opener.request(
            OpenRequest(
                path=source, episode=episode if isinstance(episode, int) else None, location=location, config=config
            )
        )

    def _ask_where(self, parts: dict[str, Any], path: Path | None, source: Path) -> None:
        """The source was moved: let the person say where it is now."""

        def answered(is_wanted: bool) -> None:
            self.question = None
            if is_wanted:
                self._find(parts, path, source)

        self.question = Question(
            self._window,
            title=tr("Source not found"),
            text=tr("{name} is not where the project left it.").format(name=source.name),
            detail=tr("It was at {source}. Has it been moved?").format(source=source),
            yes=tr("Locate…"),
            no=tr("Cancel"),
            is_yes_usual=True,
            icon=QMessageBox.Icon.Warning,
        )
        self.question.answered.connect(answered)
        self.question.open()

    def _find(self, parts: dict[str, Any], path: Path | None, source: Path) -> None:
        folder = self._studio.settings.folder("open")
        if source.suffix:
            pattern = " ".join(f"*{suffix}" for suffix in VIDEO_SUFFIXES)
            chosen, _ = QFileDialog.getOpenFileName(
                self._window, tr("Where is {name}?").format(name=source.name), folder, pattern
            )
        else:
            chosen = QFileDialog.getExistingDirectory(
                self._window, tr("Where is {name}?").format(name=source.name), folder
            )
        if chosen:
            self.open_moved(parts, path, Path(chosen))

    def open_moved(self, parts: dict[str, Any], path: Path | None, source: Path) -> None:
        """Open a project whose source is at another place now."""
        moved = {**parts, SOURCE_KEY: {**parts[SOURCE_KEY], "path": str(source)}}
        try:
            self._request(moved, path, is_dirty=True)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Open the project"), error)

    def _opened(self, _result: object) -> None:
        loading, self._loading = self._loading, None
        if loading is None or self._session.source is None or not _is_same(self._session.source.path, loading.source):
            self._project.start_over()
            return
        self._take_over(loading)

    def _take_over(self, loading: _Loading) -> None:
        problems = self._project.load(loading.parts, loading.path, is_dirty=loading.is_dirty)
        if loading.path is not None:
            self._studio.settings.add_recent(loading.path)
            self._studio.settings.set_folder("project", loading.path.parent)
        if problems:
            self._window.say(tr("Opened with problems: {problems}").format(problems=retell(" ".join(problems))))
        else:
            self._window.say(tr("Opened {path}").format(path=loading.path or loading.source))
        lost = loading.parts[SOURCE_KEY].get("has_run") and self._session.run is None
        if lost:
            self._window.say(
                tr("The result of this project is no longer in the workspace. Process again to recreate it.")
            )

    def _forget_loading(self) -> None:
        self._loading = None

    def _source_changed(self) -> None:
        if self._session.source is None:
            self._project.start_over()
        self._title_timer.start()

    def _ask_to_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open a project"), self._studio.settings.folder("project"), tr(FILES)
        )
        if chosen:
            self.open(Path(chosen))

    def _restore(self, recovery: Recovery) -> None:
        try:
            self._request(recovery.parts, recovery.project_path, is_dirty=recovery.project_path is not None)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Restore the last session"), error)

    # Showing

    def _show_title(self) -> None:
        source = self._session.source
        name = self._project.name or self._session.shown_name
        self._window.setWindowTitle(
            tr("{name}[*] – L3ROcc Studio").format(name=name) if name else tr("L3ROcc Studio[*]")
        )
        self._window.setWindowModified(self._project.is_dirty and source is not None)
        self._studio.permissions.update()


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other
