"""The head of a panel: its name, a note, and buttons; what does not fit goes into a menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.labels import ElidedLabel

HEIGHT_PX, SPACING_PX = 34, 4
LEFT_PX, RIGHT_PX = 12, 4
FEWEST_NOTE_PX = 44
"""A note of which less can be read is not worth its place."""


class PanelHeader(QFrame):
    """Name and buttons come first, the note takes what is left.

    Where the buttons do not fit, those with an action or a menu go into a menu of their own, the last ones first.
    Others, such as the one that enlarges the panel, always stay.

    Signals
    -------
    double_clicked
        On the header itself.
    """

    double_clicked = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panelHeader")
        self.setFixedHeight(HEIGHT_PX)
        self._name = ElidedLabel(title, self)
        self._name.setObjectName("title")
        self._name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._name.setToolTip(title)
        self._note = ElidedLabel("", self)
        self._note.setObjectName("small")
        self._note_text = ""
        self._buttons: list[QToolButton] = []
        self.more = QToolButton(self)
        self.more.setObjectName("more")
        self.more.setToolTip(tr("More buttons of this panel"))
        self.more.setAccessibleName(tr("More buttons of this panel"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self._menu.setToolTipsVisible(True)
        self.more.setMenu(self._menu)
        self.more.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(LEFT_PX, 0, RIGHT_PX, 0)
        self._row.setSpacing(SPACING_PX)
        self._row.addWidget(self._name)
        self._row.addWidget(self._note, 1)
        self._row.addWidget(self.more)

    @property
    def note(self) -> str:
        """What is to be said beside the name, be there room for it or not."""
        return self._note_text

    @property
    def shown_note(self) -> str:
        """What is said of it now."""
        return self._note.text()

    @property
    def hidden_buttons(self) -> tuple[QToolButton, ...]:
        """Those that are in the menu now."""
        return tuple(button for button in self._buttons if button.isHidden())

    def add_button(self, button: QToolButton) -> None:
        """Add one at the right."""
        self._buttons.append(button)
        self._row.insertWidget(self._row.count() - 1, button)
        button.installEventFilter(self)
        self._fit_soon()

    def set_note(self, text: str) -> None:
        """Say something beside the name, such as a count."""
        self._note_text = text
        self._note.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """There is another width to use."""
        super().resizeEvent(event)
        self._fit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A double click on the header is told."""
        event.accept()
        self.double_clicked.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A button that becomes wider or narrower changes what fits."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit_soon()
        return bool(super().eventFilter(watched, event))

    def _fit_soon(self) -> None:
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        title_px = self._name.fontMetrics().horizontalAdvance(self._name.text()) + 2
        room_px = self.width() - LEFT_PX - RIGHT_PX - 2 * SPACING_PX
        hidden = self._too_many(room_px - title_px)
        for button in self._buttons:
            button.setVisible(button not in hidden)
        self.more.setVisible(bool(hidden))
        self._fill_menu(hidden)
        left_px = room_px - self._width_of([each for each in self._buttons if each not in hidden], bool(hidden))
        self._name.setFixedWidth(max(0, min(title_px, left_px)))
        is_room = not hidden and left_px - title_px >= FEWEST_NOTE_PX
        self._note.setText(self._note_text if is_room else "")

    def _width_of(self, buttons: list[QToolButton], has_more: bool) -> int:
        shown = [*buttons, self.more] if has_more else buttons
        return sum(button.sizeHint().width() + SPACING_PX for button in shown)

    def _too_many(self, room_px: int) -> list[QToolButton]:
        """The buttons to hide so that the others fit."""
        hidden: list[QToolButton] = []
        shown = list(self._buttons)
        can_go = [button for button in self._buttons if button.defaultAction() is not None]
        can_go = [button for button in self._buttons if button.menu() is not None and button not in can_go] + can_go
        while can_go and self._width_of(shown, bool(hidden)) > room_px:
            hidden.append(can_go.pop())
            shown.remove(hidden[-1])
        return hidden

    def _fill_menu(self, hidden: list[QToolButton]) -> None:
        for action in self._menu.actions():  # clear() would end actions that nobody in Python holds
            self._menu.removeAction(action)
        for button in self._buttons:
            if button in hidden and button.menu() is not None:
                entry = self._menu.addMenu(button.menu())
                entry.setText(button.accessibleName())
            elif button in hidden:
                self._menu.addAction(button.defaultAction())
