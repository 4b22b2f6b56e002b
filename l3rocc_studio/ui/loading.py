"""What is slow to load arrives in a thread after the window is on the screen."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, QThread, Signal

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
            _log.exception("The 3D panels cannot be loaded.")
            self.error = str(error)


def warm_up() -> threading.Thread:
    """Get the compiled kernels ready in the background, so that the first job does not wait for the compiler.

    Nobody waits for the thread: the first time on a machine it works for some tens of seconds, and it must not hold
    up the closing of the window.
    """

    def work() -> None:
        from l3rocc_engine.occupancy.warming import warm

        try:
            warm()
        except RuntimeError as error:
            # The program ended meanwhile and takes no more work; nothing is lost.
            _log.info("The kernels were not all made ready: %s", error)

    thread = threading.Thread(target=work, name="warm-up", daemon=True)
    thread.start()
    return thread


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
