"""The video frame, fitted into the panel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from l3rocc_studio.ui.panels.panel import Panel


class ImageView(QWidget):
    """Shows one picture as large as fits, undistorted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._backdrop = QColor("#14171d")
        self.setAccessibleName("Video frame")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._image

    def set_backdrop(self, color: QColor) -> None:
        """Colour around the picture."""
        self._backdrop = color
        self.update()

    def set_image(self, image: QImage | None) -> None:
        """Show a picture, or nothing."""
        self._image = image
        self.update()

    def target_rect(self) -> QRectF:
        """Where the picture lands in the widget."""
        if self._image is None or self._image.isNull():
            return QRectF()
        fitted = QSizeF(self._image.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - fitted.width()) / 2, (self.height() - fitted.height()) / 2
        return QRectF(left, top, fitted.width(), fitted.height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the backdrop and the picture."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._backdrop)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.target_rect(), self._image)
        painter.end()


def image_from_rgb(rgb: NDArray[np.uint8]) -> QImage:
    """A QImage of its own memory from (H, W, 3) uint8 RGB, in the format that Qt draws fastest."""
    height, width, _ = rgb.shape
    rgb = np.ascontiguousarray(rgb)
    view = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)


class RgbPanel(Panel):
    """The RGB panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Video", "The video shows here.", parent)
        self.view = ImageView(self)
        self.set_content(self.view)

    def set_image(self, image: QImage) -> None:
        """Show a frame."""
        self.view.set_image(image)
        self.show_content()

    def clear(self) -> None:
        """Show nothing."""
        self.view.set_image(None)
        self.show_empty("The video shows here.")
