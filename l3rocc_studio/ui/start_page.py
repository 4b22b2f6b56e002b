"""What a newcomer sees first: where to drop, what to click, what was open before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.icons import icon_pixmap
from l3rocc_studio.ui.theme import Theme

_MAX_SHOWN = 5


class DropZone(QFrame):
    """A dashed frame that says what can be dropped; the window itself takes the drop."""

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QLabel(self)
        self._image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Drop a video or a folder here", self)
        title.setStyleSheet("font-size: 17px; font-weight: 600;")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        detail = QLabel(
            "mp4, mov, mkv, avi, webm · a folder of pictures · an InternData-N1 or LeRobot trajectory", self
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
        for key, text in (("open", "Open video…"), ("open_folder", "Open folder…"), ("sample", "Try the sample")):
            row.addWidget(action_button(actions, key, text, self, is_primary=key == "open"))
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
    open_requested (Path)
        A recent input was clicked.
    """

    open_requested = Signal(object)

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        hero = QLabel("From video to 4D occupancy", self)
        hero.setObjectName("hero")
        lead = QLabel("Reconstruct the scene, follow the camera, and see what it saw: free, occupied or hidden.", self)
        lead.setObjectName("lead")
        lead.setWordWrap(True)
        self._recent_title = QLabel("RECENT", self)
        self._recent_title.setObjectName("section")
        self._recent_box = QVBoxLayout()
        self._recent_box.setSpacing(2)
        self._buttons: list[QPushButton] = []
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(hero)
        column.addWidget(lead)
        column.addSpacing(14)
        column.addWidget(DropZone(actions, theme, self))
        column.addSpacing(14)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent_box)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addLayout(column, 4)
        row.addStretch(1)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List inputs that were open before, newest first."""
        for button in self._buttons:
            self._recent_box.removeWidget(button)
            button.deleteLater()
        self._buttons = [self._make_recent(path) for path in paths[:_MAX_SHOWN]]
        for button in self._buttons:
            self._recent_box.addWidget(button)
        self._recent_title.setVisible(bool(self._buttons))

    @property
    def recent_buttons(self) -> tuple[QPushButton, ...]:
        """One button a recent input."""
        return tuple(self._buttons)

    def _make_recent(self, path: Path) -> QPushButton:
        button = QPushButton(f"{path.name}    {_short(path.parent)}", self)
        button.setProperty("link", "true")
        button.setIcon(self._theme.icon("open" if path.is_dir() else "video", "text_dim"))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(str(path))
        button.setAccessibleName(f"Open {path.name}")
        button.clicked.connect(lambda _checked=False: self.open_requested.emit(path))
        return button


def action_button(actions: ActionSet, key: str, text: str, parent: QWidget, *, is_primary: bool = False) -> QPushButton:
    """A push button that triggers an action and is enabled, and says why not, as the action is."""
    action = actions[key]
    button = QPushButton(text, parent)
    button.setProperty("primary", "true" if is_primary else "false")
    button.clicked.connect(lambda _checked=False: action.trigger())

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
    return button


def _short(path: Path) -> str:
    """A folder as people write it."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except ValueError:
        return str(path)
