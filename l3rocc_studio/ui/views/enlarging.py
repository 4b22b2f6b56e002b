"""One panel on the room of all three, the whole screen for one panel, or another panel in the large place."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.panels.panel import Panel


class Enlarging(QObject):
    """Hides what stands around a panel, and brings it back.

    Signals
    -------
    changed
        Another panel, or none, is enlarged, or the screen is taken or left.
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._enlarged: Panel | None = None
        self._hidden: list[QWidget] = []
        self._state_before = window.windowState()
        self._is_full_screen = False
        self._newest: Panel = window.cloud_panel
        for scene_panel in window.scene_panels:
            scene_panel.touched.connect(lambda panel=scene_panel: self._note(panel))
        for panel in self.panels:
            panel.header_double_clicked.connect(lambda panel=panel: self.toggle(panel))

    @property
    def panels(self) -> tuple[Panel, Panel, Panel]:
        """The panels that can be enlarged."""
        window = self._window
        return window.rgb_panel, window.cloud_panel, window.occupancy_panel

    @property
    def enlarged(self) -> Panel | None:
        """The panel that has all the room."""
        return self._enlarged

    @property
    def is_full_screen(self) -> bool:
        """Whether it has the whole screen."""
        return self._is_full_screen

    def wanted_panel(self) -> Panel:
        """The panel that a key means: the one under the pointer, else the one that was used last."""
        under = next((panel for panel in self.panels if _is_under_pointer(panel)), None)
        return self._enlarged or under or self._newest

    def toggle(self, panel: Panel) -> None:
        """Enlarge a panel, or go back if it is enlarged."""
        self.leave() if self._enlarged is panel else self.enlarge(panel)

    def enlarge(self, panel: Panel) -> None:
        """Give a panel the room of all three; the timeline stays."""
        self._show_all()
        self._newest = self._enlarged = panel
        self._hide(*(other for other in self.panels if other is not panel))
        if not self._window.small_column.isAncestorOf(panel):
            self._hide(self._window.small_column)
        self.changed.emit()

    def toggle_full_screen(self) -> None:
        """Take the whole screen for the panel that is meant, or give it back."""
        if self._is_full_screen:
            self.leave()
            return
        self.enlarge(self.wanted_panel())
        window = self._window
        self._hide(window.menuBar(), window.statusBar(), window.sidebar)
        self._state_before = window.windowState()
        self._is_full_screen = True
        window.setWindowState(self._state_before | Qt.WindowState.WindowFullScreen)
        self.changed.emit()

    def leave(self) -> None:
        """Back to three panels."""
        if self._enlarged is None:
            return
        self._show_all()
        self._enlarged = None
        if self._is_full_screen:
            self._is_full_screen = False
            self._window.setWindowState(self._state_before)
        self.changed.emit()

    def swap(self) -> None:
        """Put the panel that is meant into the large place, or the one that was there before back."""
        self.leave()
        wanted = self.wanted_panel()
        large = self._window.large_panel
        self._window.swap_panels(self._window.rgb_panel if wanted is large else wanted)
        self.changed.emit()

    def _note(self, panel: Panel) -> None:
        self._newest = panel

    def _hide(self, *widgets: QWidget) -> None:
        for widget in widgets:
            if not widget.isHidden():
                widget.hide()
                self._hidden.append(widget)

    def _show_all(self) -> None:
        for widget in self._hidden:
            widget.show()
        self._hidden = []


def _is_under_pointer(widget: QWidget) -> bool:
    return widget.isVisible() and widget.rect().contains(widget.mapFromGlobal(QCursor.pos()))
