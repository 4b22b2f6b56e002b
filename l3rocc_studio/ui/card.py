"""The framed card that the side bar's pages are made of."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget


def make_card(parent: QWidget, title: str, *content: QWidget) -> QFrame:
    """A card with an optional heading above its widgets."""
    card = QFrame(parent)
    card.setObjectName("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 12, 14, 14)
    column.setSpacing(8)
    if title:
        heading = QLabel(title, card)
        heading.setObjectName("section")
        column.addWidget(heading)
    for widget in content:
        column.addWidget(widget)
    return card
