"""The key of every action, to be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.wording import menu_text
from l3rocc_studio.ui.labels import hidden_label

CONFLICT = N_("{keys} is already used by “{other}”; nothing was changed.")


class KeysPage(QWidget):
    """Lists the actions with their first key.

    Signals
    -------
    key_chosen (str, str)
        Key of the action and the new sequence in portable text; empty for none.
    reset_wanted
        All keys as they were delivered.
    """

    key_chosen = Signal(str, str)
    reset_wanted = Signal()

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search actions and shortcuts"))
        self.search.setAccessibleName(tr("Search actions and shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.table = QTableWidget(0, 3, self)
        self.table.setAccessibleName(tr("Shortcuts"))
        self.table.setHorizontalHeaderLabels([tr("Action"), tr("Menu"), tr("Shortcut")])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setColumnWidth(1, 110)
        self.table.setColumnWidth(2, 150)
        self.refusal = hidden_label("error", self)
        reset = QPushButton(tr("Reset all shortcuts"), self)
        reset.clicked.connect(self.reset_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.refusal)
        column.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeft)
        self.editors: dict[str, QKeySequenceEdit] = {}
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys as they are now."""
        specs = [spec for spec in self._actions.specs if spec.menu]
        self.table.setRowCount(len(specs))
        for row, spec in enumerate(specs):
            name = self._actions.name(spec.key)
            for column, text in enumerate((name, menu_text(spec.menu))):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                item.setToolTip(tr(spec.tooltip))
                self.table.setItem(row, column, item)
            editor = QKeySequenceEdit(self._actions[spec.key].shortcut(), self)
            editor.setMaximumSequenceLength(1)
            editor.setClearButtonEnabled(True)
            editor.setAccessibleName(name)
            editor.editingFinished.connect(lambda key=spec.key: self._edited(key))
            self.editors[spec.key] = editor
            self.table.setCellWidget(row, 2, editor)
        self.table.resizeRowsToContents()

    def _edited(self, key: str) -> None:
        editor, now = self.editors[key], self._actions[key].shortcut()
        wanted = editor.keySequence()
        if wanted == now:
            return
        other = self._owner(wanted, key)
        self.refusal.setVisible(bool(other))
        if other:
            text = tr(CONFLICT).format(keys=wanted.toString(QKeySequence.SequenceFormat.NativeText), other=other)
            self.refusal.setText(text)
            editor.setKeySequence(now)
            return
        self.key_chosen.emit(key, wanted.toString())

    def _owner(self, wanted: QKeySequence, key: str) -> str:
        """Who has a key already; empty if nobody has."""
        if wanted.isEmpty():
            return ""
        others = (spec for spec in self._actions.specs if spec.key != key)
        return next((self._actions.name(s.key) for s in others if wanted in self._actions[s.key].shortcuts()), "")

    def _filter(self, text: str) -> None:
        for row, key in enumerate(self.editors):
            words = f"{self._actions.name(key)} {self.editors[key].keySequence().toString()}".lower()
            self.table.setRowHidden(row, text.strip().lower() not in words)
