"""A picture that is fitted into its frame, or a sentence where there is none."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from l3rocc_studio.model.words import tr


class PreviewLabel(QLabel):
    """Shows a preview."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.setAccessibleName(tr("Preview"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumHeight(200)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setWordWrap(True)
        self._image: QImage | None = None

    def show_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image = image
        self._fit()

    def show_text(self, text: str) -> None:
        """Say why there is no picture."""
        self._image = None
        self.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Fit the picture again."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._image is None:
            return
        ratio = self.devicePixelRatioF()
        room = QSize(round(self.width() * ratio) - 4, round(self.height() * ratio) - 4)
        fitted = self._image.scaled(
            room.boundedTo(self._image.size()),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)
