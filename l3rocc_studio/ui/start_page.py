"""What a newcomer sees first: where to drop, what to click, what was open before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from l3rocc_studio.model.unfinished import Unfinished
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.icons import icon_pixmap
from l3rocc_studio.ui.machine_card import MachineCard
from l3rocc_studio.ui.recent_list import RecentList
from l3rocc_studio.ui.theme import Theme

_MAX_WIDTH_PX = 1180
_TELL_AFTER_MS = 200


class DropZone(QFrame):
    """A dashed frame that says what can be dropped; the window itself takes the drop."""

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QLabel(self)
        self._image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(tr("Drop videos, a folder or a project here"), self)
        title.setStyleSheet("font-size: 17px; font-weight: 600;")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        detail = QLabel(
            tr("mp4, mov, mkv, avi, webm · a folder of pictures · an InternData-N1 or LeRobot trajectory"), self
        )
        detail.setObjectName("dim")
        detail.setWordWrap(True)
        detail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 30, 32, 30)
        column.setSpacing(10)
        column.addWidget(self._image)
        column.addWidget(title)
        column.addWidget(detail)
        column.addSpacing(10)
        column.addLayout(self._make_buttons(actions))
        theme.changed.connect(self._tint)
        self._tint()

    def _make_buttons(self, actions: ActionSet) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        self.open_button = action_button(actions, "open", tr("Open video…"), self, is_primary=True)
        row.addWidget(self.open_button)
        for key, text in (("open_folder", tr("Open folder…")), ("sample", tr("Try the sample"))):
            row.addWidget(action_button(actions, key, text, self))
        row.addStretch(1)
        return row

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the dashed frame."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("line_strong"), 1.6, Qt.PenStyle.DashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(self._theme.color("panel"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 14, 14)
        painter.end()

    def _tint(self) -> None:
        self._image.setPixmap(icon_pixmap("drop", self._theme.colors["accent"], 44, self.devicePixelRatioF()))
        self.update()


class StartPage(QWidget):
    """The empty window.

    Signals
    -------
    open_requested, forget_requested (Path)
        A recent input was clicked, or is to be taken off the list.
    """

    open_requested = Signal(object)
    forget_requested = Signal(object)

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        hero = QLabel(tr("From video to 4D occupancy"), self)
        hero.setObjectName("hero")
        lead = QLabel(
            tr("Reconstruct the scene, follow the camera, and see what it saw: free, occupied or hidden."), self
        )
        lead.setObjectName("lead")
        lead.setWordWrap(True)
        self.drop_zone = DropZone(actions, theme, self)  # first, so that the keyboard comes to it first
        self.recent = RecentList(theme, self)
        self.recent.open_requested.connect(self.open_requested)
        self.recent.forget_requested.connect(self.forget_requested)
        self.machine = MachineCard(self)
        self.machine.weights_button.clicked.connect(lambda _checked=False: actions["weights"].trigger())
        self._notice = QVBoxLayout()
        self._shown_notice: QWidget | None = None
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addWidget(self.drop_zone, 5)
        middle.addWidget(self.machine, 3)
        content = QWidget(self)
        content.setMaximumWidth(_MAX_WIDTH_PX)
        column = QVBoxLayout(content)
        column.setContentsMargins(28, 12, 28, 12)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(hero)
        column.addWidget(lead)
        column.addSpacing(10)
        column.addLayout(self._notice)
        column.addLayout(middle)
        column.addSpacing(12)
        column.addWidget(self.recent)
        column.addStretch(3)
        self._scroll = scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        centre = QWidget(scroll)
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(content, 100)
        row.addStretch(1)
        scroll.setWidget(centre)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._opening = QLabel("", self)
        self._opening.setObjectName("opening")
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._opening.hide()
        self._opening_soon = QTimer(self)
        self._opening_soon.setSingleShot(True)
        self._opening_soon.setInterval(_TELL_AFTER_MS)
        self._opening_soon.timeout.connect(self._opening.show)

    @property
    def opening_text(self) -> str:
        """What is being opened; empty while the page can be used."""
        return self._opening.text()

    def show_opening(self, text: str) -> None:
        """Lock the page while something is being opened, or clicks for what comes would hit it; empty unlocks."""
        was_locked = not self._scroll.isEnabled()
        self._scroll.setEnabled(not text)
        self._opening.setText(text)
        if not text:
            self._opening_soon.stop()
            self._opening.hide()
        elif not self._opening_soon.isActive() and self._opening.isHidden():
            self._opening_soon.start()  # what is opened at once does not flicker
        self._place_opening()
        if was_locked and not text and self.isVisible():
            self.drop_zone.open_button.setFocus()

    def _place_opening(self) -> None:
        self._opening.setGeometry(self.rect())
        self._opening.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """The note covers all of the page."""
        super().resizeEvent(event)
        self._place_opening()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  (Qt's name)
        """What was opened has taken the page's place."""
        super().hideEvent(event)
        self.show_opening("")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """The keyboard is where most people begin."""
        super().showEvent(event)
        self.drop_zone.open_button.setFocus()

    def show_recent(self, paths: Sequence[Path], unfinished: Mapping[Path, Unfinished] | None = None) -> None:
        """List inputs that were open before, newest first, and say of which a run was stopped."""
        self.recent.show_paths(paths, unfinished)

    def show_notice(self, notice: QWidget | None) -> None:
        """Put a line above everything that can be done, or take it away."""
        if self._shown_notice is not None:
            self._notice.removeWidget(self._shown_notice)
            self._shown_notice.hide()
        self._shown_notice = notice
        if notice is not None:
            self._notice.addWidget(notice)

    @property
    def recent_buttons(self) -> tuple[QPushButton, ...]:
        """One button a recent input."""
        return tuple(entry.button for entry in self.recent.entries)


def action_button(actions: ActionSet, key: str, text: str, parent: QWidget, *, is_primary: bool = False) -> QPushButton:
    """A push button that triggers an action and is enabled, and says why not, as the action is."""
    action = actions[key]
    button = QPushButton(text, parent)
    button.setProperty("primary", "true" if is_primary else "false")
    button.setAutoDefault(True)  # Enter presses it, as Space does
    button.clicked.connect(lambda _checked=False: action.trigger())

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
    return button


def make_primary(button: QPushButton, *, is_primary: bool) -> None:
    """Give a button the look of what is most likely wanted, or take it away."""
    wanted = "true" if is_primary else "false"
    if button.property("primary") != wanted:
        button.setProperty("primary", wanted)
        button.style().unpolish(button)
        button.style().polish(button)
