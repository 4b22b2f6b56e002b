"""Fields of the film's page, which tell when they are edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.calm_controls import CalmSpinBox
from l3rocc_studio.ui.labels import dim_label
from l3rocc_studio.ui.number_field import NumberField

Edited = Callable[[], object]
_TEXT_MARGIN_PX = 6  # the style sheet's padding does not reach the text of a spin box
_FEWEST_LETTERS = 12
_LEAST_NUMBER_PX = 110


def make_choice(
    name: str, choices: Iterable[tuple[str, object]], edited: Edited, parent: QWidget, *, tooltip: str = ""
) -> QComboBox:
    """A box of choices, (title in English, value) each; as narrow as its column."""
    box = QComboBox(parent)
    box.setAccessibleName(name)
    box.setToolTip(tooltip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_FEWEST_LETTERS)
    for title, value in choices:
        box.addItem(tr(title), value)
    box.currentIndexChanged.connect(lambda _index: edited())
    return box


def make_check(text: str, edited: Edited, parent: QWidget, *, is_on: bool, tooltip: str = "") -> QCheckBox:
    """A box to tick."""
    box = QCheckBox(text, parent)
    box.setChecked(is_on)
    box.setToolTip(tooltip)
    box.toggled.connect(lambda _on: edited())
    return box


def make_line(name: str, empty: str, edited: Edited, parent: QWidget) -> QLineEdit:
    """A line of text; ``empty`` tells what no text stands for."""
    line = QLineEdit(parent)
    line.setAccessibleName(name)
    line.setPlaceholderText(empty)
    line.textChanged.connect(lambda _text: edited())
    return line


def make_count(name: str, edited: Edited, parent: QWidget, *, least: int, most: int, value: int) -> QSpinBox:
    """A whole number."""
    box = CalmSpinBox(parent)
    box.setRange(least, most)
    box.setValue(value)
    _finish(box, name)
    box.valueChanged.connect(lambda _value: edited())
    return box


def make_number(
    name: str, edited: Edited, parent: QWidget, *, least: float, most: float, value: float
) -> QDoubleSpinBox:
    """A number with decimals."""
    box = NumberField(parent)
    box.setRange(least, most)
    box.setValue(value)
    _finish(box, name)
    box.valueChanged.connect(lambda _value: edited())
    return box


def _finish(box: QSpinBox | QDoubleSpinBox, name: str) -> None:
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    box.setAccessibleName(name)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(_LEAST_NUMBER_PX)


def make_form(parent: QWidget, fields: Iterable[tuple[str, QWidget]]) -> QFormLayout:
    """Names and fields below each other."""
    form = QFormLayout()
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, field in fields:
        form.addRow(dim_label(name, parent), field)
    return form


def make_pair(parent: QWidget, wide: QWidget, other: QWidget) -> QWidget:
    """Two fields beside each other; two numbers share the room, else the first takes it."""
    box = QWidget(parent)
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(wide, 1)
    row.addWidget(other, 1 if isinstance(other, QSpinBox) else 0)
    return box


def allow(field: QWidget, tooltip: str, refusal: str) -> None:
    """Enable a field, or disable it with the reason as its tooltip."""
    field.setEnabled(not refusal)
    field.setToolTip(refusal or tooltip)
