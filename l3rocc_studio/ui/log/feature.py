"""The log as a drawer at the bottom of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.log.log_panel import LogPanel

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

_HEIGHT_PX = 190


class Log:
    """Shows and hides the log."""

    def __init__(self, studio: Studio) -> None:
        window = studio.window
        self.panel = LogPanel(studio.log_tail, studio.theme, window)
        self.drawer = QDockWidget(tr("Log"), window)
        self.drawer.setObjectName("log")
        self.drawer.setWidget(self.panel)
        self.drawer.setAllowedAreas(Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.TopDockWidgetArea)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.drawer)
        window.resizeDocks([self.drawer], [_HEIGHT_PX], Qt.Orientation.Vertical)
        self.drawer.hide()
        action = studio.actions["log"]
        studio.actions.on("log", lambda: self.drawer.setVisible(action.isChecked()))
        self.drawer.visibilityChanged.connect(action.setChecked)

    def shut_down(self) -> None:
        """Stop following the log."""
        self.panel.shut_down()
