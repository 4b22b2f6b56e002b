"""A slider for a number, with its name and its value in words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.calm_controls import CalmSlider
from l3rocc_studio.ui.labels import dim_label

STEPS = 200
NO_LIMIT = N_("all")


class SliderRow(QWidget):
    """A name at the left, the value at the right, a slider below.

    Parameters
    ----------
    title
        Name of the number.
    words
        Makes text of a value.
    tooltip
        What the number does.
    open_end
        ``"low"`` or ``"high"`` where that end of the slider stands for no limit at all; see :attr:`limit`.
    steps
        Positions of the slider beyond the first.

    Signals
    -------
    moved (float)
        A person chose another value.
    gripped, let_go
        A drag begins and ends.
    """

    moved = Signal(float)
    gripped = Signal()
    let_go = Signal()

    def __init__(
        self,
        title: str,
        words: Callable[[float], str],
        tooltip: str,
        parent: QWidget,
        *,
        open_end: str = "",
        steps: int = STEPS,
    ) -> None:
        super().__init__(parent)
        self._words, self._tooltip, self._steps = words, tooltip, steps
        self._open_place = {"low": 0, "high": steps}.get(open_end)
        self._low, self._high = 0.0, 1.0
        self._is_showing = False
        self.slider = CalmSlider(self)
        self.slider.setRange(0, steps)
        self.slider.setPageStep(max(1, steps // 10))
        self.slider.setAccessibleName(title)
        self._text = QLabel("", self)
        self._text.setObjectName("small")
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addWidget(dim_label(title, self), 0, 0)
        grid.addWidget(self._text, 0, 1)
        grid.addWidget(self.slider, 1, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.allow("")
        self.slider.valueChanged.connect(self._tell)
        self.slider.sliderPressed.connect(self.gripped)
        self.slider.sliderReleased.connect(self.let_go)
        self.show_value(0.0)

    @property
    def value(self) -> float:
        """The number at the slider's place."""
        return self._low + (self._high - self._low) * self.slider.value() / self._steps

    @property
    def limit(self) -> float | None:
        """The value, or None where the slider stands at its open end."""
        return None if self.slider.value() == self._open_place else self.value

    @property
    def text(self) -> str:
        """The value in words."""
        return self._text.text()

    def set_span(self, low: float, high: float) -> None:
        """Change the ends; show a value afterwards."""
        self._low, self._high = low, high

    def show_limit(self, limit: float | None) -> None:
        """Show a value, or the open end for None."""
        if limit is not None:
            self.show_value(limit)
            return
        self._is_showing = True
        self.slider.setValue(self._open_place or 0)
        self._is_showing = False
        self._text.setText(tr(NO_LIMIT))

    def show_value(self, value: float) -> None:
        """Show a value; the exact one is in the words even where the slider is coarser."""
        share = (value - self._low) / (self._high - self._low) if self._high > self._low else 0.0
        self._is_showing = True
        self.slider.setValue(round(min(max(share, 0.0), 1.0) * self._steps))
        self._is_showing = False
        self._text.setText(self._words(value))

    def allow(self, refusal: str) -> None:
        """Enable the slider, or disable it with the reason as its tooltip."""
        self.slider.setEnabled(not refusal)
        self.setToolTip(refusal or self._tooltip)

    def _tell(self) -> None:
        if not self._is_showing:
            self._text.setText(tr(NO_LIMIT) if self.limit is None else self._words(self.value))
            self.moved.emit(self.value)
