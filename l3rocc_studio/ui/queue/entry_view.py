"""The list of the queue's entries, and which of them are selected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from l3rocc_studio.model.queue_item import QueueItem
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.queue.queue_list import QueueList
from l3rocc_studio.ui.queue.row_painter import RowPainter

_KEYS = {
    Qt.Key.Key_Return: "queue_open",
    Qt.Key.Key_Enter: "queue_open",
    Qt.Key.Key_Delete: "queue_remove",
    Qt.Key.Key_Backspace: "queue_remove",
}
"""What keys mean only while the list has the focus."""


class EntryView(QListView):
    """The list; Return and a double click open, Delete removes, and a selection outlives changes of the queue.

    Signals
    -------
    action_wanted (str)
        Key of the action that a key press or a double click in the list asks for.
    """

    action_wanted = Signal(str)

    def __init__(self, entries: QueueList, painter: RowPainter, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries = entries
        self._kept_keys: list[str] = []
        self.setObjectName("entries")
        self.setModel(entries)
        self.setItemDelegate(painter)
        painter.setParent(self)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Queue entries"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(lambda _index: self.action_wanted.emit("queue_open"))
        entries.modelAboutToBeReset.connect(self._keep_selection)
        entries.modelReset.connect(self._bring_selection_back)

    @property
    def selected(self) -> list[QueueItem]:
        """Selected entries, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        found = (self._entries.item_at(self._entries.index(row)) for row in rows)
        return [item for item in found if item is not None]

    def select(self, keys: list[str]) -> None:
        """Select entries."""
        model = self.selectionModel()
        model.clearSelection()
        for key in keys:
            row = self._entries.row_of(key)
            if row >= 0:
                model.select(self._entries.index(row), model.SelectionFlag.Select)
                self.scrollTo(self._entries.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Keys that mean something only while the list has the focus."""
        wanted = _KEYS.get(Qt.Key(event.key()))
        if wanted:
            self.action_wanted.emit(wanted)
        else:
            super().keyPressEvent(event)

    def _keep_selection(self) -> None:
        self._kept_keys = [item.key for item in self.selected]

    def _bring_selection_back(self) -> None:
        self.select(self._kept_keys)
