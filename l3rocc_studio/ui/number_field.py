"""A field for a number with decimals that reads what people type the same way on every system."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from l3rocc_studio.ui.calm_controls import CalmDoubleSpinBox


class NumberField(CalmDoubleSpinBox):
    """Shows a decimal point, as all of the window does, and takes a comma for one.

    By the system's habits one of the two would group thousands, and so be dropped: 1.5 metres would become 15.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(QLocale.c())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """What is typed, with a point where a comma was."""
        state, text, position = super().validate(text.replace(",", "."), position)
        return state, text, position

    def valueFromText(self, text: str) -> float:  # noqa: N802  (Qt's name)
        """The number that a text stands for."""
        return super().valueFromText(text.replace(",", "."))
