"""Every key on one sheet, by menu, as the keys are now."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.wording import menu_text
from l3rocc_studio.ui.card import make_card

_COLUMNS, _SHARE_OF_SCREEN = 3, 0.9


class ShortcutsDialog(QDialog):
    """Lists the actions that have keys, in columns of about the same height."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        groups: dict[str, list[str]] = {}
        for spec in actions.specs:
            if not actions[spec.key].shortcut().isEmpty():
                groups.setdefault(spec.menu.split("/")[0], []).append(spec.key)
        sheet = QWidget(self)
        row = QHBoxLayout(sheet)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(10)
        for column in _balanced(groups):
            stack = QVBoxLayout()
            stack.setSpacing(10)
            for title in column:
                stack.addWidget(make_card(self, menu_text(title).upper(), _keys_table(actions, groups[title], self)))
            stack.addStretch(1)
            row.addLayout(stack)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(sheet)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 10, 16)
        outer.addWidget(area)
        room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        self.resize((sheet.sizeHint() + QSize(64, 40)).boundedTo(room))


def _balanced(groups: dict[str, list[str]]) -> list[list[str]]:
    """Group names in columns of about the same height: the largest first, each where least is."""
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for title in sorted(groups, key=lambda title: -len(groups[title])):
        shortest = heights.index(min(heights))
        columns[shortest].append(title)
        heights[shortest] += len(groups[title]) + 3
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
        keys = QLabel(tr("  or  ").join(keys.toString(native) for keys in actions[key].shortcuts()), table)
        keys.setObjectName("mono")
        grid.addWidget(QLabel(actions.name(key), table), row, 0)
        grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
    return table
