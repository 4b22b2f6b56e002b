"""Steps through the frames of a file."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.theme import Theme

STEPS = (
    ("first", N_("First frame (Home)"), None),
    ("step-back", N_("Back one frame (Left)"), -1),
    ("step-forward", N_("Forward one frame (Right)"), 1),
    ("last", N_("Last frame (End)"), None),
)


class FrameBar(QFrame):
    """Buttons, a slider and the frame's number.

    Signals
    -------
    asked (int)
        The person wants another frame.
    """

    asked = Signal(int)

    def __init__(self, num_frames: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._num_frames, self._frame_idx, self._theme = num_frames, 0, theme
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, num_frames - 1)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(tr("Frame"))
        self.slider.valueChanged.connect(self.asked.emit)
        self._number = QLabel("", self)
        self._number.setObjectName("mono")
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("0") * (2 * len(str(num_frames)) + 5))
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 14, 5)
        row.setSpacing(4)
        for name, words, step in STEPS:
            button = QToolButton(self)
            button.setToolTip(tr(words))
            button.setAccessibleName(tr(words).split(" (")[0])
            button.setAutoRaise(True)
            button.clicked.connect(lambda _checked=False, name=name, step=step: self._press(name, step))
            self.buttons[name] = button
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.slider, 1)
        row.addSpacing(6)
        row.addWidget(self._number)
        self.paint_icons()
        self.show_frame(0)

    @property
    def text(self) -> str:
        """The frame's number as it is shown."""
        return self._number.text()

    def paint_icons(self) -> None:
        """Take the theme's colours."""
        for name, button in self.buttons.items():
            button.setIcon(self._theme.icon(name))

    def show_frame(self, frame_idx: int) -> None:
        """Show where we are, without asking for anything."""
        self._frame_idx = frame_idx
        self.slider.blockSignals(True)
        self.slider.setValue(frame_idx)
        self.slider.blockSignals(False)
        self._number.setText(f"{frame_idx} / {self._num_frames - 1}")
        for name in ("first", "step-back"):
            self.buttons[name].setEnabled(frame_idx > 0)
        for name in ("last", "step-forward"):
            self.buttons[name].setEnabled(frame_idx < self._num_frames - 1)

    def step(self, by: int) -> None:
        """Ask for a frame further on or back, within the file."""
        self.ask(self._frame_idx + by)

    def ask(self, frame_idx: int) -> None:
        """Ask for a frame; beyond the ends the last one is taken."""
        wanted = max(0, min(frame_idx, self._num_frames - 1))
        if wanted != self._frame_idx:
            self.asked.emit(wanted)

    def _press(self, name: str, step: int | None) -> None:
        if step is not None:
            self.step(step)
        else:
            self.ask(0 if name == "first" else self._num_frames - 1)
