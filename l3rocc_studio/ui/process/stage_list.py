"""Every stage of a job in a line: done with its seconds, running with a bar, waiting, or kept from before."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from l3rocc_studio.model.stage_track import StageRow, StageState, StageTrack
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.summary import about_text, duration_text
from l3rocc_studio.ui.theme import Theme

ROW_PX, BAR_PX = 22, 3
_MARK_PX = 14


class StageList(QWidget):
    """Draws a :class:`StageTrack`; as high as it has lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._track = StageTrack()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Stages"))
        theme.changed.connect(self.update)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said, a line a stage."""
        return tuple(f"{stage_text(row.name)}: {said(row)}" for row in self._track.rows)

    def show_track(self, track: StageTrack) -> None:
        """Show where each stage stands."""
        is_other = len(track.rows) != len(self._track.rows)
        self._track = track
        if is_other:
            self.updateGeometry()
        self.setAccessibleDescription("; ".join(self.lines))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """A line a stage."""
        return QSize(200, ROW_PX * len(self._track.rows) + BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw all lines."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        for index, row in enumerate(self._track.rows):
            self._paint_row(painter, QRectF(0, index * ROW_PX, self.width(), ROW_PX), row)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRectF, row: StageRow) -> None:
        mark = QRectF(rect.left(), rect.center().y() - _MARK_PX / 2, _MARK_PX, _MARK_PX)
        self._paint_mark(painter, mark, row)
        said_of = said(row)
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(said_of) + 2
        color = {"waiting": "text_off", "kept": "text_dim", "done": "text_dim", "running": "text"}[row.state.value]
        painter.setPen(self._theme.color(color))
        name_width = rect.width() - _MARK_PX - 8 - width - 8
        name = metrics.elidedText(stage_text(row.name), Qt.TextElideMode.ElideRight, int(name_width))
        left = rect.left() + _MARK_PX + 8
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, rect.top(), name_width, rect.height()), middle, name)
        box = QRectF(rect.right() - width, rect.top(), width, rect.height())
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, said_of)
        if row.state is StageState.RUNNING:
            bar = QRectF(left, rect.bottom() - BAR_PX, rect.width() - left, BAR_PX)
            self._paint_bar(painter, bar, row.fraction)

    def _paint_mark(self, painter: QPainter, rect: QRectF, row: StageRow) -> None:
        if row.state is StageState.DONE:
            self._theme.icon("check", "accent").paint(painter, rect.toRect())
        elif row.state is StageState.KEPT:
            self._theme.icon("check", "text_dim").paint(painter, rect.toRect())
        else:
            token = "accent" if row.state is StageState.RUNNING else "text_off"
            painter.setPen(QPen(self._theme.color(token), 1.6))
            painter.setBrush(self._theme.color(token) if token == "accent" else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(rect.center(), 3.2, 3.2)

    def _paint_bar(self, painter: QPainter, rect: QRectF, fraction: float | None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(rect, 1.5, 1.5)
        painter.setBrush(self._theme.color("accent"))
        painter.drawRoundedRect(
            QRectF(rect.left(), rect.top(), rect.width() * (fraction or 0.0), rect.height()), 1.5, 1.5
        )


def said(row: StageRow) -> str:
    """What is said at the right of a line."""
    if row.state is StageState.DONE:
        return duration_text(row.seconds)
    if row.state is StageState.KEPT:
        return tr("kept")
    if row.state is StageState.RUNNING:
        left_s = row.left_s
        return "" if left_s is None else tr("{about_text} left").format(about_text=about_text(left_s))
    return "" if row.expected_s is None else about_text(row.expected_s)
