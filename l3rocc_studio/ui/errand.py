"""What the command line asks of a window: to open, to process, to leave a picture of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from l3rocc_engine.errors import InputError, L3roccError, OutputError
from l3rocc_studio.ui.rest import PATIENCE_S, Rest
from l3rocc_studio.ui.studio import Studio


class Errand(QObject):
    """Begins when the 3D panels are there; what is opened or processed afterwards is none of its business.

    Parameters
    ----------
    studio
        The window, not shown yet.
    path
        Opens this, if anything; the bundled sample if ``is_demo``.
    does_process
        Processes what was opened.
    screenshot
        In the end saves a picture of the window, as soon as nothing on it is being prepared any more, and closes it.
    patience_s
        How long the picture waits for that.

    Attributes
    ----------
    failures
        What went wrong, in order.
    """

    def __init__(
        self,
        studio: Studio,
        *,
        path: Path | None = None,
        is_demo: bool = False,
        does_process: bool = False,
        screenshot: Path | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        super().__init__(studio.window)
        self.failures: list[L3roccError] = []
        self._studio, self._path, self._screenshot = studio, path, screenshot
        self._is_demo, self._does_process = is_demo, does_process
        self._patience_s = patience_s
        self._is_opening = False
        self._rest = Rest(studio, patience_s)
        self._rest.ended.connect(self._take_picture)
        studio.ready.connect(self._begin)
        studio.loader.failed.connect(self._lack_scenes)
        studio.opener.opened.connect(lambda _result: self._opened())
        studio.opener.refused.connect(lambda reason: self._failed("", InputError(reason)))
        for part in (studio.opener, studio.processor):
            part.failed.connect(self._failed)
        studio.processor.processed.connect(lambda _result: self._done())

    def _begin(self) -> None:
        self._is_opening = self._is_demo or self._path is not None
        if self._is_demo:
            self._studio.opener.open_sample()
        elif self._path is not None:
            self._studio.opener.open(self._path)
        else:
            self._done()

    def _opened(self) -> None:
        if not self._is_opening:
            return
        self._is_opening = False
        if self._does_process or self._is_demo:
            self._studio.processor.start()
        else:
            self._done()

    def _failed(self, _doing: str, error: L3roccError) -> None:
        self.failures.append(error)
        self._done()

    def _lack_scenes(self, reason: str) -> None:
        self.failures.append(OutputError(f"The 3D view cannot be loaded: {reason}."))
        if self._screenshot is not None:
            self._take_picture(is_at_rest=True)

    def _done(self) -> None:
        if self._screenshot is not None:
            self._rest.wait()

    def _take_picture(self, is_at_rest: bool) -> None:
        file, window = self._screenshot, self._studio.window
        if not window.grab().save(str(file)):
            self.failures.append(OutputError(f"The picture {file} cannot be written."))
        elif not is_at_rest:
            self.failures.append(
                OutputError(
                    f"{file} shows the window unfinished: after {self._patience_s:g} seconds it was still preparing.",
                    "Try again when the machine has less to do.",
                )
            )
        window.close()
