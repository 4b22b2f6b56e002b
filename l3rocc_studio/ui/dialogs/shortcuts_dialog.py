"""Every key in one table, made from the action records."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from l3rocc_studio.ui.actions.spec import ActionSpec


class ShortcutsDialog(QDialog):
    """Lists the actions that have keys."""

    def __init__(self, specs: Sequence[ActionSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        card = QFrame(self)
        card.setObjectName("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(9)
        with_keys = [spec for spec in specs if spec.shortcut]
        half = (len(with_keys) + 1) // 2
        for index, spec in enumerate(with_keys):
            row, column = index % half, 2 * (index // half)
            keys = QLabel("  or  ".join(QKeySequence(keys).toString() for keys in spec.shortcut), card)
            keys.setObjectName("mono")
            grid.addWidget(QLabel(spec.label.replace("&", "").rstrip("…"), card), row, column)
            grid.addWidget(keys, row, column + 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(card)
