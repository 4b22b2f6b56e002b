"""The bar at the bottom: controls above the time axis."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.track import Track
from l3rocc_studio.ui.timeline.transport import Transport

SMALL_WINDOW_PX = 640
"""Below this height the panels need the room of the thumbnails."""
LONGEST_WAIT_MS = 60
"""A hand that moves the playhead must see it follow."""


class TimelineBar(QFrame):
    """Controls and time axis.

    Whatever is repainted, the whole window is put together anew, which takes long in software. So a new frame appears
    here together with its panels, whose host calls :meth:`appear`, or after a short wait.
    """

    def __init__(self, timeline: Timeline, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Timeline"))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(LONGEST_WAIT_MS)
        self._wait.timeout.connect(self.appear)
        # Before those that repaint.
        self._disconnect = timeline.frame_changed.connect(lambda _frame_idx, _cause: self._hold_back())
        self.transport = Transport(timeline, actions, self)
        self.track = Track(timeline, theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 5)
        column.setSpacing(4)
        column.addWidget(self.transport)
        column.addWidget(self.track)

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()
        self._wait.stop()
        self.transport.shut_down()
        self.track.shut_down()

    def appear(self) -> None:
        """Show the frame that the timeline is at."""
        self._wait.stop()
        self.setUpdatesEnabled(True)

    def _hold_back(self) -> None:
        if self.isVisible() and not self._wait.isActive():
            self.setUpdatesEnabled(False)
            self._wait.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Small windows have no room for thumbnails."""
        super().resizeEvent(event)
        self.track.set_thumbnails_visible(is_visible=self.window().height() >= SMALL_WINDOW_PX)
