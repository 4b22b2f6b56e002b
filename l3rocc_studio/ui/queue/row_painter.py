"""Draws an entry of the queue: thumbnail, name, state, progress, review."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from l3rocc_studio.model.queue_item import ItemState, QueueItem, Review
from l3rocc_studio.model.stage_track import StageTrack
from l3rocc_studio.ui.queue.queue_list import ITEM_ROLE
from l3rocc_studio.ui.queue.wording import running_text, state_text
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.thumbnails import ThumbnailLoader

HEIGHT_PX = 60
_THUMBNAIL = QSize(64, 40)
_MARGIN_PX, _GAP_PX, _ICON_PX = 8, 10, 18
_REVIEW_ICONS = {Review.ACCEPTED: ("accept", "accent"), Review.REJECTED: ("reject", "bad")}
_STATE_COLORS = {ItemState.FAILED: "bad", ItemState.INTERRUPTED: "warn", ItemState.STOPPED: "warn"}


class RowPainter(QStyledItemDelegate):
    """The look of a row.

    Parameters
    ----------
    theme, thumbnails
        Colours and pictures.
    progress
        How far the running entry is, and whether it was asked to stop.
    is_open
        Whether an entry's result is the one in the window.
    """

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        progress: Callable[[], tuple[StageTrack, bool]],
        is_open: Callable[[QueueItem], bool],
    ) -> None:
        super().__init__()
        self._theme = theme
        self._thumbnails = thumbnails
        self._progress = progress
        self._is_open = is_open

    def sizeHint(  # noqa: N802  (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are equally high."""
        del option, index
        return QSize(200, HEIGHT_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        item = index.data(ITEM_ROLE)
        if not isinstance(item, QueueItem):
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_back(painter, rect, state, is_open=self._is_open(item))
        content = rect.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        picture = QRect(content.left(), content.top() + (HEIGHT_PX - _THUMBNAIL.height()) // 2, 0, 0)
        picture.setSize(_THUMBNAIL)
        self._paint_picture(painter, picture, item)
        right = content.right() - self._paint_review(painter, content, item)
        text = QRect(picture.right() + _GAP_PX, content.top(), right - picture.right() - _GAP_PX, HEIGHT_PX)
        self._paint_text(painter, text, item)
        painter.restore()

    def _paint_back(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, *, is_open: bool) -> None:
        inner = QRectF(rect).adjusted(1, 1, -1, -1)
        token = ""
        if state & QStyle.StateFlag.State_Selected:
            token = "accent_soft"
        elif state & QStyle.StateFlag.State_MouseOver:
            token = "hover"
        if token:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(token))
            painter.drawRoundedRect(inner, 6, 6)
        if is_open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawRoundedRect(QRectF(inner.left(), inner.top() + 10, 3, inner.height() - 20), 1.5, 1.5)

    def _paint_picture(self, painter: QPainter, rect: QRect, item: QueueItem) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(rect), 4, 4)
        painter.fillPath(shape, self._theme.color("raised"))
        pixmap = self._thumbnails.pixmap(item.path, item.episode)
        if pixmap is None:
            self._theme.icon("video", "text_off").paint(painter, rect.adjusted(20, 8, -20, -8))
            return
        painter.save()
        painter.setClipPath(shape)
        painter.drawPixmap(rect, pixmap, _cover(pixmap, rect.size()))
        painter.restore()

    def _paint_review(self, painter: QPainter, content: QRect, item: QueueItem) -> int:
        """The review's mark at the right; returns the width that it takes."""
        known = _REVIEW_ICONS.get(item.review)
        if known is None:
            return 0
        place = QRect(content.right() - _ICON_PX, content.center().y() - _ICON_PX // 2, _ICON_PX, _ICON_PX)
        self._theme.icon(*known).paint(painter, place)
        return _ICON_PX + _MARGIN_PX

    def _paint_text(self, painter: QPainter, rect: QRect, item: QueueItem) -> None:
        is_running = item.state is ItemState.RUNNING
        track, is_stopping = self._progress() if is_running else (StageTrack(), False)
        words = running_text(track, is_stopping=is_stopping) if is_running else state_text(item)
        name = QRect(rect.left(), rect.top() + 11, rect.width(), 18)
        said = QRect(rect.left(), name.bottom() + 2, rect.width(), 17)
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        _write(painter, name, item.name, self._theme.color("text"), Qt.TextElideMode.ElideMiddle)
        font.setWeight(QFont.Weight.Normal)
        font.setPixelSize(12)
        painter.setFont(font)
        color = self._theme.color(_STATE_COLORS.get(item.state, "text_dim"))
        _write(painter, said, words, color, Qt.TextElideMode.ElideRight)
        if is_running:
            self._paint_bar(painter, QRectF(rect.left(), rect.bottom() - 8, rect.width(), 4), track)

    def _paint_bar(self, painter: QPainter, rect: QRectF, track: StageTrack) -> None:
        running = track.running
        fraction = track.fraction if track.fraction is not None else running.fraction if running else None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(rect, 2, 2)
        painter.setBrush(self._theme.color("accent"))
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), rect.width() * (fraction or 0.0), rect.height()), 2, 2)


def _write(painter: QPainter, rect: QRect, text: str, color: QColor, mode: Qt.TextElideMode) -> None:
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, mode, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _cover(pixmap: QPixmap, size: QSize) -> QRect:
    """The largest part of a picture that has the shape of ``size``, from its middle."""
    part = size.scaled(pixmap.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(
        (pixmap.width() - part.width()) // 2, (pixmap.height() - part.height()) // 2, part.width(), part.height()
    )
