"""The queue in the status bar: what runs and how many wait."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState
from l3rocc_studio.model.stage_track import StageTrack
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.queue.wording import running_text
from l3rocc_studio.ui.theme import Theme


class QueueBadge(QToolButton):
    """A button that tells how the queue stands; hidden while there is nothing to tell."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("badge")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(tr("Show the queue"))
        self.setAccessibleName(tr("Queue"))
        self._theme = theme
        theme.changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_queue(self, queue: Queue, track: StageTrack, *, is_stopping: bool) -> None:
        """Say what runs and how many wait."""
        waiting, running = queue.count(ItemState.WAITING, ItemState.INTERRUPTED), queue.running
        self.setVisible(bool(waiting or running))
        if running is not None:
            place = sum(item.state is not ItemState.WAITING for item in queue.items)
            said = running_text(track, is_stopping=is_stopping)
            self.setText(
                tr("Queue {place} of {count}: {name} · {said}").format(
                    place=place, count=len(queue.items), name=running.name, said=said
                )
            )
        else:
            self.setText(
                tr("Queue: {waiting} waiting{rest}").format(
                    waiting=waiting, rest=tr(", paused") if queue.is_paused else ""
                )
            )

    def _tint(self) -> None:
        self.setIcon(self._theme.icon("queue", "text_dim"))
