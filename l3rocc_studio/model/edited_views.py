"""Views that a person keeps and may take back, while the scene that they show may get another scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.edits import Edit, Edits
from l3rocc_studio.model.signal import Signal

T = TypeVar("T")


class EditedViews(Generic[T]):
    """A list of views.

    A scale is no edit of the list; so what an edit brings back goes on showing what it showed, whatever scale the scene
    has got since.

    Attributes
    ----------
    changed
        No arguments: another list, or something else in it.

    Parameters
    ----------
    edits
        Where changes are remembered.
    rescaled
        The view of the same things after the world moved and grew.
    """

    def __init__(self, edits: Edits, rescaled: Callable[[T, Sim3], T]) -> None:
        self.changed: Signal[[]] = Signal()
        self._edits, self._rescaled = edits, rescaled
        self._items: tuple[T, ...] = ()
        self._present_from_first = Sim3()

    @property
    def items(self) -> tuple[T, ...]:
        """All of them."""
        return self._items

    def load(self, items: Sequence[T]) -> None:
        """Take over a list as it was stored; this is no edit."""
        if tuple(items) != self._items:
            self._items = tuple(items)
            self.changed.emit()

    def rescale(self, new_from_old: Sim3) -> None:
        """The scene got another scale: every view goes on showing what it showed."""
        self._present_from_first = new_from_old.after(self._present_from_first)
        self.load([self._rescaled(item, new_from_old) for item in self._items])

    def _change(self, label: str, items: Sequence[T]) -> None:
        """Have another list, as an edit."""
        before, after, then_from_first = self._items, tuple(items), self._present_from_first

        def bring(wanted: tuple[T, ...]) -> None:
            if then_from_first is self._present_from_first:
                self.load(wanted)
            else:
                present_from_then = self._present_from_first.after(then_from_first.inverse())
                self.load([self._rescaled(item, present_from_then) for item in wanted])

        self._edits.do(Edit(label=label, redo=lambda: bring(after), undo=lambda: bring(before)))
