"""Paints the ruler: times, frame numbers, keyframes, marks and the range."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygonF

from l3rocc_studio.model.ticks import frame_ticks, time_ticks
from l3rocc_studio.model.time_scale import TimeScale
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.content import TrackContent

RULER_PX = 32
KEYFRAMES_PX = 6
_TIME_LABEL_PX, _FRAME_LABEL_PX = 64, 52
FLAG_PX = 9
HANDLE_PX = 7


def paint_ruler(painter: QPainter, area: QRectF, scale: TimeScale, content: TrackContent, theme: Theme) -> None:
    """Times above, frame numbers below."""
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    painter.setPen(theme.color("line_strong"))
    for tick in time_ticks(scale, content.times_s, label_px=_TIME_LABEL_PX):
        top = area.top() if tick.text else area.top() + 9
        painter.drawLine(QPointF(tick.x_px, top), QPointF(tick.x_px, area.top() + 15))
    painter.setPen(theme.color("text"))
    taken = [(label.x_px, label.right_px) for label in mark_labels(painter.fontMetrics(), area, scale, content)]
    for tick in time_ticks(scale, content.times_s, label_px=_TIME_LABEL_PX):
        right = tick.x_px + 6 + painter.fontMetrics().horizontalAdvance(tick.text)
        is_free = all(right < start or tick.x_px > end for start, end in taken)
        if tick.text and is_free:
            painter.drawText(QPointF(tick.x_px + 4, area.top() + 11), tick.text)
    for tick in frame_ticks(scale, label_px=_FRAME_LABEL_PX):
        painter.setPen(theme.color("line"))
        painter.drawLine(QPointF(tick.x_px, area.top() + 17), QPointF(tick.x_px, area.bottom()))
        painter.setPen(theme.color("text_dim"))
        painter.drawText(QPointF(tick.x_px + 4, area.bottom() - 4), tick.text)


def paint_keyframes(painter: QPainter, area: QRectF, scale: TimeScale, content: TrackContent, theme: Theme) -> None:
    """A short line at each keyframe, and a thin one under every processed frame."""
    if len(content.processed):
        left, right = scale.edge_x(content.processed.start), scale.edge_x(content.processed.stop)
        line = QRectF(left, area.bottom() - 1, right - left, 1).intersected(area)
        painter.fillRect(line, theme.color("accent"))
    view = scale.frames_in_view
    last_x = -10.0
    for frame_idx in content.keyframes:
        x = scale.x_of(frame_idx)
        # Where there are more keyframes than pixels, a line every other pixel says so.
        if frame_idx in view and x - last_x >= 2:
            painter.fillRect(QRectF(x - 0.75, area.top(), 1.5, area.height()), theme.color("accent"))
            last_x = x


def paint_marks(painter: QPainter, area: QRectF, scale: TimeScale, content: TrackContent, theme: Theme) -> None:
    """A flag at each mark, with its name where the next one leaves room."""
    color = theme.color("warn")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for label in mark_labels(painter.fontMetrics(), area, scale, content):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(flag_shape(label.x_px, area.top()))
        painter.fillRect(QRectF(label.x_px - 0.5, area.top(), 1, area.height()), color)
        painter.setPen(color)
        painter.drawText(QPointF(label.x_px + FLAG_PX + 3, area.top() + 11), label.text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLabel:
    """A mark in view: where its flag stands, its name as far as there is room, and where that ends."""

    x_px: float
    right_px: float
    text: str


def mark_labels(metrics: QFontMetrics, area: QRectF, scale: TimeScale, content: TrackContent) -> list[MarkLabel]:
    """The marks in view, names cut before the next one."""
    places = [scale.x_of(mark.frame_idx) for mark in content.marks]
    labels = []
    for x, following, mark in zip(places, [*places, area.right()][1:], content.marks, strict=True):
        if area.left() <= x <= area.right():
            room = following - x - FLAG_PX - 8
            text = metrics.elidedText(mark.name, Qt.TextElideMode.ElideRight, round(room)) if room > 24 else ""
            right = x + FLAG_PX + 6 + metrics.horizontalAdvance(text)
            labels.append(MarkLabel(x_px=x, right_px=right, text=text))
    return labels


def flag_shape(x: float, top: float) -> QPolygonF:
    """The flag of a mark whose pole stands at ``x``."""
    tip = QPointF(x + FLAG_PX, top + 5)
    return QPolygonF([QPointF(x, top), tip, QPointF(x, top + 10)])


def paint_range(painter: QPainter, area: QRectF, scale: TimeScale, content: TrackContent, theme: Theme) -> None:
    """A veil over what the range leaves out, and a handle at each of its ends."""
    if not content.num_frames:
        return
    left, right = scale.edge_x(content.selected[0]), scale.edge_x(content.selected[1] + 1)
    if content.is_cut:
        veil = QColor(theme.color("panel"))
        veil.setAlpha(185)
        painter.fillRect(QRectF(area.left(), area.top(), max(0.0, left - area.left()), area.height()), veil)
        painter.fillRect(QRectF(right, area.top(), max(0.0, area.right() - right), area.height()), veil)
    color = theme.color("accent" if content.is_cut else "line_strong")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for edge, outwards in ((left, -1), (right, 1)):
        if area.left() - 1 <= edge <= area.right() + 1:
            painter.fillRect(QRectF(edge - 0.75, area.top(), 1.5, area.height()), color)
            grip = QRectF(min(edge, edge + outwards * HANDLE_PX), area.top() + 15, HANDLE_PX, 16)
            painter.drawRoundedRect(grip, 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
