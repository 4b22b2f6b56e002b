"""What the forms of both looks have in common: they show a look and tell of edits, but hold no truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from l3rocc_studio.model.looks import CloudLook, OccupancyLook
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.calm_controls import NarrowComboBox
from l3rocc_studio.ui.looks.backdrop_field import BackdropField
from l3rocc_studio.ui.looks.fields import check, choice
from l3rocc_studio.ui.looks.slider_row import SliderRow

AnyLook = TypeVar("AnyLook", CloudLook, OccupancyLook)


class LookForm(QWidget, Generic[AnyLook]):
    """A column of cards with the fields of a look.

    Signals
    -------
    edited (CloudLook or OccupancyLook, str, str)
        The wanted look, what was changed in words, and the name under which changes of one drag merge.
    gripped, let_go
        A slider's drag begins and ends.
    """

    edited = Signal(object, str, str)
    gripped = Signal()
    let_go = Signal()

    def __init__(self, look: AnyLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._look: AnyLook = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def _choice(self, field: str, name: str, labels: Mapping[Enum, str], said: str = "") -> NarrowComboBox:
        """A box for a field; ``said`` names the edit, where not by the box."""
        return choice(name, labels, self, lambda value: self._set(field, value, said or name))

    def _checks(self, rows: Iterable[tuple[str, str, str]]) -> dict[str, QCheckBox]:
        """A box to tick for each field, text and tooltip."""
        return {field: check(text, tooltip, self, self._ticked(field, text)) for field, text, tooltip in rows}

    def _ticked(self, field: str, text: str) -> Callable[[bool], None]:
        return lambda is_on: self._set(field, is_on, tr(text))

    def _backdrop(self) -> BackdropField:
        field = BackdropField(self)
        field.edited.connect(lambda backdrop: self._set("backdrop", backdrop, tr("Background")))
        return field

    def _follow(self, rows: Iterable[SliderRow]) -> None:
        """Tell of drags."""
        for row in rows:
            row.gripped.connect(self.gripped)
            row.let_go.connect(self.let_go)

    def _set(self, field: str, value: Any, said: str, merges_with: str = "") -> None:
        self.edited.emit(replace(self._look, **{field: value}), said, merges_with)


def percent_text(value: float) -> str:
    """A share in words."""
    return f"{100 * value:.0f} %"
