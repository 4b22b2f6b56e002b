"""The dialog: a list of pages at the left, one page at the right. What is changed counts at once."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import tr

_SIZE_PX = QSize(760, 520)


class PreferencesDialog(QDialog):
    """Shows pages by name."""

    def __init__(self, pages: dict[str, QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.resize(_SIZE_PX)
        self.list = QListWidget(self)
        self.list.setObjectName("palette")
        self.list.setAccessibleName(tr("Pages of the settings"))
        self.list.setFixedWidth(150)
        self._stack = QStackedWidget(self)
        for title, page in pages.items():
            item = QListWidgetItem(tr(title), self.list)
            item.setSizeHint(QSize(0, 34))
            self._stack.addWidget(page)
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.list.setCurrentRow(0)
        self._pages = list(pages.values())
        close = QPushButton(tr("Close"), self)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.list)
        row.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(12)
        column.addLayout(row, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def show_field(self, field: QWidget) -> None:
        """Turn to the page of a field, and put the keyboard on it."""
        self.list.setCurrentRow(next(row for row, page in enumerate(self._pages) if page.isAncestorOf(field)))
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
