"""Setting, naming and visiting marks, each change one that can be taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QInputDialog

from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.marks import Mark, neighbour
from l3rocc_studio.model.words import N_, tr

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

NO_MARK = N_("There is no mark at this frame.")
NO_MARKS = N_("Add a mark first (M).")


class MarkEditor:
    """The person's way to the marks."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session = session = studio.session
        self._dialog: QInputDialog | None = None
        on, allow = studio.actions.on, studio.permissions.add_rule
        on("mark", self.toggle)
        on("rename_mark", self.rename_current)
        on("previous_mark", partial(self._visit, -1))
        on("next_mark", partial(self._visit, 1))
        for key in ("previous_mark", "next_mark", "rename_mark"):
            allow(key, lambda: "" if session.marks.all else NO_MARKS)
        self._disconnects = [
            session.marks.changed.connect(studio.permissions.update),
        ]

    @property
    def dialog(self) -> QInputDialog | None:
        """What asks for a name now, if anything."""
        return self._dialog

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()

    def toggle(self) -> None:
        """Set a mark at the current frame, or take it away."""
        marks, frame_idx = self._session.marks, self._session.timeline.current
        here = marks.at(frame_idx)
        if here is None:
            mark = Mark(frame_idx=frame_idx, name=marks.free_name())
            self._do(tr("Add {name}").format(name=mark.name), [*marks.all, mark])
            self._studio.window.say(tr("{name} set at frame {frame_idx}").format(name=mark.name, frame_idx=frame_idx))
        else:
            self._do(tr("Remove {name}").format(name=here.name), [mark for mark in marks.all if mark != here])
            self._studio.window.say(tr("{name} removed").format(name=here.name))

    def rename_current(self) -> None:
        """Ask for another name of the mark at the current frame, or say that there is none."""
        mark = self._session.marks.at(self._session.timeline.current)
        if mark is None:
            self._studio.window.say(tr(NO_MARK))
        else:
            self.ask_for_name(mark)

    def ask_for_name(self, mark: Mark) -> None:
        """Ask for another name of a mark."""
        dialog = QInputDialog(self._studio.window)
        dialog.setWindowTitle(tr("Rename mark"))
        dialog.setLabelText(tr("Name of the mark at frame {frame_idx}").format(frame_idx=mark.frame_idx))
        dialog.setTextValue(mark.name)
        dialog.textValueSelected.connect(lambda text: self._rename(mark, text))
        dialog.finished.connect(self._forget)
        self._dialog = dialog
        dialog.open()

    def _rename(self, mark: Mark, text: str) -> None:
        name = text.strip()
        if name and name != mark.name:
            renamed = Mark(frame_idx=mark.frame_idx, name=name)
            self._do(
                tr("Rename {name}").format(name=mark.name),
                [renamed if old == mark else old for old in self._session.marks.all],
            )

    def _forget(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _do(self, label: str, wanted: list[Mark]) -> None:
        marks, before = self._session.marks, self._session.marks.all
        self._session.edits.do(
            Edit(label=label, redo=partial(marks.replace_all, wanted), undo=partial(marks.replace_all, before))
        )

    def _visit(self, direction: int) -> None:
        timeline = self._session.timeline
        frames = [mark.frame_idx for mark in self._session.marks.all]
        found = neighbour(frames, timeline.current, direction)
        if found is None:
            self._studio.window.say(tr("There is no later mark.") if direction > 0 else tr("There is no earlier mark."))
        else:
            timeline.pause()
            timeline.seek(found)
