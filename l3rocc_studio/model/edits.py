"""What can be taken back and done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from l3rocc_studio.model.signal import Signal

MAX_EDITS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change that was made, and how to make it again and unmake it.

    Attributes
    ----------
    label
        What was changed, for people: ``"Scale set to 2.4 m"``.
    redo, undo
        Make the change, and make it not have happened.
    merges_with
        Edits in a row with the same non-empty key become one, as while a slider is dragged.
    """

    label: str
    redo: Callable[[], object]
    undo: Callable[[], object]
    merges_with: str = ""


class Edits:
    """The edits of one session, newest last.

    Attributes
    ----------
    changed
        No arguments: there is something else to take back or to do again.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    @property
    def undo_label(self) -> str:
        """What would be taken back; empty if nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty if nothing."""
        return self._undone[-1].label if self._undone else ""

    def do(self, edit: Edit) -> None:
        """Make a change and remember it."""
        edit.redo()
        self.note(edit)

    def note(self, edit: Edit) -> None:
        """Remember a change that was made already."""
        last = self._done[-1] if self._done else None
        if last and not self._undone and edit.merges_with and edit.merges_with == last.merges_with:
            edit = Edit(label=edit.label, redo=edit.redo, undo=last.undo, merges_with=edit.merges_with)
            self._done.pop()
        self._done.append(edit)
        del self._done[:-MAX_EDITS]
        self._undone.clear()
        self.changed.emit()

    def undo(self) -> None:
        """Take the newest change back, if there is one."""
        if self._done:
            edit = self._done.pop()
            edit.undo()
            self._undone.append(edit)
            self.changed.emit()

    def redo(self) -> None:
        """Do the change again that was taken back last, if there is one."""
        if self._undone:
            edit = self._undone.pop()
            edit.redo()
            self._done.append(edit)
            self.changed.emit()

    def clear(self) -> None:
        """Forget everything, as when something else is opened."""
        if self._done or self._undone:
            self._done.clear()
            self._undone.clear()
            self.changed.emit()
