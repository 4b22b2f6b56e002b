"""Choosing what is behind everything in a panel."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from l3rocc_studio.model.looks import Backdrop, BackdropKind
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.looks.color_button import ColorButton
from l3rocc_studio.ui.looks.fields import choice, show_choice
from l3rocc_studio.ui.looks.labels import BACKDROPS


class BackdropField(QWidget):
    """A box of kinds, and a swatch beside it for a colour of one's own.

    Signals
    -------
    edited (Backdrop)
        Another backdrop.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._backdrop = Backdrop()
        self.kind = choice(tr("Background"), BACKDROPS, self, self._choose)
        self.color = ColorButton(tr("Background colour"), self)
        self.color.chosen.connect(lambda text: self.edited.emit(Backdrop(kind=BackdropKind.CUSTOM, color=text)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.kind, 1)
        row.addWidget(self.color)
        self.show_backdrop(self._backdrop)

    def show_backdrop(self, backdrop: Backdrop) -> None:
        """Show what is in use."""
        self._backdrop = backdrop
        show_choice(self.kind, backdrop.kind)
        self.color.show_color(backdrop.color)
        self.color.setVisible(backdrop.kind is BackdropKind.CUSTOM)

    def _choose(self, kind: Enum) -> None:
        if isinstance(kind, BackdropKind):
            self.edited.emit(replace(self._backdrop, kind=kind))
