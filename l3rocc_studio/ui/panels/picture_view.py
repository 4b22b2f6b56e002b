"""Shows one picture, fitted or enlarged, with what is laid over it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from l3rocc_studio.model.picture_zoom import PictureZoom
from l3rocc_studio.model.words import tr

WHEEL_ZOOM = 1.25
PIXELS_SHOW_AT = 3.0
"""From this enlargement on the picture's pixels are squares with sharp borders."""
PATH_COLOR = QColor("#4fc3f7")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayImage:
    """An overlay as Qt draws it.

    Attributes
    ----------
    fill
        Drawn over the whole picture with the view's opacity; None for nothing.
    path
        Drawn in the picture's pixels.
    """

    fill: QImage | None
    path: QPainterPath


class ImageView(QWidget):
    """Shows one picture undistorted.

    The wheel zooms about the pointer, dragging shifts, a double click fits.

    Signals
    -------
    painted
        The picture was drawn.
    pointed (int, int)
        The pointer is over a pixel of the picture; -1 when it is not.
    zoom_changed
        The picture is drawn in another size or place.
    """

    painted = Signal()
    pointed = Signal(int, int)
    zoom_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._overlay: OverlayImage | None = None
        self._opacity = 0.6
        self._zoom = PictureZoom()
        self._drag: QPointF | None = None
        self._backdrop = QColor("#14171d")
        self.setAccessibleName(tr("Video frame"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._image

    @property
    def overlay(self) -> OverlayImage | None:
        """What is laid over it."""
        return self._overlay

    @property
    def zoom(self) -> PictureZoom:
        """Where the picture lies."""
        return self._zoom

    def set_backdrop(self, color: QColor) -> None:
        """Colour around the picture."""
        self._backdrop = color
        self.update()

    def set_image(self, image: QImage | None, overlay: OverlayImage | None = None) -> None:
        """Show a picture with what belongs over it, or nothing."""
        self._image, self._overlay = image, overlay
        self._fit_zoom()
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much the fill covers, from 0 to 1."""
        self._opacity = opacity
        self.update()

    def target_rect(self) -> QRectF:
        """Where the picture lands in the widget."""
        return QRectF() if self._image is None or self._image.isNull() else QRectF(*self._zoom.rect)

    def zoom_by(self, factor: float) -> None:
        """Larger or smaller, about the middle."""
        self._set_zoom(self._zoom.zoomed(factor, self.width() / 2, self.height() / 2))

    def fit(self) -> None:
        """The whole picture in view."""
        self._set_zoom(self._zoom.fitted())

    def show_actual_size(self) -> None:
        """A pixel of the picture a pixel of the screen."""
        self._set_zoom(self._zoom.at_scale(1.0 / self.devicePixelRatioF()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the backdrop, the picture, and what is laid over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._backdrop)
        if self._image is not None:
            is_smooth = self._zoom.shown_scale * self.devicePixelRatioF() < PIXELS_SHOW_AT
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
            painter.drawImage(self.target_rect(), self._image)
            if self._overlay is not None:
                self._paint_overlay(painter, self._overlay)
        painter.end()
        self.painted.emit()

    def _paint_overlay(self, painter: QPainter, overlay: OverlayImage) -> None:
        target = self.target_rect()
        if overlay.fill is not None:
            painter.setOpacity(self._opacity)
            painter.drawImage(target, overlay.fill)
            painter.setOpacity(1.0)
        if not overlay.path.isEmpty():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(target)
            painter.translate(target.topLeft())
            painter.scale(self._zoom.shown_scale, self._zoom.shown_scale)
            for color, width in ((QColor(0, 0, 0, 130), 5.0), (PATH_COLOR, 2.5)):
                pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
                pen.setCosmetic(True)
                painter.strokePath(overlay.path, pen)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The picture follows the view's size."""
        super().resizeEvent(event)
        self._fit_zoom()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom about the pointer."""
        turns = event.angleDelta().y() / 120
        if self._image is not None and turns:
            place = event.position()
            self._set_zoom(self._zoom.zoomed(WHEEL_ZOOM**turns, place.x(), place.y()))
            self._point(place)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and not self._zoom.is_fitted:
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Shift the picture, and tell of the pixel under the pointer."""
        if self._drag is not None:
            moved = event.position() - self._drag
            self._drag = event.position()
            self._set_zoom(self._zoom.panned(moved.x(), moved.y()))
        self._point(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        self._drag = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """The whole picture in view."""
        self.fit()

    def leaveEvent(self, _event: object) -> None:  # noqa: N802
        """No pixel is pointed at."""
        self.pointed.emit(-1, -1)

    def _fit_zoom(self) -> None:
        size = (0.0, 0.0) if self._image is None else (float(self._image.width()), float(self._image.height()))
        self._set_zoom(self._zoom.of(size, (float(self.width()), float(self.height()))))

    def _set_zoom(self, zoom: PictureZoom) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self._show_cursor()
            self.update()
            self.zoom_changed.emit()

    def _show_cursor(self) -> None:
        self.setCursor(Qt.CursorShape.ArrowCursor if self._zoom.is_fitted else Qt.CursorShape.OpenHandCursor)

    def _point(self, place: QPointF) -> None:
        if self._image is None:
            return
        x, y = self._zoom.to_picture(place.x(), place.y())
        is_inside = 0 <= x < self._image.width() and 0 <= y < self._image.height()
        self.pointed.emit(*((int(x), int(y)) if is_inside else (-1, -1)))
