"""What the colours mean: swatches with names, or a gradient between two numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.render.point_colors import Legend

ROW_PX, SWATCH_PX, GRADIENT_PX = 22, 12, 14
STOPS = 9


class LegendBar(QWidget):
    """Paints a :class:`Legend`; empty where colours are the file's own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend = Legend()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def texts(self) -> tuple[str, ...]:
        """The words and numbers that are shown."""
        if self._legend.gradient is None:
            return tuple(tr(name) for _, name in self._legend.swatches)
        return f"{self._legend.low:.4g}", f"{self._legend.high:.4g}"

    def show_legend(self, legend: Legend) -> None:
        """Show another legend."""
        self._legend = legend
        self.setAccessibleName(tr("Legend: ") + ", ".join(self.texts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """One row a swatch; the gradient with its numbers below."""
        if self._legend.gradient is not None:
            return QSize(120, GRADIENT_PX + ROW_PX)
        return QSize(120, ROW_PX * len(self._legend.swatches))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().text().color())
        if self._legend.gradient is None:
            self._paint_swatches(painter)
        else:
            self._paint_gradient(painter)
        painter.end()

    def _paint_swatches(self, painter: QPainter) -> None:
        for row, (((red, green, blue), _), text) in enumerate(zip(self._legend.swatches, self.texts, strict=True)):
            top = row * ROW_PX
            painter.save()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(red, green, blue))
            painter.drawRoundedRect(QRectF(0, top + (ROW_PX - SWATCH_PX) / 2, SWATCH_PX, SWATCH_PX), 3, 3)
            painter.restore()
            words = QRectF(SWATCH_PX + 8, top, self.width(), ROW_PX)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_gradient(self, painter: QPainter) -> None:
        palette = self._legend.gradient
        if palette is None:
            return
        gradient = QLinearGradient(0, 0, self.width(), 0)
        at = np.linspace(0.0, 1.0, STOPS)
        for place, (red, green, blue) in zip(at, palette.colors(at, near=0.0, far=1.0), strict=True):
            gradient.setColorAt(float(place), QColor.fromRgbF(float(red), float(green), float(blue)))
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(0, 0, self.width(), GRADIENT_PX), 3, 3)
        painter.restore()
        words, side = QRectF(0, GRADIENT_PX, self.width(), ROW_PX), Qt.AlignmentFlag
        low, high = self.texts
        painter.drawText(words, side.AlignVCenter | side.AlignLeft, low)
        painter.drawText(words, side.AlignVCenter | side.AlignRight, high)
