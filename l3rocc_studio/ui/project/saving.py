"""Saving the project, and asking before unsaved changes are left."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.services.input_check import PROJECT_SUFFIX
from l3rocc_studio.services.project_file import save_project
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.source_folder import folder_beside

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

FILES = N_("Projects (*.l3rocc)")


class ProjectSaving:
    """Writes the project in the background; what had to wait for it goes on afterwards."""

    def __init__(self, studio: Studio, life: QObject) -> None:
        self._studio, self._life = studio, life
        self._session, self._project, self._window = studio.session, studio.project, studio.window
        self._after_saving: Callable[[], object] | None = None
        self.question: QMessageBox | None = None
        """Whether to save what is about to be left, while that is asked."""
        self._writer = Job(life)
        self._writer.failed.connect(self._not_saved)
        self._writer.succeeded.connect(self._saved)
        studio.actions.on("project_save", self.save)
        studio.actions.on("project_save_as", self._ask_to_save)
        studio.permissions.add_rule(
            "project_save",
            lambda: "" if self._project.is_dirty or not self._project.path else tr("No changes to save."),
        )
        studio.may_leave = self.may_leave

    def shut_down(self) -> None:
        """Stop and wait."""
        self._writer.shut_down()

    def save(self) -> None:
        """Save to the project's file; ask for one if there is none."""
        if self._project.path is None:
            self._ask_to_save()
        else:
            self.save_to(self._project.path)

    def _ask_to_save(self) -> None:
        suggestion = str(self._folder / f"{self._name}{PROJECT_SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Save the project"), suggestion, tr(FILES))
        if not chosen:
            self._after_saving = None
            return
        path = Path(chosen)
        self.save_to(path if path.suffix.lower() == PROJECT_SUFFIX else path.with_name(path.name + PROJECT_SUFFIX))

    @property
    def _folder(self) -> Path:
        """Where the project is, or a new one would be looked for: beside what it is about."""
        path = self._project.path
        if path is not None and os.access(path.parent, os.W_OK):
            return path.parent
        return folder_beside(self._session.source) or Path(self._studio.settings.folder("project"))

    @property
    def _name(self) -> str:
        source = self._session.source
        return self._project.name or (source.name if source else "project")

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

    def may_leave(self, go_on: Callable[[], object]) -> bool:
        """Whether what is open may be left; if not, a question is asked, and ``go_on`` is called once it may.

        Asked about are a project that has a file, and a result that was changed in the window but not in its folder:
        all else is a click to make again.
        """
        if not self._project.is_dirty or not (self._project.path or self._is_changed_result):
            return True
        self._ask_to_leave(go_on)
        return False

    @property
    def _is_changed_result(self) -> bool:
        """Whether a dataset folder's result has another range or scale here than there."""
        location = self._session.run_location
        return location is not None and location.is_dataset and bool(location.config)

    def _ask_to_leave(self, go_on: Callable[[], object]) -> None:
        if self.question is not None:
            self.question.raise_()
            return
        question = QMessageBox(self._window)
        question.setWindowTitle(tr("Unsaved changes"))
        question.setIcon(QMessageBox.Icon.Question)
        question.setText(tr("Save the changes to {name}?").format(name=self._name))
        if self._is_changed_result:
            question.setInformativeText(
                tr("Range or scale differ from the result's folder. A project keeps them; an export is a new folder.")
            )
        buttons = QMessageBox.StandardButton
        question.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        question.setDefaultButton(buttons.Save)

        def answered(_code: int) -> None:
            chosen = question.standardButton(question.clickedButton())
            self.question = None
            question.deleteLater()
            if chosen == buttons.Save:
                self._after_saving = go_on
                self.save()
            elif chosen == buttons.Discard:
                self._project.start_over()
                go_on()

        question.finished.connect(answered)
        self.question = question
        question.open()
