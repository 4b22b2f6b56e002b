"""Labels in the looks that the style sheet knows."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget


def dim_label(text: str, parent: QWidget) -> QLabel:
    """The name of something."""
    label = QLabel(text, parent)
    label.setObjectName("dim")
    return label


def hidden_label(name: str, parent: QWidget) -> QLabel:
    """Wrapped text in the look ``name``, hidden until there is something to say."""
    label = QLabel("", parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setVisible(False)
    return label
