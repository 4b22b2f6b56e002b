"""Every key on one sheet, by menu, as the keys are now."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.card import make_card

_COLUMNS = 3


class ShortcutsDialog(QDialog):
    """Lists the actions that have keys, in columns of about the same height."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        groups: dict[str, list[str]] = {}
        for spec in actions.specs:
            if not actions[spec.key].shortcut().isEmpty():
                groups.setdefault(spec.menu.split("/")[0], []).append(spec.key)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(10)
        for column in _balanced(groups):
            stack = QVBoxLayout()
            stack.setSpacing(10)
            for title in column:
                stack.addWidget(make_card(self, title.upper(), _keys_table(actions, groups[title], self)))
            stack.addStretch(1)
            row.addLayout(stack)


def _balanced(groups: dict[str, list[str]]) -> list[list[str]]:
    """Group names in columns, in order, each filled up to its share of the lines."""
    heights = {title: len(keys) + 3 for title, keys in groups.items()}
    columns: list[list[str]] = [[]]
    share = sum(heights.values()) / _COLUMNS
    for title, height in heights.items():
        filled = sum(heights[name] for name in columns[-1])
        if columns[-1] and filled + height / 2 > share and len(columns) < _COLUMNS:
            columns.append([])
        columns[-1].append(title)
    return columns


def _keys_table(actions: ActionSet, listed: list[str], parent: QWidget) -> QWidget:
    table = QWidget(parent)
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(0, 1)
    native = QKeySequence.SequenceFormat.NativeText
    for row, key in enumerate(listed):
        keys = QLabel("  or  ".join(keys.toString(native) for keys in actions[key].shortcuts()), table)
        keys.setObjectName("mono")
        grid.addWidget(QLabel(actions.name(key), table), row, 0)
        grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
    return table
