"""What was open before, with a picture each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.unfinished import Unfinished
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.input_check import PROJECT_SUFFIX
from l3rocc_studio.ui.labels import ElidedLabel
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.thumbnails import ThumbnailLoader

MAX_SHOWN = 8
PICTURE = QSize(64, 40)
_RADIUS_PX, _HEIGHT_PX = 4, 56


class RecentEntry(QFrame):
    """One input: click to open, or take it off the list.

    Signals
    -------
    open_requested, forget_requested (Path)
        What was clicked.
    """

    open_requested = Signal(object)
    forget_requested = Signal(object)

    def __init__(
        self, path: Path, theme: Theme, parent: QWidget | None = None, unfinished: Unfinished | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recent")
        self.path = path
        self._theme = theme
        self.is_there = path.exists()
        self.button = QPushButton(self)
        self.button.setProperty("link", "true")
        self.button.setIconSize(PICTURE)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setFixedHeight(_HEIGHT_PX)
        self.button.setAccessibleName(tr("Open {name}").format(name=path.name))
        self.button.setEnabled(self.is_there)
        self.button.setToolTip(str(path) if self.is_there else tr("{path}\nNot found.").format(path=path))
        self.button.clicked.connect(lambda _checked=False: self.open_requested.emit(path))
        self._name = ElidedLabel(path.stem if path.suffix.lower() == PROJECT_SUFFIX else path.name, self.button)
        self._name.setObjectName("title" if self.is_there else "off")
        is_stopped = self.is_there and unfinished is not None
        said = unfinished_text(unfinished) if is_stopped and unfinished is not None else short_path(path.parent)
        self.note = folder = ElidedLabel(said if self.is_there else tr("Not found"), self.button)
        folder.setObjectName("warning" if is_stopped else "small" if self.is_there else "off")
        for label in (self._name, folder):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        texts = QVBoxLayout(self.button)
        texts.setContentsMargins(PICTURE.width() + 20, 6, 8, 6)
        texts.setSpacing(1)
        texts.addStretch(1)
        texts.addWidget(self._name)
        texts.addWidget(folder)
        texts.addStretch(1)
        self.remove_button = QToolButton(self)
        self.remove_button.setToolTip(tr("Remove from this list"))
        self.remove_button.setAccessibleName(tr("Remove {name} from the list").format(name=path.name))
        self.remove_button.clicked.connect(lambda _checked=False: self.forget_requested.emit(path))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(self.button, 1)
        row.addWidget(self.remove_button)
        self.tint()

    def show_picture(self, pixmap: QPixmap | None) -> None:
        """Show the thumbnail, or an icon while there is none."""
        token = "text_dim" if self.is_there else "text_off"
        icon = "project" if self.path.suffix.lower() == PROJECT_SUFFIX else "open" if self.path.is_dir() else "video"
        ratio = self.devicePixelRatioF()
        self.button.setIcon(QIcon(_framed(pixmap, self._theme, icon, token, ratio)))

    def tint(self) -> None:
        """Take the theme's colours."""
        self.remove_button.setIcon(self._theme.icon("close", "text_dim"))


class RecentList(QWidget):
    """Entries in two columns, newest first.

    Signals
    -------
    open_requested, forget_requested (Path)
        What was clicked.
    """

    open_requested = Signal(object)
    forget_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails: ThumbnailLoader | None = None
        self._title = QLabel(tr("RECENT"), self)
        self._title.setObjectName("section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
        self._entries: list[RecentEntry] = []
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(6)
        column_box.addWidget(self._title)
        column_box.addLayout(self._grid)
        theme.changed.connect(self._tint)
        self.show_paths([])

    @property
    def entries(self) -> tuple[RecentEntry, ...]:
        """What is listed."""
        return tuple(self._entries)

    def use_thumbnails(self, thumbnails: ThumbnailLoader) -> None:
        """Where pictures come from."""
        self._thumbnails = thumbnails
        thumbnails.arrived.connect(self._picture_arrived)
        self._show_pictures()

    def show_paths(self, paths: Sequence[Path], unfinished: Mapping[Path, Unfinished] | None = None) -> None:
        """List inputs, and say how far a run of them was that came to no end."""
        for entry in self._entries:
            self._grid.removeWidget(entry)
            entry.deleteLater()
        self._entries = [self._make(path, (unfinished or {}).get(path)) for path in paths[:MAX_SHOWN]]
        for index, entry in enumerate(self._entries):
            self._grid.addWidget(entry, index // 2, index % 2)
        self.setVisible(bool(self._entries))
        self._show_pictures()

    def _make(self, path: Path, unfinished: Unfinished | None) -> RecentEntry:
        entry = RecentEntry(path, self._theme, self, unfinished)
        entry.open_requested.connect(self.open_requested)
        entry.forget_requested.connect(self.forget_requested)
        return entry

    def _picture_arrived(self, path: Path) -> None:
        for entry in self._entries:
            if entry.path == path:
                self._show_picture(entry)

    def _show_pictures(self) -> None:
        for entry in self._entries:
            self._show_picture(entry)

    def _show_picture(self, entry: RecentEntry) -> None:
        entry.show_picture(self._thumbnails.pixmap(entry.path) if self._thumbnails and entry.is_there else None)

    def _tint(self) -> None:
        for entry in self._entries:
            entry.tint()
        self._show_pictures()


def _framed(pixmap: QPixmap | None, theme: Theme, icon: str, token: str, ratio: float) -> QPixmap:
    """A picture with round corners, or an icon on a plate of the same size."""
    made = QPixmap(PICTURE * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    shape = QPainterPath()
    shape.addRoundedRect(0, 0, PICTURE.width(), PICTURE.height(), _RADIUS_PX, _RADIUS_PX)
    painter.setClipPath(shape)
    painter.fillPath(shape, theme.color("raised"))
    if pixmap is None:
        theme.icon(icon, token).paint(painter, 20, 8, 24, 24)
    else:
        painter.drawPixmap(0, 0, PICTURE.width(), PICTURE.height(), pixmap)
    painter.end()
    return made


def unfinished_text(run: Unfinished) -> str:
    """How far a run was, and what processing again will do."""
    if run.has_stages:
        return tr("Stopped at {percent}% · open to resume").format(percent=run.percent)
    return tr("Stopped at {percent}% · no stage was finished").format(percent=run.percent)


def short_path(path: Path) -> str:
    """A folder as people write it."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except ValueError:
        return str(path)
