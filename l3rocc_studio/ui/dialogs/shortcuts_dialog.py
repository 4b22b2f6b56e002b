"""Every key on one sheet, by menu, as the keys are now, with a search."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.camera import NUM_RECALL_KEYS
from l3rocc_studio.ui.actions.wording import menu_text

MOST_COLUMNS, LEAST_COLUMNS = 4, 2
_SHARE_OF_SCREEN = 0.98
_CARD_ROWS = 3
"""Height of a card's heading and margins, in rows."""
_RECALL = tuple(f"recall_view_{number}" for number in range(1, NUM_RECALL_KEYS + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """What has a key, and the keys, as they are shown."""

    name: str
    keys: str


class ShortcutsDialog(QDialog):
    """Lists the actions that have keys, in columns of about the same height.

    Signals
    -------
    change_wanted
        The person wants other keys.
    """

    change_wanted = Signal()

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search actions and shortcuts"))
        self.search.setAccessibleName(tr("Search actions and shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.cards = [_GroupCard(title, rows, self) for title, rows in _groups(actions).items()]
        self._nothing = QLabel(tr("No action and no shortcut is called that."), self)
        self._nothing.setObjectName("small")
        self._nothing.hide()
        self._room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sheet = self._make_sheet()
        area.setWidget(sheet)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 10, 10)
        outer.setSpacing(10)
        outer.addLayout(self._make_header())
        outer.addWidget(self._nothing)
        outer.addWidget(area)
        self.resize((sheet.sizeHint() + QSize(44, 86)).boundedTo(self._room))
        self.search.setFocus()

    def _make_header(self) -> QHBoxLayout:
        title = QLabel(tr("Keyboard shortcuts"), self)
        title.setObjectName("title")
        change = QPushButton(tr("Change…"), self)
        change.setToolTip(tr("Change the shortcuts of actions"))
        change.setAutoDefault(False)
        change.clicked.connect(lambda _checked=False: self._change())
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(12)
        row.addWidget(title)
        row.addWidget(self.search, 1)
        row.addWidget(change)
        row.addWidget(self.close_button)
        return row

    def _make_sheet(self) -> QWidget:
        """As many columns as the screen is wide."""
        widths = sorted((card.sizeHint().width() for card in self.cards), reverse=True)
        count = MOST_COLUMNS
        while count > LEAST_COLUMNS and sum(widths[:count]) + 10 * count + 40 > self._room.width():
            count -= 1
        sheet = QWidget(self)
        row = QHBoxLayout(sheet)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(10)
        for column in _balanced(self.cards, count):
            stack = QVBoxLayout()
            stack.setSpacing(7)
            for card in column:
                stack.addWidget(card)
            stack.addStretch(1)
            row.addLayout(stack, 1)
        return sheet

    def _filter(self, text: str) -> None:
        found = [card.filter(text.strip().lower()) for card in self.cards]
        self._nothing.setVisible(not any(found))

    def _change(self) -> None:
        self.accept()
        self.change_wanted.emit()


class _GroupCard(QFrame):
    """The keys of one menu."""

    def __init__(self, title: str, rows: list[KeyRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.title, self.rows = title, rows
        heading = QLabel(title.upper(), self)
        heading.setObjectName("section")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 7, 12, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(heading, 0, 0, 1, 2)
        self._labels: list[tuple[QLabel, QLabel]] = []
        for number, row in enumerate(rows, start=1):
            name, keys = QLabel(row.name, self), QLabel(row.keys, self)
            name.setObjectName("sheet")
            keys.setObjectName("mono")
            grid.addWidget(name, number, 0)
            grid.addWidget(keys, number, 1, Qt.AlignmentFlag.AlignRight)
            self._labels.append((name, keys))

    def filter(self, text: str) -> bool:
        """Show only what has a text in its name, its keys or its menu; whether there is anything."""
        hits = [text in f"{self.title} {row.name} {row.keys}".lower() for row in self.rows]
        for labels, is_hit in zip(self._labels, hits, strict=True):
            for label in labels:
                label.setVisible(is_hit)
        self.setVisible(any(hits))
        return any(hits)


def _groups(actions: ActionSet) -> dict[str, list[KeyRow]]:
    """What has keys, by menu and submenu, in their order."""
    menus: dict[str, list[str]] = {}
    for spec in actions.specs:
        if not actions[spec.key].shortcut().isEmpty():
            menus.setdefault(spec.menu, []).append(spec.key)
    return {menu_text(menu): _rows(actions, keys) for menu, keys in menus.items()}


def _rows(actions: ActionSet, keys: list[str]) -> list[KeyRow]:
    """A row for each action; the numbered views share one as long as their keys are numbered too."""
    shared = _RECALL if all(key in keys and actions.has_own_keys(key) for key in _RECALL) else ()
    rows = []
    for key in keys:
        row = KeyRow(name=actions.name(key), keys=_keys_text(actions, key))
        if key not in shared:
            rows.append(row)
        elif key == shared[0]:
            last = shared[-1]
            between = tr("{first} … {last}")
            rows.append(
                KeyRow(
                    name=between.format(first=row.name, last=actions.name(last)),
                    keys=between.format(first=row.keys, last=_keys_text(actions, last)),
                )
            )
    return rows


def _keys_text(actions: ActionSet, key: str) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return tr("  or  ").join(keys.toString(native) for keys in actions[key].shortcuts())


def _balanced(cards: list[_GroupCard], count: int) -> list[list[_GroupCard]]:
    """Cards in columns of about the same height: the largest first, each where least is."""
    columns: list[list[_GroupCard]] = [[] for _ in range(count)]
    heights = [0] * count
    for card in sorted(cards, key=lambda card: -len(card.rows)):
        shortest = heights.index(min(heights))
        columns[shortest].append(card)
        heights[shortest] += len(card.rows) + _CARD_ROWS
    return columns
