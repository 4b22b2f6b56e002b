"""Small controls that the forms of the Look page are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QWidget

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.calm_controls import NarrowComboBox
from l3rocc_studio.ui.labels import dim_label

NAMES_PX = 82
"""Room for the names, so that fields in several groups stand in one line."""
UNITS = {True: "m", False: N_("units")}


def choice(
    name: str, labels: Mapping[Enum, str], parent: QWidget, on_choice: Callable[[Enum], object]
) -> NarrowComboBox:
    """A box of the members of an enum."""
    box = NarrowComboBox(name, parent)
    for member, label in labels.items():
        box.addItem(tr(label), member)
    box.activated.connect(lambda index: on_choice(box.itemData(index)))
    return box


def show_choice(box: QComboBox, member: Enum) -> None:
    """Bring a box to a member without telling anyone."""
    for index in range(box.count()):
        if box.itemData(index) is member:
            box.setCurrentIndex(index)


def allow_choice(box: QComboBox, member: Enum, refusal: str) -> None:
    """Enable an item of a box, or disable it with the reason as its tooltip."""
    for index in range(box.count()):
        if box.itemData(index) is member:
            model = box.model()
            item = model.item(index)  # type: ignore[attr-defined]
            item.setEnabled(not refusal)
            item.setToolTip(refusal)


def check(text: str, tooltip: str, parent: QWidget, on_change: Callable[[bool], object]) -> QCheckBox:
    """A box to tick."""
    box = QCheckBox(tr(text), parent)
    box.setToolTip(tr(tooltip))
    box.clicked.connect(lambda is_on: on_change(bool(is_on)))
    return box


def named_rows(parent: QWidget, rows: Iterable[tuple[str, QWidget]]) -> QWidget:
    """Names at the left, fields at the right."""
    box = QWidget(parent)
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, NAMES_PX)
    grid.setColumnStretch(1, 1)
    for row, (name, field) in enumerate(rows):
        grid.addWidget(dim_label(name, box), row, 0)
        grid.addWidget(field, row, 1)
    return box


def in_columns(parent: QWidget, boxes: Iterable[QWidget], columns: int = 2) -> QWidget:
    """Boxes side by side."""
    holder = QWidget(parent)
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(6)
    for number, box in enumerate(boxes):
        grid.addWidget(box, number // columns, number % columns)
    for column in range(columns):
        grid.setColumnStretch(column, 1)
    return holder


def in_row(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Widgets side by side, the first one taking the room."""
    holder = QWidget(parent)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 if number == 0 else 0)
    return holder
