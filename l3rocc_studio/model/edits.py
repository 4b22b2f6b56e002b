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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A change that takes its time."""

    label: str
    stop: Callable[[], object]


class Edits:
    """The edits of one session, newest last.

    A change that takes its time is announced with :meth:`begin`: until :meth:`end` taking it back stops it.

    Attributes
    ----------
    changed
        No arguments: there is something else to take back or to do again.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._begun: _Begun | None = None
        self._num_since = 0
        """Edits that were made since it was begun."""

    @property
    def undo_label(self) -> str:
        """What would be taken back; empty if nothing."""
        if self._newest_begun is not None:
            return self._newest_begun.label
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty if nothing, or while a change is under way."""
        return self._undone[-1].label if self._undone and self._begun is None else ""

    @property
    def would_stop(self) -> bool:
        """Whether to take something back would stop a change that is under way."""
        return self._newest_begun is not None

    @property
    def _newest_begun(self) -> _Begun | None:
        return None if self._num_since else self._begun

    def begin(self, label: str, stop: Callable[[], object]) -> None:
        """A change is under way, which ``stop`` asks to stop; it is noted as an edit when it is made."""
        self._begun, self._num_since = _Begun(label=label, stop=stop), 0
        self.changed.emit()

    def end(self) -> None:
        """It is under way no more, whatever came of it."""
        if self._begun is not None:
            self._begun, self._num_since = None, 0
            self.changed.emit()

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
        elif self._begun is not None:
            self._num_since += 1
        self._done.append(edit)
        del self._done[:-MAX_EDITS]
        self._undone.clear()
        self.changed.emit()

    def undo(self) -> None:
        """Take the newest change back, if there is one, or stop it."""
        if self._newest_begun is not None:
            self._newest_begun.stop()
        elif self._done:
            edit = self._done.pop()
            self._num_since = max(0, self._num_since - 1)
            edit.undo()
            self._undone.append(edit)
            self.changed.emit()

    def redo(self) -> None:
        """Do the change again that was taken back last, if there is one."""
        if self.redo_label:
            edit = self._undone.pop()
            edit.redo()
            self._done.append(edit)
            self.changed.emit()

    def clear(self) -> None:
        """Forget everything, as when something else is opened."""
        if self._done or self._undone or self._begun:
            self._done.clear()
            self._undone.clear()
            self._begun, self._num_since = None, 0
            self.changed.emit()
