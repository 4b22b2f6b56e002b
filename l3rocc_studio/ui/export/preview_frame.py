"""Chooses the frame that the preview shows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.labels import dim_label


class PreviewFrame(QWidget):
    """A slider over the frames of the run.

    Signals
    -------
    changed
        Another frame is wanted.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(tr("Frame of the preview"))
        self.slider.setToolTip(tr("Look at another frame of the film"))
        self._number = QLabel("0", self)
        self._number.setObjectName("mono")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(dim_label(tr("Frame"), self))
        row.addWidget(self.slider, 1)
        row.addWidget(self._number)
        self.slider.valueChanged.connect(self._show)

    @property
    def frame_idx(self) -> int:
        """The frame, counted in the run's."""
        return self.slider.value()

    def set_frames(self, num_frames: int, frame_idx: int) -> None:
        """Offer so many frames and begin with one."""
        self.slider.setRange(0, num_frames - 1)
        self.slider.setPageStep(max(1, num_frames // 10))
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("0" * len(str(num_frames))) + 4)
        self.slider.setValue(frame_idx)

    def _show(self, frame_idx: int) -> None:
        self._number.setText(str(frame_idx))
        self.changed.emit()
