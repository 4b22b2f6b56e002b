"""Distances that a person measured between two places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.edits import Edit, Edits
from l3rocc_studio.model.signal import Signal
from l3rocc_studio.model.view import Vector, as_vector
from l3rocc_studio.model.words import tr

MAX_MEASUREMENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Two places of the world as the backend found it, before any scale: so a new scale moves neither.

    Attributes
    ----------
    first, second
        In model units; see ``Scale.sim3``.
    """

    first: Vector
    second: Vector

    def __post_init__(self) -> None:
        if not np.isfinite([*self.first, *self.second]).all():
            raise InputError("A measurement needs two places with finite numbers.")

    def ends(self, scale: Sim3) -> tuple[Vector, Vector]:
        """Both places in the world of a run of that scale."""
        first, second = scale.apply_points(np.array([self.first, self.second]))
        return as_vector(first), as_vector(second)

    def length(self, scale: Sim3) -> float:
        """Their distance in units of a run of that scale."""
        return float(scale.scale * np.linalg.norm(np.subtract(self.first, self.second)))


def measured(first_world: Vector, second_world: Vector, scale: Sim3) -> Measurement:
    """The measurement between two places picked in a run of a scale."""
    first, second = scale.inverse().apply_points(np.array([first_world, second_world]))
    return Measurement(first=as_vector(first), second=as_vector(second))


def length_text(length: float, unit: str) -> str:
    """A length for people: three digits after the point, or as many as it takes below one."""
    return f"{length:.3f} {unit}" if length >= 0.1 else f"{length:.3g} {unit}"


class Measurements:
    """A list whose changes can be taken back.

    Attributes
    ----------
    changed
        No arguments: another list, or another one is chosen.
    """

    def __init__(self, edits: Edits) -> None:
        self.changed: Signal[[]] = Signal()
        self._edits = edits
        self._items: tuple[Measurement, ...] = ()
        self._chosen: int | None = None

    @property
    def items(self) -> tuple[Measurement, ...]:
        """All measurements, oldest first."""
        return self._items

    @property
    def chosen(self) -> int | None:
        """The one that a scale would be set by: that which a person chose, else the newest."""
        return self._chosen

    def choose(self, index: int | None) -> None:
        """Choose another one."""
        wanted = index if index is not None and 0 <= index < len(self._items) else None
        if wanted != self._chosen:
            self._chosen = wanted
            self.changed.emit()

    def load(self, items: Sequence[Measurement]) -> None:
        """Take over a list; this is no edit. The newest is chosen."""
        if tuple(items) != self._items:
            self._items = tuple(items)
            self._chosen = len(self._items) - 1 if self._items else None
            self.changed.emit()

    def add(self, measurement: Measurement) -> None:
        """Add one.

        Raises
        ------
        InputError
            If there would be too many, or both places are the same.
        """
        if measurement.first == measurement.second:
            raise InputError("Both places are the same.", "Pick two different ones.")
        if len(self._items) >= MAX_MEASUREMENTS:
            raise InputError(f"At most {MAX_MEASUREMENTS} distances can be kept.", "Delete some first.")
        self._change(tr("Measure a distance"), (*self._items, measurement))

    def remove(self, index: int) -> None:
        """Delete one."""
        self._change(tr("Delete a distance"), (*self._items[:index], *self._items[index + 1 :]))

    def clear(self) -> None:
        """Delete all."""
        if self._items:
            self._change(tr("Delete all distances"), ())

    def _change(self, label: str, after: tuple[Measurement, ...]) -> None:
        before = self._items
        self._edits.do(Edit(label=label, redo=lambda: self.load(after), undo=lambda: self.load(before)))
