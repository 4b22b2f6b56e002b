"""The views of the camera path as a list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from l3rocc_studio.model.place import clock_text
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.timeline import FrameCause
from l3rocc_studio.model.view_keyframe import ViewKeyframe, WorldPreset
from l3rocc_studio.model.view_keyframes import EASE_NAMES, view_name
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.theme import Theme

_ICONS = {True: "path-moving", False: "path-fixed"}
"""By whether the view moves by itself."""
MAX_ROWS_SHOWN = 6
ICON_SIZE = QSize(65, 40)
_BADGE_PX = 14
_ROW_PX = 48
Picture = Callable[[ViewKeyframe], QImage | None]
"""What a view shows; None while that is not known."""


def _no_picture(_keyframe: ViewKeyframe) -> QImage | None:
    return None


class PathList(QListWidget):
    """Shows the path and follows the timeline along it.

    A click or Enter goes to a view's frame, Delete takes it off the path.

    Signals
    -------
    selected
        Another view, or none, is the one to be edited, or it was changed.
    """

    selected = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self._is_filling = False
        self._picture: Picture = _no_picture
        self._shown: frozenset[int] = frozenset()
        self.setAccessibleName(tr("Views on the camera path"))
        self.setObjectName("cards")
        self.setIconSize(ICON_SIZE)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.itemClicked.connect(lambda _item: self._go())
        self.currentRowChanged.connect(lambda _row: self._tell())
        self._disconnects = [
            session.view_keyframes.changed.connect(self._fill),
            session.timeline.frame_changed.connect(self._follow),
        ]
        theme.changed.connect(self._tint)
        self._tint()

    @property
    def frame_idx(self) -> int | None:
        """Frame of the view that is selected, if one is."""
        frames, row = self._session.view_keyframes.frames, self.currentRow()
        return frames[row] if 0 <= row < len(frames) else None

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Enter goes to the view's frame, Delete takes it off the path."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        elif event.key() == Qt.Key.Key_Delete and self.frame_idx is not None:
            self._session.view_keyframes.remove(self.frame_idx)
        else:
            super().keyPressEvent(event)

    def _tint(self) -> None:
        # Drawing an icon takes longer than everything else here.
        self._badges = {
            is_moving: self._theme.icon(name, "accent").pixmap(QSize(_BADGE_PX, _BADGE_PX), self.devicePixelRatioF())
            for is_moving, name in _ICONS.items()
        }
        self._fill()

    def show_pictures(self, picture: Picture) -> None:
        """Show these beside the views."""
        self._picture = picture
        for row, keyframe in enumerate(self._session.view_keyframes.items):
            item = self.item(row)
            if item is not None:
                item.setIcon(self._icon(keyframe))

    def _icon(self, keyframe: ViewKeyframe) -> QIcon:
        """The view's picture, or an empty field, with a sign in its corner that says whether the view moves."""
        ratio = self.devicePixelRatioF()
        canvas = QPixmap(ICON_SIZE * ratio)
        canvas.setDevicePixelRatio(ratio)
        canvas.fill(self._theme.color("raised"))
        painter = QPainter(canvas)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture = self._picture(keyframe)
        badge = self._badges[isinstance(keyframe.view, WorldPreset)]
        if picture is None:
            painter.drawPixmap((ICON_SIZE.width() - _BADGE_PX) // 2, (ICON_SIZE.height() - _BADGE_PX) // 2, badge)
        else:
            painter.drawImage(QRect(QPoint(0, 0), ICON_SIZE), picture)
            painter.drawPixmap(1, ICON_SIZE.height() - _BADGE_PX - 1, badge)
        painter.end()
        icon = QIcon(canvas)
        icon.addPixmap(canvas, QIcon.Mode.Selected)  # which Qt would wash with the accent
        return icon

    def _go(self) -> None:
        if self.frame_idx is not None:
            self._session.timeline.pause()
            self._session.timeline.seek(self.frame_idx)

    def _fill(self) -> None:
        row, timeline = self.currentRow(), self._session.timeline
        keyframes = self._session.view_keyframes.items
        self._is_filling = True
        self.clear()
        for keyframe in keyframes:
            text = tr("{frame_idx}   {view}\n{ease}").format(
                frame_idx=keyframe.frame_idx, view=view_name(keyframe), ease=tr(EASE_NAMES[keyframe.ease])
            )
            item = QListWidgetItem(self._icon(keyframe), text)
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setToolTip(
                tr("Frame {frame_idx}, {time}: click to go there").format(
                    frame_idx=keyframe.frame_idx, time=clock_text(timeline.time_of(keyframe.frame_idx))
                )
            )
            self.addItem(item)
        self.setCurrentRow(min(max(row, 0), len(keyframes) - 1))
        self._select(timeline.current)
        self._select_changed()
        self._is_filling = False
        self.setFixedHeight(min(len(keyframes), MAX_ROWS_SHOWN) * _ROW_PX + 4)
        self.setVisible(bool(keyframes))
        self.selected.emit()

    def _follow(self, frame_idx: int, _cause: FrameCause) -> None:
        self._select(frame_idx)

    def _select(self, frame_idx: int) -> None:
        """The view at the timeline's frame is the one to be edited; between two it stays."""
        frames = self._session.view_keyframes.frames
        if frame_idx in frames:
            self.setCurrentRow(frames.index(frame_idx))

    def _select_changed(self) -> None:
        """A view that was moved or set is the one to be edited, wherever the timeline is."""
        frames = self._session.view_keyframes.frames
        added = set(frames) - self._shown
        if self._shown and len(added) == 1:
            self.setCurrentRow(frames.index(added.pop()))
        self._shown = frozenset(frames)

    def _tell(self) -> None:
        if not self._is_filling:
            self.selected.emit()
