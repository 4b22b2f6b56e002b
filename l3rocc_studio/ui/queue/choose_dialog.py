"""A folder holds several inputs: which of them, and to open or to queue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.theme import Theme

if TYPE_CHECKING:
    from l3rocc_engine.frames.finder import FoundInput

_ICONS = {"video": "video", "pictures": "open", "episode": "dataset"}


class ChooseDialog(QDialog):
    """Lists what was found, with check marks where it may go into the queue.

    Parameters
    ----------
    folder, found
        What was searched, and what is in it.
    theme, parent
        Of the window.
    can_queue
        Whether there is anything left to process.

    Signals
    -------
    open_wanted (FoundInput)
        Open this one.
    queue_wanted (list of FoundInput)
        Put these into the queue.
    """

    open_wanted = Signal(object)
    queue_wanted = Signal(object)

    def __init__(
        self, folder: Path, found: Sequence[FoundInput], theme: Theme, parent: QWidget, *, can_queue: bool = True
    ) -> None:
        super().__init__(parent)
        self._can_queue = can_queue
        self._found = list(found)
        self.setWindowTitle(tr("Choose what to open"))
        self.resize(560, 480)
        said = tr("{name} holds {count:,} inputs") if can_queue else tr("{name} holds {count:,} episodes")
        title = QLabel(said.format(name=folder.name, count=len(found)), self)
        title.setObjectName("title")
        words = tr("Open one of them, or add the checked ones to the queue.")
        lead = QLabel(words if can_queue else tr("These are finished. Open one of them."), self)
        lead.setObjectName("dim")
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Filter by name"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("Filter by name"))
        self.list = QListWidget(self)
        self.list.setObjectName("choices")
        self.list.setIconSize(QSize(18, 18))
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("Inputs found"))
        self.all_button = QPushButton(tr("Check none"), self)
        self.open_button = QPushButton(tr("Open the selected one"), self)
        self.queue_button = QPushButton("", self)
        main_button = self.queue_button if can_queue else self.open_button
        main_button.setProperty("primary", "true")
        main_button.setDefault(True)
        self.all_button.setVisible(can_queue)
        self.queue_button.setVisible(can_queue)
        cancel = QPushButton(tr("Cancel"), self)
        cancel.clicked.connect(self.reject)
        self._fill(theme)
        row = QHBoxLayout()
        left = (self.all_button, self.open_button) if can_queue else (self.all_button,)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (cancel, self.queue_button if can_queue else self.open_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        for each in (title, lead, self.search, self.list):
            column.addWidget(each)
        column.addLayout(row)
        self._connect()
        self._count()

    @property
    def checked(self) -> list[FoundInput]:
        """What is checked and passes the filter."""
        rows = range(self.list.count())
        return [found for row, found in zip(rows, self._found, strict=True) if self._is_checked(row)]

    def _is_checked(self, row: int) -> bool:
        entry = self.list.item(row)
        return entry.checkState() == Qt.CheckState.Checked and not entry.isHidden()

    def _fill(self, theme: Theme) -> None:
        for found in self._found:
            entry = QListWidgetItem(theme.icon(_ICONS[found.kind.value], "text_dim"), found.label)
            if self._can_queue:
                entry.setFlags(entry.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                entry.setCheckState(Qt.CheckState.Checked)
            entry.setToolTip(str(found.path))
            self.list.addItem(entry)
        self.list.setCurrentRow(0)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.list.itemChanged.connect(lambda _entry: self._count())
        self.list.itemDoubleClicked.connect(lambda _entry: self._open())
        self.list.currentRowChanged.connect(lambda _row: self._count())
        self.all_button.clicked.connect(self._check_all)
        self.open_button.clicked.connect(self._open)
        self.queue_button.clicked.connect(self._queue)

    def _filter(self, text: str) -> None:
        for row in range(self.list.count()):
            entry = self.list.item(row)
            entry.setHidden(text.strip().lower() not in entry.text().lower())
        self._count()

    def _check_all(self) -> None:
        state = Qt.CheckState.Unchecked if self.checked else Qt.CheckState.Checked
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if not self.list.item(row).isHidden():
                self.list.item(row).setCheckState(state)
        self.list.blockSignals(False)
        self._count()

    def _count(self) -> None:
        count = len(self.checked)
        self.all_button.setText(tr("Check none") if count else tr("Check all"))
        self.queue_button.setText(tr("Add {count:,} to the queue").format(count=count))
        self.queue_button.setEnabled(bool(count))
        self.queue_button.setToolTip("" if count else tr("Check at least one."))
        current = self.list.currentItem()
        can_open = current is not None and not current.isHidden()
        self.open_button.setEnabled(can_open)
        self.open_button.setToolTip("" if can_open else tr("Select one first."))

    def _open(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.accept()
            self.open_wanted.emit(self._found[row])

    def _queue(self) -> None:
        chosen = self.checked
        self.accept()
        self.queue_wanted.emit(chosen)
