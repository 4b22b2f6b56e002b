"""What is slow to load arrives in a thread after the window is on the screen."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QThread, Signal

from l3rocc_studio.model.words import tr

_log = logging.getLogger(__name__)


class _ImportThread(QThread):
    error = ""

    def run(self) -> None:
        """Import VTK and the scenes; the modules stay loaded."""
        try:
            import l3rocc_studio.render.occupancy_scene
            import l3rocc_studio.render.world_scene
            import l3rocc_studio.ui.panels.vtk_view  # noqa: F401
        except ImportError as error:
            _log.exception(tr("The 3D panels cannot be loaded."))
            self.error = str(error)


class SceneLoader(QObject):
    """Loads the 3D code.

    Signals
    -------
    loaded
        Scenes can be made, on the GUI thread.
    failed (str)
        Why there will be none.
    """

    loaded = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = _ImportThread(self)
        self._thread.finished.connect(self._finished)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def shut_down(self) -> None:
        """Wait for the thread."""
        self._thread.finished.disconnect(self._finished)
        self._thread.wait()

    def _finished(self) -> None:
        if self._thread.error:
            self.failed.emit(self._thread.error)
        else:
            self.loaded.emit()
