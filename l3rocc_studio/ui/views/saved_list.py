"""The saved views as a list with thumbnails."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.saved_views import SavedViews
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.camera import NUM_RECALL_KEYS
from l3rocc_studio.ui.theme import Theme

ICON_SIZE = QSize(96, 60)
MAX_ROWS_SHOWN = 6
_ROW_PX = 68


class SavedList(QListWidget):
    """Shows the list and asks it to change.

    A click or Enter looks from a view, F2 renames it, Delete removes it, dragging puts it elsewhere.

    Signals
    -------
    chosen (int)
        Look from the view in this row.
    refused (InputError)
        A change that cannot be made.
    """

    chosen = Signal(int)
    refused = Signal(object)

    def __init__(self, views: SavedViews, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self._theme = theme
        self._is_filling = False
        self.setAccessibleName(tr("Saved views"))
        self.setObjectName("cards")
        self.setIconSize(ICON_SIZE)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.itemClicked.connect(lambda item: self.chosen.emit(self.row(item)))
        self.itemChanged.connect(self._renamed)
        self.model().rowsMoved.connect(self._moved)
        self._disconnect = views.changed.connect(self._fill)
        theme.changed.connect(self._fill)
        self._fill()

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Enter looks from the view, Delete removes it."""
        row = self.currentRow()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.chosen.emit(row)
        elif event.key() == Qt.Key.Key_Delete and row >= 0:
            self._views.remove(row)
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        row, items = self.currentRow(), self._views.items
        self._is_filling = True
        self.clear()
        for number, view in enumerate(items, start=1):
            item = QListWidgetItem(_icon(view.thumbnail_png, self._theme.color("raised")), view.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setToolTip(_tip(number, view.panel))
            self.addItem(item)
        self.setCurrentRow(min(row, len(items) - 1))
        self._is_filling = False
        self.setFixedHeight(min(len(items), MAX_ROWS_SHOWN) * _ROW_PX + 4)
        self.setVisible(bool(items))

    def _renamed(self, item: QListWidgetItem) -> None:
        if self._is_filling:
            return
        try:
            self._views.rename(self.row(item), item.text().strip())
        except InputError as error:
            self._fill()
            self.refused.emit(error)

    def _moved(self, _parent: object, start: int, _end: int, _to_parent: object, row: int) -> None:
        # Qt counts the place before the row is taken out.
        self._views.move(start, row - 1 if row > start else row)
        self.setCurrentRow(row - 1 if row > start else row)


def _icon(png: bytes, empty: QColor) -> QIcon:
    picture = QPixmap()
    if not png or not picture.loadFromData(png):
        picture = QPixmap(ICON_SIZE)
        picture.fill(empty)
    icon = QIcon(picture)
    # Without it Qt washes the picture of a chosen row with the accent.
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def _tip(number: int, panel: ViewPanel) -> str:
    of_panel = tr("cloud panel") if panel is ViewPanel.CLOUD else tr("occupancy panel")
    keys = f" (Ctrl+{number})" if number <= NUM_RECALL_KEYS else ""
    return tr("Go to this view in the {of_panel}{keys}. F2 to rename, drag to reorder.").format(
        of_panel=of_panel, keys=keys
    )
