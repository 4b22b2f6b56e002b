"""The Queue page: a list of entries, and what can be done with the selected one."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.counts import frames_text, keyframes_text
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState, QueueItem, Review
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.labels import hidden_label, show_text
from l3rocc_studio.ui.queue.entry_view import EntryView
from l3rocc_studio.ui.queue.queue_list import QueueList
from l3rocc_studio.ui.queue.row_painter import RowPainter
from l3rocc_studio.ui.queue.wording import settings_text, state_text
from l3rocc_studio.ui.start_page import make_primary
from l3rocc_studio.ui.theme import Theme

EMPTY_TEXT = N_(
    "The queue is empty.\n\nDrop several videos or a folder of trajectories anywhere in the window to "
    "process them one after another while you keep working."
)
_MENU_KEYS = ("queue_retry_failed", "queue_clear", "queue_report", "review_next")
_CONTEXT_KEYS = (
    "queue_open",
    "queue_retry",
    "queue_stop",
    "",
    "review_accept",
    "review_reject",
    "review_redo",
    "",
    "queue_up",
    "queue_down",
    "queue_log",
    "queue_remove",
)
_MAIN_KEYS = ("queue_open", "queue_stop", "queue_up", "queue_retry")
"""What the big button may do, see :func:`_main_action`."""
_TOOL_KEYS = ("review_accept", "review_reject", "review_redo", "queue_log", "queue_up", "queue_down", "queue_remove")


class QueuePage(QWidget):
    """The page.

    Signals
    -------
    selection_changed
        Another entry is selected, or none.
    """

    selection_changed = Signal()

    def __init__(
        self,
        queue: Queue,
        entries: QueueList,
        painter: RowPainter,
        actions: ActionSet,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Queue"))
        self._queue = queue
        self._actions = actions
        self._theme = theme
        self.view = EntryView(entries, painter, self)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.action_wanted.connect(lambda key: self._actions[key].trigger())
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self._empty = QLabel(tr(EMPTY_TEXT), self)
        self._empty.setObjectName("empty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(18)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self._summary = QLabel("", self)
        self._summary.setObjectName("small")
        self._summary.setWordWrap(True)
        self._name = QLabel("", self)
        self._name.setObjectName("title")
        self._name.setWordWrap(True)
        self._said = hidden_label("small", self)
        self._settings = hidden_label("small", self)
        self.open_button = QPushButton("", self)
        self._open_key = "queue_open"
        self.open_button.clicked.connect(self._do_main_action)
        self._lay_out()
        for key in _MAIN_KEYS:  # permissions change in an event of their own
            actions[key].changed.connect(self.follow_actions)
        self.show_selected()

    @property
    def selected(self) -> list[QueueItem]:
        """Selected entries, from top to bottom."""
        return self.view.selected

    @property
    def current(self) -> QueueItem | None:
        """The entry that commands for one are about."""
        chosen = self.selected
        return chosen[0] if len(chosen) == 1 else None

    @property
    def summary(self) -> str:
        """How many entries are where."""
        return self._summary.text()

    def select(self, keys: list[str]) -> None:
        """Select entries."""
        self.view.select(keys)

    def show_elsewhere(self, refusal: str) -> None:
        """Say why there is no queue here; nothing if there is."""
        self._empty.setText(refusal or tr(EMPTY_TEXT))

    def show_counts(self, note: str = "") -> None:
        """Say how many entries are where, and why nothing moves."""
        is_empty = not self._queue.items
        self._stack.setCurrentWidget(self._empty if is_empty else self.view)
        self._foot.setVisible(not is_empty)
        counts = (
            (tr("{count} running"), self._queue.count(ItemState.RUNNING)),
            (tr("{count} waiting"), self._queue.count(ItemState.WAITING)),
            (tr("{count} done"), self._queue.count(ItemState.DONE)),
            (tr("{count} failed"), self._queue.count(ItemState.FAILED)),
            (tr("{count} stopped"), self._queue.count(ItemState.STOPPED, ItemState.INTERRUPTED)),
        )
        parts = [text.format(count=count) for text, count in counts if count]
        reviewed = sum(item.review is not Review.NONE for item in self._queue.items)
        parts += [tr("{reviewed} reviewed").format(reviewed=reviewed)] if reviewed else []
        self._summary.setText(" · ".join([*([note] if note else []), *parts]))
        self._summary.setVisible(not is_empty)

    def show_selected(self) -> None:
        """Tell about the selected entry."""
        chosen, item = self.selected, self.current
        for label, text in zip((self._name, self._said, self._settings), self._words(chosen), strict=True):
            show_text(label, text)
        key, text = _main_action(item)
        self._open_key = key
        self.open_button.setText(text)
        make_primary(self.open_button, is_primary=key == "queue_open")
        self.follow_actions()

    def _do_main_action(self) -> None:
        self._actions[self._open_key].trigger()

    def follow_actions(self) -> None:
        """The big button is enabled, and says why not, as its action is."""
        action = self._actions[self._open_key]
        self.open_button.setEnabled(action.isEnabled())
        self.open_button.setToolTip(action.toolTip())

    @staticmethod
    def _words(chosen: list[QueueItem]) -> tuple[str, str, str]:
        if not chosen:
            return "", tr("Select an entry to open, review or move it."), ""
        if len(chosen) > 1:
            return tr("{count} entries").format(count=len(chosen)), "", ""
        item = chosen[0]
        said = retell(f"{item.error} {item.hint}".strip()) if item.state is ItemState.FAILED else state_text(item)
        if item.result is not None:
            review = {Review.ACCEPTED: tr("Accepted. "), Review.REJECTED: tr("Rejected. ")}.get(item.review, "")
            said = tr("{review}{keyframes} of {frames} · {said}").format(
                review=review,
                keyframes=keyframes_text(item.result.num_keyframes),
                frames=frames_text(item.result.num_frames),
                said=said,
            )
        return item.name, said, settings_text(item.config)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        add = QPushButton(tr("Add…"), self)
        add.setMenu(self._menu(("queue_add", "queue_add_folder", "queue_add_open")))
        add.setAccessibleName(tr("Add to the queue"))
        head.addWidget(add)
        head.addStretch(1)
        self.pause_button = self._actions.button("queue_pause", self)
        head.addWidget(self.pause_button)
        self._more = more = QToolButton(self)
        more.setToolTip(tr("More"))
        more.setAccessibleName(tr("More commands of the queue"))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self._menu(_MENU_KEYS))
        # A method of a widget, not a lambda: the theme outlives the window and would hold it.
        self._theme.changed.connect(self._tint)
        self._tint()
        head.addWidget(more)
        tools = QWidget(self)
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key in _TOOL_KEYS:
            row.addWidget(self._actions.button(key, self))
        row.addStretch(1)
        self._foot = make_card(self, "", self._name, self._said, self._settings, self.open_button, tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._summary)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)

    def _tint(self) -> None:
        self._more.setIcon(self._theme.icon("more"))

    def _menu(self, keys: tuple[str, ...]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key in keys:
            if key:
                menu.addAction(self._actions[key])
            else:
                menu.addSeparator()
        return menu

    def _show_menu(self, place: QPoint) -> None:
        menu = self._menu(_CONTEXT_KEYS)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _selected(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        self.show_selected()
        self.selection_changed.emit()


def _main_action(item: QueueItem | None) -> tuple[str, str]:
    """What is most likely wanted of an entry."""
    if item is None or item.state is ItemState.DONE:
        return "queue_open", tr("Open the result")
    if item.state is ItemState.RUNNING:
        return "queue_stop", tr("Stop")
    if item.state is ItemState.WAITING:
        return "queue_up", tr("Move up")
    if item.state is ItemState.FAILED:
        return "queue_retry", tr("Try again")
    return "queue_retry", tr("Resume")
