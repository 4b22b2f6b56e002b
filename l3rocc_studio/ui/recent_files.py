"""What was open lately: a menu, the list of the start page, and forgetting."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.opening import Opener
from l3rocc_studio.ui.settings import StudioSettings


class RecentFiles(QObject):
    """Shows the inputs and projects that were open lately.

    Parameters
    ----------
    window
        Gets the menu, and has the start page.
    settings
        Remember them.
    opener
        Opens what is chosen.
    """

    def __init__(self, window: MainWindow, settings: StudioSettings, opener: Opener) -> None:
        super().__init__(window)
        self._start_page, self._settings, self._opener = window.start_page, settings, opener
        self.menu = QMenu(tr("Open &recent"), window)
        self.menu.setToolTipsVisible(True)
        files = window.submenus["File"]
        files.insertMenu(window.actions_set["close_source"], self.menu)
        files.aboutToShow.connect(self._fill_menu)
        self._start_page.open_requested.connect(opener.open)
        self._start_page.forget_requested.connect(self._forget)

    def refresh(self) -> None:
        """Show what the settings remember now."""
        self._start_page.show_recent(self._settings.recent, self._settings.unfinished)
        self._fill_menu()

    def _fill_menu(self) -> None:
        self.menu.clear()
        recent = [path for path in self._settings.recent if path.exists()]
        for path in recent:
            self.menu.addAction(path.name, partial(self._opener.open, path)).setToolTip(str(path))
        self.menu.addSeparator()
        self.menu.addAction(tr("&Clear recent files"), self._forget_all)
        self.menu.setEnabled(bool(self._settings.recent))

    def _forget(self, path: Path) -> None:
        self._settings.forget_recent(path)
        self.refresh()

    def _forget_all(self) -> None:
        self._settings.clear_recent()
        self.refresh()
