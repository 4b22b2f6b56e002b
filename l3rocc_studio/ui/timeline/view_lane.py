"""Paints the views along the timeline as diamonds, and finds the one under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from l3rocc_studio.model.time_scale import TimeScale
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset
from l3rocc_studio.ui.theme import Theme

LANE_PX = 15
HALF_PX = 5.5
"""From a diamond's middle to its corners."""
_GRASP_PX = 7.5
_WAY_PX, _THIN_PX = 1.6, 0.9
_DASH_PX = 3.0


def paint_views(
    painter: QPainter, area: QRectF, scale: TimeScale, keyframes: Sequence[ViewKeyframe], theme: Theme
) -> None:
    """A diamond at each view, hollow where the view moves by itself, and between them how one turns into the next.

    A smooth turn is thin at its ends, where it is slow; an even one is as wide everywhere; a view that is held until
    the next is followed by dashes.
    """
    color, middle = theme.color("accent"), area.center().y()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for here, then in pairwise(keyframes):
        left, right = scale.x_of(here.frame_idx), scale.x_of(then.frame_idx)
        if right >= area.left() and left <= area.right():
            _paint_way(painter, QPointF(left, middle), QPointF(right, middle), here.ease, color)
    painter.setPen(QPen(color, 1.4))
    for keyframe in keyframes:
        x = scale.x_of(keyframe.frame_idx)
        if area.left() - HALF_PX <= x <= area.right() + HALF_PX:
            is_moving = isinstance(keyframe.view, WorldPreset)
            painter.setBrush(theme.color("panel") if is_moving else color)
            painter.drawPolygon(diamond_shape(x, middle))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def diamond_shape(x: float, y: float) -> QPolygonF:
    """A diamond around a place."""
    return QPolygonF(
        [QPointF(x, y - HALF_PX), QPointF(x + HALF_PX, y), QPointF(x, y + HALF_PX), QPointF(x - HALF_PX, y)]
    )


def view_at(
    position: QPointF, area: QRectF, scale: TimeScale, keyframes: Sequence[ViewKeyframe]
) -> ViewKeyframe | None:
    """The view whose diamond is nearest to the pointer, if one lies under it."""
    if not area.top() - 1 <= position.y() <= area.bottom() + 1:
        return None
    nearest = min(keyframes, key=lambda item: abs(scale.x_of(item.frame_idx) - position.x()), default=None)
    if nearest is None or abs(scale.x_of(nearest.frame_idx) - position.x()) > _GRASP_PX:
        return None
    return nearest


def _paint_way(painter: QPainter, start: QPointF, end: QPointF, ease: Ease, color: QColor) -> None:
    if ease is Ease.SMOOTH:
        half, middle = QPointF(0, _WAY_PX), (start + end) / 2
        painter.setPen(QPen(color, _THIN_PX))
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([start, middle - half, end, middle + half]))
        return
    pen = QPen(color, _WAY_PX)
    if ease is Ease.HOLD:
        pen.setDashPattern([_DASH_PX / _WAY_PX, _DASH_PX / _WAY_PX])
    painter.setPen(pen)
    painter.drawLine(start, end)
