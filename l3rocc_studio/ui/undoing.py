"""Undo and redo in the menu, named after what they would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_studio.model.words import tr

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


class Undoing:
    """Lets the session's edits be taken back."""

    def __init__(self, studio: Studio) -> None:
        self._actions, self._edits = studio.actions, studio.session.edits
        self._say = studio.window.say
        studio.actions.on("undo", self._undo)
        studio.actions.on("redo", self._redo)
        self._disconnect = self._edits.changed.connect(self._name)
        self._name()

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def _undo(self) -> None:
        label = self._edits.undo_label
        self._edits.undo()
        self._say(tr("Undone: {label}").format(label=tr(label)))

    def _redo(self) -> None:
        label = self._edits.redo_label
        self._edits.redo()
        self._say(tr("Redone: {label}").format(label=tr(label)))

    def _name(self) -> None:
        for key, verb, label in (
            ("undo", tr("&Undo"), self._edits.undo_label),
            ("redo", tr("&Redo"), self._edits.redo_label),
        ):
            self._actions[key].setText(tr("{verb}: {label}").format(verb=verb, label=tr(label)) if label else verb)
