"""Whether a person moves through time just now."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from l3rocc_studio.model.timeline import FrameCause, Timeline

REST_MS = 150
"""After so long without another frame a person looks at the one that is there."""


class Pace(QObject):
    """Frames pass by from the first change until the newest was there for a while; a playhead let go rests at once.

    Whoever brings the frames says when the newest is there. Playing is not moving: the player says so itself.

    Signals
    -------
    changed (bool)
        Frames begin or cease to pass by.
    """

    changed = Signal(bool)

    def __init__(self, timeline: Timeline, parent: QObject) -> None:
        super().__init__(parent)
        self._is_hurried = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._come_to_rest)
        self._disconnects = [
            timeline.frame_changed.connect(self._pass),
            timeline.scrubbing_changed.connect(self._scrubbing_changed),
        ]

    @property
    def is_hurried(self) -> bool:
        """Whether frames pass by."""
        return self._is_hurried

    def linger(self) -> None:
        """The newest frame is there, or will not come: the time to look at it begins."""
        if self._is_hurried:
            self._rest.start()

    def shut_down(self) -> None:
        """Stop listening and waiting."""
        self._rest.stop()
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def _pass(self, _frame_idx: int, cause: FrameCause) -> None:
        if cause is not FrameCause.PLAYER:
            self._rest.stop()
            self._set(is_hurried=True)

    def _scrubbing_changed(self, is_scrubbing: bool) -> None:
        if not is_scrubbing:
            self._come_to_rest()

    def _come_to_rest(self) -> None:
        self._rest.stop()
        self._set(is_hurried=False)

    def _set(self, *, is_hurried: bool) -> None:
        if is_hurried != self._is_hurried:
            self._is_hurried = is_hurried
            self.changed.emit(is_hurried)
