"""Opens the settings and carries out what is changed there."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.words import LANGUAGES, SYSTEM, language_in_use, language_of, retell, tr
from l3rocc_studio.services.run_folders import RunFolder, list_run_folders, remove_run_folders
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.preferences.general_page import GeneralPage
from l3rocc_studio.ui.preferences.keys_page import KeysPage
from l3rocc_studio.ui.preferences.preferences_dialog import PreferencesDialog
from l3rocc_studio.ui.preferences.storage_page import StoragePage
from l3rocc_studio.ui.question import Question

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

FieldOf = Callable[[GeneralPage, KeysPage, StoragePage], QWidget]
_FIELDS: dict[str, FieldOf] = {
    "settings_look": lambda general, _keys, _storage: general.look,
    "settings_language": lambda general, _keys, _storage: general.language,
    "settings_keys": lambda _general, keys, _storage: keys.search,
    "settings_folder": lambda _general, _keys, storage: storage.open_button,
    "settings_room": lambda _general, _keys, storage: storage.days,
}


class Preferences:
    """The settings dialog; keys that were changed count from the start."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._workspace = studio.workspace
        self.dialog: PreferencesDialog | None = None
        self.question: Question | None = None
        """Whether to restart for another language, while that is asked."""
        self.pages: tuple[GeneralPage, KeysPage, StoragePage] | None = None
        self.counting, self.removing = Job(studio), Job(studio)
        self.counting.succeeded.connect(self._show_folders)
        self.removing.succeeded.connect(self._removed)
        self.removing.failed.connect(self._remove_failed)
        self.removing.finished.connect(self._count)
        for key, keys in studio.settings.keys.items():
            studio.actions.set_keys(key, keys)
        studio.actions.on("settings", self.open)
        for key, field_of in _FIELDS.items():
            studio.actions.on(key, partial(self._open_at, field_of))
        for code in (SYSTEM, *LANGUAGES):
            studio.actions.on(f"language_{code}", partial(self._choose_language, code))
        self._show_language()

    def open(self) -> None:
        """Show the dialog."""
        studio = self._studio
        general = GeneralPage(studio.settings.theme, studio.settings.language)
        keys, storage = KeysPage(studio.actions, studio.theme), StoragePage(self._workspace.root)
        general.look_chosen.connect(studio.theme_choice.choose)
        general.language_chosen.connect(self._remember_language)
        general.restart_wanted.connect(self._restart)
        keys.key_chosen.connect(self._set_keys)
        keys.key_taken.connect(self._take_keys)
        keys.key_reset.connect(self._reset_one)
        keys.reset_wanted.connect(self._reset_keys)
        storage.remove_wanted.connect(self._remove)
        self.pages = (general, keys, storage)
        dialog = PreferencesDialog(
            {tr("General"): general, tr("Shortcuts"): keys, tr("Disk space"): storage}, studio.window
        )
        dialog.finished.connect(lambda _code: self._closed(dialog))
        self.dialog = dialog
        dialog.open()
        self._count()

    def _open_at(self, field_of: FieldOf) -> None:
        """Show the dialog at one of its settings."""
        if self.dialog is None:
            self.open()
        if self.dialog is not None and self.pages is not None:
            self.dialog.show_field(field_of(*self.pages))

    def _choose_language(self, code: str) -> None:
        self._remember_language(code)
        if not self._is_other_language:
            return
        self._studio.window.say(tr("The language changes after a restart."))
        if not self._restart_refusal:
            self._ask_to_restart()

    def _ask_to_restart(self) -> None:
        self.question = Question(
            self._studio.window,
            title=tr("Language"),
            text=tr("The language changes after a restart."),
            detail=tr("What is open stays open."),
            yes=tr("Restart now"),
            no=tr("Later"),
            is_yes_usual=True,
        )
        self.question.answered.connect(self._restart_answered)
        self.question.open()

    def _restart_answered(self, is_wanted: bool) -> None:
        self.question = None
        if is_wanted:
            self._restart()

    @property
    def _is_other_language(self) -> bool:
        """Whether the settings want another language than the window speaks."""
        return language_of(self._studio.settings.language) != language_in_use()

    @property
    def _restart_refusal(self) -> str:
        return tr("Wait until what is in progress is done.") if self._studio.session.is_busy else ""

    def _restart(self) -> None:
        """Make the window anew, once the dialog or the question is gone."""
        if self.dialog is not None:
            self.dialog.accept()
        QTimer.singleShot(0, self._studio, self._studio.reopen)

    def _show_language(self) -> None:
        for code in (SYSTEM, *LANGUAGES):
            self._studio.actions[f"language_{code}"].setChecked(code == self._studio.settings.language)

    def shut_down(self) -> None:
        """Stop what runs and close."""
        for job in (self.counting, self.removing):
            job.shut_down()
        if self.dialog is not None:
            self.dialog.reject()

    def _closed(self, dialog: PreferencesDialog) -> None:
        self.dialog = self.pages = None
        dialog.deleteLater()

    def _remember_language(self, code: str) -> None:
        self._studio.settings.language = code
        self._show_language()
        if self.pages is not None:
            self.pages[0].offer_restart(is_offered=self._is_other_language, refusal=self._restart_refusal)

    def _set_keys(self, key: str, keys: str) -> None:
        self._change_keys({key: keys})

    def _take_keys(self, key: str, keys: str, other: str) -> None:
        """One action gets a sequence from another, which keeps what else it has."""
        left = [own.toString() for own in self._studio.actions[other].shortcuts() if own.toString() != keys]
        self._change_keys({other: left[0] if left else "", key: keys})

    def _change_keys(self, changes: dict[str, str]) -> None:
        for key, keys in changes.items():
            self._studio.actions.set_keys(key, keys)
        self._studio.settings.keys = {**self._studio.settings.keys, **changes}
        self._show_keys()

    def _reset_one(self, key: str) -> None:
        self._studio.actions.reset_keys(key)
        self._studio.settings.keys = {other: keys for other, keys in self._studio.settings.keys.items() if other != key}
        self._show_keys()

    def _show_keys(self) -> None:
        if self.pages is not None:
            self.pages[1].show_keys()

    def _reset_keys(self) -> None:
        for key in self._studio.settings.keys:
            self._studio.actions.reset_keys(key)
        self._studio.settings.keys = {}
        self._show_keys()

    def _count(self) -> None:
        if not self.counting.is_running and self.pages is not None:
            self.counting.start(lambda _events, cancel: list_run_folders(self._workspace, cancel=cancel))

    def _show_folders(self, folders: tuple[RunFolder, ...]) -> None:
        if self.pages is not None:
            self.pages[2].show_folders(folders, time.time())

    def _remove(self, folders: tuple[RunFolder, ...]) -> None:
        location = self._studio.session.run_location
        shown = location.workdir if location else None
        wanted = [folder for folder in folders if folder.path != shown]
        refusal = (
            tr("What is open or running is kept.")
            if len(wanted) < len(folders) or self._studio.session.active_jobs
            else ""
        )
        if self._studio.session.active_jobs or self.removing.is_running:
            wanted = []
        if self.pages is not None:
            self.pages[2].say(refusal or tr("Removing…"))
        if wanted:
            self.removing.start(lambda _events, cancel: remove_run_folders(wanted, cancel=cancel))

    def _removed(self, freed: int) -> None:
        if self.pages is not None:
            self.pages[2].say(tr("{readable_size} freed.").format(readable_size=readable_size(freed)))

    def _remove_failed(self, error: L3roccError) -> None:
        if self.pages is not None:
            self.pages[2].say(retell(f"{error.message} {error.hint}"))
