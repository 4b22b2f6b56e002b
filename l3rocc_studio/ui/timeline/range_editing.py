"""Changes of the range that can be taken back, and processing of just the range."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.words import N_, tr

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

NO_RANGE = N_("Set a range on the timeline first, with I and O or its handles.")
_KEYS = ("clear_range", "process_range", "range_only")


class RangeEditor:
    """Sets the range as a person asks for it.

    While "just the range" is chosen, the range is part of the settings of the next run.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session = session = studio.session
        self._actions = actions = studio.actions
        self._timeline = timeline = session.timeline
        actions.on("set_in", lambda: self._try(timeline.set_in))
        actions.on("set_out", lambda: self._try(timeline.set_out))
        actions.on("clear_range", lambda: self.change(0, timeline.num_frames - 1))
        actions.on("range_only", self._choose)
        actions.on("process_range", self._process)
        for key in _KEYS:
            studio.permissions.add_rule(key, lambda: NO_RANGE if timeline.is_range_full else "")
        self._was_cut = False
        self._disconnects = [
            timeline.structure_changed.connect(self._follow),
            session.config_changed.connect(self._show_choice),
        ]

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()

    def change(self, first: int, last: int) -> None:
        """Set the range so that it can be taken back; a drag is one change."""
        timeline, before = self._timeline, self._timeline.range
        if (first, last) == before:
            return
        self._session.edits.do(
            Edit(
                label=tr("Range"),
                redo=lambda: timeline.set_range(first, last),
                undo=lambda: timeline.set_range(*before),
                merges_with="range",
            )
        )

    def _try(self, move: Callable[[], None]) -> None:
        """Let the timeline decide what the range becomes, and make it a change that can be taken back."""
        before = self._timeline.range
        move()
        after = self._timeline.range
        self._timeline.set_range(*before)
        self.change(*after)

    def _choose(self) -> None:
        self._set_config(self._timeline.range if self._actions["range_only"].isChecked() else ())

    def _process(self) -> None:
        self._set_config(self._timeline.range)
        self._actions["process"].trigger()

    def _follow(self) -> None:
        is_cut = not self._timeline.is_range_full
        if self._session.config.frame_range and self._session.source is not None:
            self._set_config(self._timeline.range if is_cut else ())
        if is_cut != self._was_cut:
            self._was_cut = is_cut
            self._studio.permissions.update()

    def _set_config(self, frame_range: tuple[int, ...]) -> None:
        self._session.set_config(self._session.config.with_changes({"frame_range": list(frame_range)}))

    def _show_choice(self) -> None:
        self._actions["range_only"].setChecked(bool(self._session.config.frame_range))
