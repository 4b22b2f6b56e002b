"""A button that shows a colour and lets another one be chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QToolButton, QWidget

SWATCH_PX = 18


class ColorButton(QToolButton):
    """A swatch.

    Signals
    -------
    chosen (str)
        A colour as ``"#1b1f27"``.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self._color = QColor("#000000")
        self._dialog: QColorDialog | None = None
        self.clicked.connect(self._ask)

    def show_color(self, text: str) -> None:
        """Show a colour, as ``"#1b1f27"``."""
        self._color = QColor(text)
        swatch = QPixmap(SWATCH_PX, SWATCH_PX)
        swatch.fill(self._color)
        self.setIcon(QIcon(swatch))

    def _ask(self) -> None:
        if self._dialog is None:
            self._dialog = QColorDialog(self._color, self)
            self._dialog.setWindowTitle(self.accessibleName())
            self._dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
            self._dialog.colorSelected.connect(lambda color: self.chosen.emit(color.name()))
        self._dialog.setCurrentColor(self._color)
        self._dialog.open()
