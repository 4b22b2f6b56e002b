"""A picture that is fitted into its frame, or a sentence where there is none; a bar below while one is drawn."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QWidget

from l3rocc_studio.model.words import tr

BUSY_AFTER_MS = 300
"""A picture that is there sooner needs no bar."""
_BAR_PX, _MARGIN_PX = 160, 10


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
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Drawing a preview…"))
        self.bar.hide()
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(BUSY_AFTER_MS)
        self._due.timeout.connect(self.bar.show)

    @property
    def room_px(self) -> QSize:
        """How large a picture would fill the frame, in the screen's pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio) - 4, round(self.height() * ratio) - 4)

    def show_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image = image
        self._fit()

    def show_text(self, text: str) -> None:
        """Say why there is no picture."""
        self._image = None
        self.setText(text)

    def set_busy(self, *, is_busy: bool) -> None:
        """Tell that another picture is being drawn, if that takes a while."""
        if not is_busy:
            self._due.stop()
            self.bar.hide()
        elif not self._due.isActive() and self.bar.isHidden():
            self._due.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Fit the picture again."""
        super().resizeEvent(event)
        self._fit()
        width = min(_BAR_PX, self.width() - 2 * _MARGIN_PX)
        self.bar.setGeometry((self.width() - width) // 2, self.height() - 6 - _MARGIN_PX, width, 6)

    def _fit(self) -> None:
        if self._image is None:
            return
        fitted = self._image.scaled(
            self.room_px, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(pixmap)
