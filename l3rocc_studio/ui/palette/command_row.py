"""One line of the palette: icon, name, menu or the reason against it, keys."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

_ICON_PX, _HEIGHT_PX = 16, 34


class CommandRow(QWidget):
    """Shows an action as it is now."""

    def __init__(self, name: str, menu: str, keys: str, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumHeight(_HEIGHT_PX)
        is_usable = action.isEnabled()
        icon = QLabel(self)
        icon.setFixedSize(QSize(_ICON_PX, _ICON_PX))
        icon.setPixmap(action.icon().pixmap(_ICON_PX, _ICON_PX))
        title = QLabel(("✓  " if action.isChecked() else "") + name, self)
        title.setEnabled(is_usable)
        where = QLabel(menu if is_usable else action.toolTip(), self)
        where.setObjectName("small")
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        shortcut = QLabel(keys, self)
        shortcut.setObjectName("mono")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(10)
        row.addWidget(icon)
        row.addWidget(title)
        row.addWidget(where, 1)
        row.addWidget(shortcut)
