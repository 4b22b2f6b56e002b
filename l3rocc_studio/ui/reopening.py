"""The program's window, made anew with what was open when it is to speak another language at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from l3rocc_studio.ui.studio import Studio


class Reopening(QObject):
    """Keeps one window; the first is made at once and shown by whoever made this.

    Parameters
    ----------
    app
        The program, which ends with its last window but not between two of them.
    make
        Makes a window in the language of the settings.
    """

    def __init__(self, app: QApplication, make: Callable[[], Studio]) -> None:
        super().__init__(app)
        self._app, self._make = app, make
        self.studio = self._made()

    def _made(self) -> Studio:
        studio = self._make()
        studio.closed.connect(self._closed)
        return studio

    def _closed(self) -> None:
        if self.studio.is_reopening:
            self._app.setQuitOnLastWindowClosed(False)
            QTimer.singleShot(0, self, self._reopen)

    def _reopen(self) -> None:
        state = self.studio.left_open
        self.studio.window.deleteLater()
        self.studio = studio = self._made()
        if state is not None:
            studio.ready.connect(lambda: studio.take_over(state))
        studio.show()
        self._app.setQuitOnLastWindowClosed(True)
