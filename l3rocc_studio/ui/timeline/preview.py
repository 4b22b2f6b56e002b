"""The small picture that follows the pointer along the time axis."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from l3rocc_studio.ui.labels import show_text

_GAP_PX = 6


class Preview(QFrame):
    """Picture, frame, time and what is known of the frame; floats above the axis inside the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("preview")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(self)
        self._title.setObjectName("mono")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._details = QLabel(self)
        self._details.setObjectName("small")
        self._details.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._details.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 5)
        column.setSpacing(2)
        for label in (self._picture, self._title, self._details):
            column.addWidget(label)
        self.frame_idx = -1
        self.hide()

    @property
    def text(self) -> str:
        """What is said below the picture."""
        return "\n".join(label.text() for label in (self._title, self._details) if label.text())

    @property
    def has_picture(self) -> bool:
        """Whether the frame's own picture is shown."""
        return not self._picture.pixmap().isNull()

    def tell(self, frame_idx: int, title: str, details: str, image: QImage | None, size_px: tuple[int, int]) -> None:
        """Show a frame; without its picture, which is still being made, an empty space of the same size."""
        self.frame_idx = frame_idx
        self._title.setText(title)
        show_text(self._details, details)
        self._picture.setFixedSize(*size_px)
        self._picture.setPixmap(QPixmap() if image is None else QPixmap.fromImage(image))
        self.setFixedWidth(max(size_px[0], self._title.sizeHint().width()) + 10)
        # Wrapped words need their height at this width, which Qt's own adjusting forgets.
        self.resize(self.width(), max(self.sizeHint().height(), self.heightForWidth(self.width())))

    def stand_above(self, anchor: QPoint) -> None:
        """Stand with its foot's middle at a place of the window, within the window."""
        room = self._window.width() - self.width() - 4
        left = min(max(anchor.x() - self.width() // 2, 4), max(4, room))
        self.move(left, max(4, anchor.y() - self.height() - _GAP_PX))
        self.show()
        self.raise_()
