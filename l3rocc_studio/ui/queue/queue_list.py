"""The queue's entries for a list view, which can be dragged into another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import QueueItem
from l3rocc_studio.model.words import retell
from l3rocc_studio.ui.queue.wording import state_text

ITEM_ROLE = Qt.ItemDataRole.UserRole + 1
MIME_TYPE = "application/x-l3rocc-queue"
Index = QModelIndex | QPersistentModelIndex


class QueueList(QAbstractListModel):
    """Mirrors a :class:`Queue`; it never changes it but by asking it to move entries."""

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue
        self._items: list[QueueItem] = list(queue.items)
        self._disconnects = [queue.changed.connect(self._reset), queue.item_changed.connect(self._item_changed)]

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()

    def row_of(self, key: str) -> int:
        """The row of an entry, or -1."""
        return next((row for row, item in enumerate(self._items) if item.key == key), -1)

    def item_at(self, index: Index) -> QueueItem | None:
        """The entry of an index."""
        return self._items[index.row()] if index.isValid() and index.row() < len(self._items) else None

    def refresh(self, key: str) -> None:
        """Draw an entry again, as when its progress or its thumbnail is newer."""
        row = self.row_of(key)
        if row >= 0:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  (Qt's name and default)
        """Number of entries."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, entry, tooltip, and what a screen reader says."""
        item = self.item_at(index)
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{item.path}\n{retell(f'{item.error} {item.hint}'.strip())}" if item.error else str(item.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.name}: {state_text(item)}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Entries can be dragged; drops go between them."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        """Entries are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Entries only; files are the window's business."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """The keys of the dragged entries."""
        keys = [self._items[row].key for row in sorted({index.row() for index in indexes})]
        data = QMimeData()
        data.setData(MIME_TYPE, QByteArray("\n".join(keys).encode()))
        return data

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Move the dragged entries to where they were let go."""
        del column
        if action != Qt.DropAction.MoveAction or not data.hasFormat(MIME_TYPE):
            return False
        dragged = bytes(data.data(MIME_TYPE).data()).decode().splitlines()
        place = row if row >= 0 else parent.row() if parent.isValid() else len(self._items)
        before = [item.key for item in self._items[:place] if item.key not in dragged]
        after = [item.key for item in self._items[place:] if item.key not in dragged]
        self._queue.order([*before, *dragged, *after])
        # False: the view must not remove the rows that it believes to have moved away.
        return False

    def _reset(self) -> None:
        self.beginResetModel()
        self._items = list(self._queue.items)
        self.endResetModel()

    def _item_changed(self, key: str) -> None:
        row, item = self.row_of(key), self._queue.item(key)
        if row >= 0 and item is not None:
            self._items[row] = item
            self.refresh(key)
