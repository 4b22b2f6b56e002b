"""Names and fields of a card, in rows."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget


def make_field_grid(parent: QWidget, *, wide_column: int) -> tuple[QWidget, QGridLayout]:
    """A box without margins, and its grid, one of whose columns takes the room that is left."""
    box = QWidget(parent)
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(9)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(wide_column, 1)
    return box, grid
