"""Tells when everything on a window is there and nothing is being prepared any more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

PATIENCE_S = 60.0
_LOOK_MS, _QUIET_S = 50, 0.5
"""How often to look, and how long it must have been quiet: some parts wait a moment before they begin."""


class Rest(QObject):
    """Waits for a window once it is asked to.

    Parameters
    ----------
    studio
        The window; this goes with it.
    patience_s
        After this long, the waiting ends without a rest.

    Signals
    -------
    ended (bool)
        The waiting is over: with the window at rest, or without.
    """

    ended = Signal(bool)

    def __init__(self, studio: Studio, patience_s: float = PATIENCE_S) -> None:
        super().__init__(studio.window)
        self._studio, self._patience_s = studio, patience_s
        self._begun_s = self._busy_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def wait(self) -> None:
        """Begin to wait, or begin anew."""
        self._begun_s = self._busy_s = time.monotonic()
        self._timer.start()

    def _look(self) -> None:
        now_s = time.monotonic()
        if not self._is_quiet():
            self._busy_s = now_s
        is_at_rest = now_s - self._busy_s >= _QUIET_S
        if is_at_rest or now_s - self._begun_s >= self._patience_s:
            self._timer.stop()
            self.ended.emit(is_at_rest)

    def _is_quiet(self) -> bool:
        """Whether the panels rest and no part has anything made in a thread."""
        studio = self._studio
        jobs = (job for root in (studio, studio.window) for job in root.findChildren(Job))
        return studio.is_settled and not any(job.is_running for job in jobs)
