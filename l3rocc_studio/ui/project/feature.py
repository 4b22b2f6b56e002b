"""Projects in the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.project_parts import SOURCE_KEY, location_of, settings_of
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.services.input_check import PROJECT_SUFFIX, VIDEO_SUFFIXES
from l3rocc_studio.services.project_file import Recovery, RecoveryFolder, load_project, save_project
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.opening import OpenRequest
from l3rocc_studio.ui.project.autosave import Autosave
from l3rocc_studio.ui.project.recovery_bar import RecoveryBar

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

FILES = N_(f"Projects (*{PROJECT_SUFFIX})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loading:
    """A project whose source is being opened."""

    parts: dict[str, Any]
    path: Path | None
    source: Path
    is_dirty: bool


class ProjectFeature:
    """Opens and saves; the model knows what is in a project."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session, self._project, self._window = studio.session, studio.project, studio.window
        self._life = QObject(studio.window)
        self._loading: _Loading | None = None
        self._after_saving: Callable[[], object] | None = None
        self.question: QMessageBox | None = None
        self._reader, self._writer = Job(self._life), Job(self._life)
        self.recovery_folder = RecoveryFolder(studio.workspace.recovery_dir)
        self.recovery = self.recovery_folder.left_behind()
        self.autosave = Autosave(self._project, self._session, self.recovery_folder, self._life)
        self.bar: RecoveryBar | None = None
        self._wire()
        if self.recovery is not None:
            self._offer(self.recovery)
        self._show_title()

    def shut_down(self) -> None:
        """Stop; nothing has to be recovered from a program that ends by itself."""
        self._title_timer.stop()
        for disconnect in self._disconnects:
            disconnect()
        self._reader.shut_down()
        self._writer.shut_down()
        self.autosave.shut_down()
        self._project.shut_down()

    def _wire(self) -> None:
        studio = self._studio
        on, rule = studio.actions.on, studio.permissions.add_rule
        on("project_open", self._ask_to_open)
        on("project_save", self.save)
        on("project_save_as", self._ask_to_save)
        rule(
            "project_save",
            lambda: "" if self._project.is_dirty or not self._project.path else tr("Nothing has changed."),
        )
        studio.opener.project_wanted.connect(self.open)
        studio.opener.opened.connect(self._opened)
        studio.opener.failed.connect(lambda _doing, _error: self._forget_loading())
        studio.may_leave = self.may_leave
        self._reader.failed.connect(lambda error: studio.messages.show_error(tr("Open the project"), error))
        self._reader.succeeded.connect(self._open_source_of)
        self._writer.failed.connect(self._not_saved)
        self._writer.succeeded.connect(self._saved)
        self.autosave.failed.connect(
            lambda error: studio.window.say(tr("The autosave failed: {message}").format(message=error.message))
        )
        # In an event of its own: a title goes to the window manager, and rules are asked anew.
        self._title_timer = QTimer(self._life)
        self._title_timer.setSingleShot(True)
        self._title_timer.setInterval(0)
        self._title_timer.timeout.connect(self._show_title)
        self._disconnects = [
            self._project.changed.connect(self._title_timer.start),
            self._session.source_changed.connect(self._source_changed),
        ]

    # Opening

    def open(self, path: Path) -> None:
        """Open a project; what is wrong with it is told in a sentence."""
        if not self.may_leave(lambda: self.open(path)):
            return

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            return load_project(path), path

        if not self._reader.is_running:
            self._reader.start(work)

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
        question = QMessageBox(self._window)
        question.setWindowTitle(tr("The source is not there"))
        question.setIcon(QMessageBox.Icon.Warning)
        question.setText(tr("{name} is not where the project left it.").format(name=source.name))
        question.setInformativeText(tr("It was at {source}. Has it been moved?").format(source=source))
        find = question.addButton(tr("Find it…"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)

        def answered(_code: int) -> None:
            self._forget_question(question)
            if question.clickedButton() is find:
                self._find(parts, path, source)

        question.finished.connect(answered)
        self.question = question
        question.open()

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
            self._window.say(tr("Opened, but not all of it: {problems}").format(problems=" ".join(problems)))
        else:
            self._window.say(tr("Opened {path}").format(path=loading.path or loading.source))
        lost = loading.parts[SOURCE_KEY].get("has_run") and self._session.run is None
        if lost:
            self._window.say(
                tr("The result of this project is gone from the workspace. Process again to make it anew.")
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

    # Saving

    def save(self) -> None:
        """Save to the project's file; ask for one if there is none."""
        if self._project.path is None:
            self._ask_to_save()
        else:
            self.save_to(self._project.path)

    def _ask_to_save(self) -> None:
        source = self._session.source
        name = self._project.name or (source.name if source else "project")
        suggestion = str(Path(self._studio.settings.folder("project")) / f"{name}{PROJECT_SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Save the project"), suggestion, tr(FILES))
        if not chosen:
            self._after_saving = None
            return
        path = Path(chosen)
        self.save_to(path if path.suffix.lower() == PROJECT_SUFFIX else path.with_name(path.name + PROJECT_SUFFIX))

    def save_to(self, path: Path) -> None:
        """Write the project in the background."""
        parts = self._project.to_dict()
        if self._writer.is_running:
            QTimer.singleShot(50, self._life, lambda: self.save_to(path))
            return

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            save_project(parts, path)
            return path

        self._writer.start(work)

    def _saved(self, path: Path) -> None:
        self._project.note_saved(path)
        self._studio.settings.add_recent(path)
        self._studio.settings.set_folder("project", path.parent)
        self._window.say(tr("Saved {path}").format(path=path))
        go_on, self._after_saving = self._after_saving, None
        if go_on is not None:
            go_on()

    def _not_saved(self, error: L3roccError) -> None:
        self._after_saving = None
        self._studio.messages.show_error(tr("Save the project"), error)

    # Leaving

    def may_leave(self, go_on: Callable[[], object]) -> bool:
        """Whether what is open may be left; if not, a question is asked, and ``go_on`` is called once it may.

        Only a project that has a file is asked about: all else is a click to make again.
        """
        if not (self._project.is_dirty and self._project.path):
            return True
        self._ask_to_leave(go_on)
        return False

    def _ask_to_leave(self, go_on: Callable[[], object]) -> None:
        if self.question is not None:
            self.question.raise_()
            return
        question = QMessageBox(self._window)
        question.setWindowTitle(tr("Unsaved changes"))
        question.setIcon(QMessageBox.Icon.Question)
        question.setText(tr("Save the changes to {name}?").format(name=self._project.name))
        buttons = QMessageBox.StandardButton
        question.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        question.setDefaultButton(buttons.Save)

        def answered(_code: int) -> None:
            chosen = question.standardButton(question.clickedButton())
            self._forget_question(question)
            if chosen == buttons.Save:
                self._after_saving = go_on
                self.save()
            elif chosen == buttons.Discard:
                self._project.start_over()
                go_on()

        question.finished.connect(answered)
        self.question = question
        question.open()

    def _forget_question(self, question: QMessageBox) -> None:
        self.question = None
        question.deleteLater()

    # Recovery

    def _offer(self, recovery: Recovery) -> None:
        bar = RecoveryBar(recovery, self._studio.theme, self._window)
        bar.restore_wanted.connect(self.restore)
        bar.discard_wanted.connect(self.discard)
        self.bar = bar
        self._window.start_page.show_notice(bar)

    def restore(self) -> None:
        """Bring back what was open when the program ended unexpectedly."""
        recovery = self._end_offer()
        if recovery is None:
            return
        try:
            self._request(recovery.parts, recovery.project_path, is_dirty=recovery.project_path is not None)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Restore the last session"), error)

    def discard(self) -> None:
        """Forget it."""
        self._end_offer()

    def _end_offer(self) -> Recovery | None:
        recovery, self.recovery = self.recovery, None
        if self.bar is not None:
            self._window.start_page.show_notice(None)
            self.bar.deleteLater()
            self.bar = None
        if recovery is not None:
            recovery.file.unlink(missing_ok=True)
        return recovery

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
