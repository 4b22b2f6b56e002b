"""Dialogs that tell: errors, keys, about."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox

import l3rocc_engine
from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.services.log_tail import LogTail
from l3rocc_studio.services.report import error_report
from l3rocc_studio.ui.dialogs.error_dialog import ErrorDialog
from l3rocc_studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.opening import title_of
from l3rocc_studio.ui.theme import Theme

ABOUT = N_(
    "From RGB video to 3D clouds, camera paths and egocentric 4D occupancy.\n\nMIT licence. "
    "Qt for Python is used under the LGPL, VTK under the BSD licence."
)


class Messages(QObject):
    """Opens dialogs; none of them stops what is going on behind it."""

    def __init__(self, window: MainWindow, session: Session, theme: Theme, log_tail: LogTail) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._theme = theme
        self._log_tail = log_tail
        self._error_dialog: ErrorDialog | None = None

    @property
    def error_dialog(self) -> ErrorDialog | None:
        """The error that is being told, if any."""
        return self._error_dialog

    def show_error(self, doing: str, error: L3roccError) -> None:
        """Tell what went wrong; a newer error takes the place of an older one."""
        name = str(self._session.source.path) if self._session.source else ""
        report = error_report(error, self._session.config, name, self._log_tail.lines)
        self._tell(title_of(error, doing), error, report)

    def show_refusal(self, reason: str) -> None:
        """Tell why something cannot be used; nothing is wrong with the program, so there is no report."""
        error = InputError(reason)
        self._tell(title_of(error, ""), error, "")

    def _tell(self, title: str, error: L3roccError, report: str) -> None:
        if self._error_dialog is not None:
            self._error_dialog.close()
        dialog = ErrorDialog(title, error, report, self._theme, self._window)
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self._error_dialog = dialog
        dialog.open()
        self._window.say(retell(error.message))

    def show_shortcuts(self) -> None:
        """List every key."""
        dialog = ShortcutsDialog(self._window.actions_set, self._window)
        dialog.change_wanted.connect(self._window.actions_set["settings_keys"].trigger)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_about(self) -> None:
        """Version and licences."""
        box = QMessageBox(self._window)
        box.setWindowTitle(tr("About L3ROcc Studio"))
        box.setIconPixmap(QApplication.windowIcon().pixmap(64, 64))
        box.setText(tr("<b>L3ROcc Studio {version__}</b>").format(version__=l3rocc_engine.__version__))
        box.setInformativeText(tr(ABOUT))
        box.finished.connect(box.deleteLater)
        box.open()

    def _forget(self, dialog: ErrorDialog) -> None:
        if self._error_dialog is dialog:
            self._error_dialog = None
        dialog.deleteLater()
