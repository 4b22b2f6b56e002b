"""The key of every action, to be changed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.spec import ActionSpec
from l3rocc_studio.ui.actions.wording import menu_text
from l3rocc_studio.ui.labels import hidden_label
from l3rocc_studio.ui.question import Question
from l3rocc_studio.ui.theme import Theme

CONFLICT = N_("{keys} is already used by “{other}”.")
ROW_PX = 36


class KeysPage(QWidget):
    """Lists the actions with their first key.

    Signals
    -------
    key_chosen (str, str)
        Key of the action and the new sequence in portable text; empty for none.
    key_taken (str, str, str)
        The same, and the key of the action that gives this sequence up.
    key_reset (str)
        Give an action the keys back that it was delivered with.
    reset_wanted
        All keys as they were delivered.
    """

    key_chosen = Signal(str, str)
    key_taken = Signal(str, str, str)
    key_reset = Signal(str)
    reset_wanted = Signal()

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions, self._theme = actions, theme
        self._conflict: tuple[str, QKeySequence, str] | None = None
        self.question: Question | None = None
        """Whether all keys are to be reset, while that is asked."""
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search actions and shortcuts"))
        self.search.setAccessibleName(tr("Search actions and shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.table = self._make_table()
        self.refusal = hidden_label("error", self)
        self.take = QPushButton(tr("Use it here"), self)
        self.take.setToolTip(tr("Give the shortcut to this action; the other one loses it"))
        self.take.setAutoDefault(False)
        self.take.setVisible(False)
        self.take.clicked.connect(lambda _checked=False: self._take_over())
        self.reset = QPushButton(tr("Reset all shortcuts…"), self)
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(lambda _checked=False: self._ask_to_reset())
        self._lay_out()
        self.editors: dict[str, QKeySequenceEdit] = {}
        self.resets: dict[str, QToolButton] = {}
        self._fill()

    def show_keys(self) -> None:
        """Show the keys as they are now."""
        for key, editor in self.editors.items():
            editor.setKeySequence(self._actions[key].shortcut())
            self._allow_reset(key)
        are_all_own = all(self._actions.has_own_keys(key) for key in self.editors)
        self.reset.setEnabled(not are_all_own)
        reason = tr("All shortcuts are the default ones.")
        self.reset.setToolTip(reason if are_all_own else tr("Give every action its default shortcut back"))

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self)
        table.setAccessibleName(tr("Shortcuts"))
        table.setHorizontalHeaderLabels([tr("Action"), tr("Menu"), tr("Shortcut"), ""])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.setShowGrid(False)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setMinimumSectionSize(ROW_PX)
        for column, width_px in ((1, 150), (2, 150), (3, 40)):
            table.setColumnWidth(column, width_px)
        return table

    def _lay_out(self) -> None:
        conflict = QHBoxLayout()
        conflict.setSpacing(8)
        conflict.addWidget(self.refusal, 1)
        conflict.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addLayout(conflict)
        column.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)

    def _fill(self) -> None:
        specs = [spec for spec in self._actions.specs if spec.menu]
        self.table.setRowCount(len(specs))
        for row, spec in enumerate(specs):
            self._fill_row(row, spec)
        self.show_keys()

    def _fill_row(self, row: int, spec: ActionSpec) -> None:
        name = self._actions.name(spec.key)
        for column, text in enumerate((name, menu_text(spec.menu))):
            item = QTableWidgetItem(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setToolTip(tr(spec.tooltip))
            self.table.setItem(row, column, item)
        editor = QKeySequenceEdit(self)
        editor.setMaximumSequenceLength(1)
        editor.setClearButtonEnabled(True)
        editor.setAccessibleName(name)
        editor.editingFinished.connect(partial(self._edited, spec.key))
        reset = QToolButton(self)
        reset.setObjectName("narrow")
        reset.setIconSize(QSize(16, 16))
        reset.setIcon(self._theme.icon("undo"))
        reset.setAccessibleName(tr("Default shortcut of {name}").format(name=name))
        reset.clicked.connect(lambda _checked=False: self._reset_one(spec.key))
        self.editors[spec.key], self.resets[spec.key] = editor, reset
        self.table.setCellWidget(row, 2, editor)
        self.table.setCellWidget(row, 3, _held(reset))

    def _allow_reset(self, key: str) -> None:
        reset, own = self.resets[key], self._actions.spec(key).shortcut
        is_own = self._actions.has_own_keys(key)
        reset.setVisible(not is_own)
        native = QKeySequence(own[0]).toString(QKeySequence.SequenceFormat.NativeText) if own else ""
        back = tr("Back to the default shortcut, {keys}").format(keys=native)
        reset.setToolTip(back if own else tr("Back to no shortcut"))

    def _edited(self, key: str) -> None:
        self._want(key, self.editors[key].keySequence())

    def _reset_one(self, key: str) -> None:
        """Back at once, unless another action has one of its keys now: then that is offered to be taken."""
        own = [QKeySequence(keys) for keys in self._actions.spec(key).shortcut]
        taken = next((keys for keys in own if self._owner(keys, key)), None)
        if taken is None:
            self._settle(None)
            self.key_reset.emit(key)
        else:
            self._want(key, taken)

    def _want(self, key: str, wanted: QKeySequence) -> None:
        """Change a key at once, or say who has it already and offer to take it."""
        if wanted == self._actions[key].shortcut():
            return
        other = self._owner(wanted, key)
        self._settle((key, wanted, other) if other else None)
        if other:
            self.editors[key].setKeySequence(self._actions[key].shortcut())
        else:
            self.key_chosen.emit(key, wanted.toString())

    def _settle(self, conflict: tuple[str, QKeySequence, str] | None) -> None:
        self._conflict = conflict
        for widget in (self.refusal, self.take):
            widget.setVisible(conflict is not None)
        if conflict is not None:
            key, wanted, other = conflict
            keys, name = wanted.toString(QKeySequence.SequenceFormat.NativeText), self._actions.name(key)
            self.refusal.setText(tr(CONFLICT).format(keys=keys, other=self._actions.name(other)))
            self.take.setText(tr("Use it for “{name}”").format(name=name))

    def _take_over(self) -> None:
        if self._conflict is not None:
            key, wanted, other = self._conflict
            self._settle(None)
            self.key_taken.emit(key, wanted.toString(), other)

    def _owner(self, wanted: QKeySequence, key: str) -> str:
        """Key of the action that has a sequence already; empty if none has."""
        if wanted.isEmpty():
            return ""
        others = (spec.key for spec in self._actions.specs if spec.key != key)
        return next((other for other in others if wanted in self._actions[other].shortcuts()), "")

    def _ask_to_reset(self) -> None:
        self.question = Question(
            self,
            title=tr("Reset all shortcuts"),
            text=tr("Give every action its default shortcut back?"),
            detail=tr("The shortcuts you changed are lost."),
            yes=tr("Reset"),
            no=tr("Cancel"),
            loses=True,
        )
        self.question.answered.connect(self._reset_answered)
        self.question.open()

    def _reset_answered(self, is_wanted: bool) -> None:
        self.question = None
        if is_wanted:
            self._settle(None)
            self.reset_wanted.emit()

    def _filter(self, text: str) -> None:
        for row, key in enumerate(self.editors):
            words = f"{self._actions.name(key)} {self.editors[key].keySequence().toString()}".lower()
            self.table.setRowHidden(row, text.strip().lower() not in words)


def _held(button: QToolButton) -> QWidget:
    """A widget with a button in it: a table shows its own widgets, whether they were hidden or not."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(button)
    return holder
