"""The list that drops down from the top of the window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from l3rocc_studio.model.fuzzy import match_score
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.wording import menu_text, without_access_key
from l3rocc_studio.ui.palette.command_row import CommandRow

_WIDTH_PX, _MAX_ROWS, _ROW_PX = 560, 11, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line of the palette.

    Attributes
    ----------
    key
        Key of the action.
    name, menu
        What it is called, and where it stands in the menus.
    words
        What else it may be looked for by: its English name, and other words in any language.
    """

    key: str
    name: str
    menu: str
    words: str


class CommandPalette(QDialog):
    """Lists the actions that match what is typed, those that cannot be used now with the reason.

    Parameters
    ----------
    actions
        The window's actions.
    recent
        Keys of the actions that were chosen here before, newest first; they come first while nothing is typed.
    """

    def __init__(self, actions: ActionSet, recent: list[str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName(tr("Commands"))
        self.setFixedWidth(_WIDTH_PX)
        self._actions = actions
        self._recent = recent
        self._commands = [
            Command(
                key=spec.key,
                name=without_access_key(actions[spec.key].text()),
                menu=menu_text(spec.menu),
                words=f"{without_access_key(spec.label)} {spec.words}",
            )
            for spec in actions.specs
            if spec.menu
        ]
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Type what you want to do"))
        self.field.setAccessibleName(tr("Command"))
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setObjectName("palette")
        self.list.setAccessibleName(tr("Matching commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._show_matches)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        self._show_matches("")

    def open_over(self, window: QWidget) -> None:
        """Appear at the top of a window."""
        self.move(window.mapToGlobal(QPoint((window.width() - _WIDTH_PX) // 2, 46)))
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Up and Down move through the list while one types; Enter chooses."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
            if event.key() in steps:
                self._move(steps[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return bool(super().eventFilter(watched, event))

    def _show_matches(self, wanted: str) -> None:
        self.list.clear()
        for command in self._matches(wanted):
            self._add_row(command)
        if not self.list.count():
            nothing = QListWidgetItem(tr("No matches."), self.list)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(min(self.list.count(), _MAX_ROWS) * _ROW_PX + 4)
        self.adjustSize()

    def _matches(self, wanted: str) -> list[Command]:
        if not wanted.strip():
            return sorted(self._commands, key=self._age)
        scored = [(self._score(wanted, command), command) for command in self._commands]
        fitting = [(score, command) for score, command in scored if score is not None]
        fitting.sort(key=lambda pair: (-pair[0], self._age(pair[1])))
        return [command for _, command in fitting]

    def _score(self, wanted: str, command: Command) -> int | None:
        begun = [word for word in command.words.lower().split() if word.startswith(wanted.strip().lower())]
        named = [match_score(wanted, text) for text in (command.name, *begun)]
        own = [score for score in named if score is not None]
        if own:
            return max(own) + 1
        # Found by its menu, by what it does or by another word for it: below every name.
        tooltip = self._actions[command.key].statusTip()
        others = (match_score(wanted, text) for text in (f"{command.menu} {command.name}", tooltip, command.words))
        found = [score for score in others if score is not None]
        return max(found) - 10_000 if found else None

    def _age(self, command: Command) -> int:
        return self._recent.index(command.key) if command.key in self._recent else len(self._recent)

    def _add_row(self, command: Command) -> None:
        action = self._actions[command.key]
        item = QListWidgetItem(self.list)
        item.setData(Qt.ItemDataRole.UserRole, command.key)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, command.name)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        row = CommandRow(command.name, command.menu, keys, action, self.list)
        item.setSizeHint(row.sizeHint().expandedTo(row.minimumSize()))
        self.list.setItemWidget(item, row)

    def _move(self, step: int) -> None:
        row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
        self.list.setCurrentRow(row)

    def _choose(self, item: QListWidgetItem | None) -> None:
        key = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        action: QAction | None = self._actions[key] if key else None
        if key is None or action is None or not action.isEnabled():
            return
        if key in self._recent:
            self._recent.remove(key)
        self._recent.insert(0, key)
        self.accept()
        action.trigger()
