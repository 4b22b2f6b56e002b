"""Lets the timeline's time pass while it plays."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

from l3rocc_studio.model.timeline import Timeline

_TICK_MS = 15


class Player(QObject):
    """A timer that runs only while the timeline plays."""

    def __init__(self, timeline: Timeline, parent: QObject) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._last_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._disconnect = timeline.playing_changed.connect(self._playing_changed)

    def shut_down(self) -> None:
        """Stop the timer and listening."""
        self._timer.stop()
        self._disconnect()

    def _playing_changed(self, is_playing: bool) -> None:
        if is_playing:
            self._last_s = time.monotonic()
            self._timer.start()
        else:
            self._timer.stop()

    def _tick(self) -> None:
        now_s = time.monotonic()
        elapsed_s, self._last_s = now_s - self._last_s, now_s
        self._timeline.advance(elapsed_s)
