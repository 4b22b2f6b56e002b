"""Paints a legend into the corner of a 3D panel."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from l3rocc_studio.ui.looks.legend import Legend, LegendRow, Rgb
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.view_overlay import ViewOverlay

PADDING, GAP, MARGIN = 10.0, 5.0, 10
BAR_HEIGHT, SWATCH, FONT_PX = 10.0, 10.0, 11
MIN_WIDTH = 150.0
CARD_OPACITY, FADED = 0.82, 0.4


LAYERS_OVER_SCALE = 3
"""So many colours side by side say nothing without their names, the scale of one of them can be done without."""


class Brevity(Enum):
    """How much is said: everything, only of what is shown, that without the scale, only the scale."""

    ALL = "all"
    SHOWN = "shown"
    ROWS = "rows"
    SCALE = "scale"


class LegendOverlay(ViewOverlay):
    """A small card at the lower left of its parent; the mouse goes through it.

    Parameters
    ----------
    theme
        Gives the colours.
    parent
        The view that it stands in.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._legend = Legend()
        self._brevity = Brevity.ALL
        self._font = QFont(self.font())
        self._font.setPixelSize(FONT_PX)
        theme.changed.connect(self.update)

    @property
    def legend(self) -> Legend:
        """What is shown."""
        return self._legend

    def show_legend(self, legend: Legend) -> None:
        """Show another legend; an empty one hides the card."""
        if legend == self._legend:
            return
        before = self._painted
        self._legend = legend
        self.setAccessibleName(legend.text)
        self.setVisible(not legend.is_empty)
        self._place()
        if self._painted != before:
            self.update()

    @property
    def _painted(self) -> tuple[object, ...]:
        """What can be seen; a repaint takes the scene below with it."""
        legend = self._legend
        return (legend.title, legend.stops, legend.low, legend.high, legend.note, self._rows, self._brevity)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As much as the texts need."""
        metrics, legend = QFontMetricsF(self._font), self._legend
        line = self._line
        widths = [MIN_WIDTH, metrics.horizontalAdvance(legend.title), metrics.horizontalAdvance(legend.note)]
        widths += [
            SWATCH + 3 * GAP + metrics.horizontalAdvance(row.name) + metrics.horizontalAdvance(row.count) + 12.0
            for row in self._rows
        ]
        height = 2 * PADDING
        if self._has_scale:
            height += 2 * line + BAR_HEIGHT + 2 + (2 * GAP if legend.note or self._rows else GAP)
        if legend.note:
            height += line + GAP
        height += len(self._rows) * (line + 2)
        return QSize(round(max(widths) + 2 * PADDING), round(height))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the card, the scale and the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        card = QColor(self._theme.color("panel"))
        card.setAlphaF(CARD_OPACITY)
        painter.setPen(self._theme.color("line"))
        painter.setBrush(card)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)
        top = PADDING
        if self._has_scale:
            top = self._paint_scale(painter, top)
        if self._legend.note:
            top = self._paint_line(painter, top, self._legend.note, "text_dim") + GAP
        for row in self._rows:
            top = self._paint_row(painter, top, row)
        painter.end()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        # In a panel too small for it a legend would hide what it explains.
        for brevity in Brevity:
            self._brevity = brevity
            if brevity is Brevity.ROWS and len(self._rows) < LAYERS_OVER_SCALE:
                continue
            size = self.sizeHint()
            # Without its rows no layer can be told from another, so they get more of the room.
            widths, heights = (1.8, 2.0) if brevity is Brevity.ROWS else (2.0, 2.5)
            has_room = parent.width() > widths * size.width() and parent.height() > heights * size.height()
            if has_room:
                break
        self.resize(size)
        self.move(MARGIN, parent.height() - size.height() - MARGIN)
        self.setVisible(has_room and not self._legend.is_empty)

    @property
    def _rows(self) -> tuple[LegendRow, ...]:
        """All rows, or in a small panel those of what is shown, or none."""
        if self._brevity is Brevity.SCALE:
            return ()
        return tuple(row for row in self._legend.rows if row.is_shown or self._brevity is Brevity.ALL)

    @property
    def _has_scale(self) -> bool:
        return bool(self._legend.stops) and self._brevity is not Brevity.ROWS

    @property
    def _line(self) -> float:
        """Height of a line; letters of other scripts come from higher fonts."""
        metrics, legend = QFontMetricsF(self._font), self._legend
        texts = (legend.title, legend.note, legend.low, *(row.name for row in legend.rows))
        return max(metrics.height(), *(metrics.boundingRect(text).height() for text in texts))

    def _paint_scale(self, painter: QPainter, top: float) -> float:
        width, line = self.width() - 2 * PADDING, self._line
        top = self._paint_line(painter, top, self._legend.title, "text") + GAP
        gradient = QLinearGradient(QPointF(PADDING, 0), QPointF(PADDING + width, 0))
        stops = self._legend.stops
        for number, color in enumerate(stops):
            gradient.setColorAt(number / (len(stops) - 1), _qcolor(color))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(PADDING, top, width, BAR_HEIGHT), 2.0, 2.0)
        top += BAR_HEIGHT + 2
        place = QRectF(PADDING, top, width, line)
        painter.setPen(self._theme.color("text_dim"))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, self._legend.low)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, self._legend.high)
        return top + line + GAP

    def _paint_line(self, painter: QPainter, top: float, text: str, token: str) -> float:
        line = self._line
        painter.setPen(self._theme.color(token))
        painter.drawText(QRectF(PADDING, top, self.width() - 2 * PADDING, line), Qt.AlignmentFlag.AlignLeft, text)
        return top + line

    def _paint_row(self, painter: QPainter, top: float, row: LegendRow) -> float:
        line, left = self._line, PADDING + SWATCH + GAP
        color = QColor(self._theme.color("text") if row.color is None else _qcolor(row.color))
        color.setAlphaF(FADED if row.is_faded else 1.0)
        painter.setPen(color)
        painter.setBrush(color if row.is_shown else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(PADDING + 0.5, top + (line - SWATCH) / 2, SWATCH - 1, SWATCH - 1), 2.0, 2.0)
        painter.setPen(self._theme.color("text" if row.is_shown else "text_dim"))
        place = QRectF(left, top, self.width() - left - PADDING, line)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, row.name)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, row.count)
        return top + line + 2


def _qcolor(color: Rgb) -> QColor:
    return QColor.fromRgbF(*color)
