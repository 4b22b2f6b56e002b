"""Controls that take the wheel only after they were chosen, so that scrolling a page changes nothing on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSlider, QSpinBox, QWidget

if TYPE_CHECKING:
    _Control = QWidget
else:  # Qt's classes cannot be inherited twice
    _Control = object


class _Calm(_Control):
    """Stands before the control's own class."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave it to the page unless the control has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmSlider(_Calm, QSlider):
    """A level slider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)


class CalmSpinBox(_Calm, QSpinBox):
    """A field for a whole number."""


class CalmDoubleSpinBox(_Calm, QDoubleSpinBox):
    """A field for a number with decimals."""


class CalmComboBox(_Calm, QComboBox):
    """A list of choices."""


class NarrowComboBox(CalmComboBox):
    """A box that is as narrow as its card."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
