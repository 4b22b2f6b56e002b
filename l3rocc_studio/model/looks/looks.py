"""The looks in use; whoever changes them goes through here, so that changes can be taken back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from l3rocc_studio.model.edits import Edit, Edits
from l3rocc_studio.model.looks.cloud_look import CloudLook
from l3rocc_studio.model.looks.occupancy_look import OccupancyLook
from l3rocc_studio.model.looks.panel_looks import PanelLooks
from l3rocc_studio.model.signal import Signal


class Looks:
    """Mutable; one a window.

    Parameters
    ----------
    edits
        Takes note of changes.

    Attributes
    ----------
    changed
        No arguments: something looks different.
    adjusting_changed
        ``(is_adjusting,)``: a slider is dragged, so newest beats complete.
    """

    def __init__(self, edits: Edits) -> None:
        self.changed: Signal[[]] = Signal()
        self.adjusting_changed: Signal[[bool]] = Signal()
        self._edits = edits
        self._value = PanelLooks()
        self._is_adjusting = False
        self._drags = 0

    @property
    def value(self) -> PanelLooks:
        """The looks of all panels."""
        return self._value

    @property
    def cloud(self) -> CloudLook:
        """The look of the cloud panel."""
        return self._value.cloud

    @property
    def occupancy(self) -> OccupancyLook:
        """The look of the occupancy panel."""
        return self._value.occupancy

    @property
    def is_adjusting(self) -> bool:
        """Whether a slider is being dragged."""
        return self._is_adjusting

    def set(self, value: PanelLooks) -> None:
        """Show something else, with nothing to take back: as when a project is opened."""
        if value != self._value:
            self._value = value
            self.changed.emit()

    def change(self, value: PanelLooks, label: str, *, merges_with: str = "") -> None:
        """Change looks so that it can be taken back.

        Parameters
        ----------
        value
            What comes.
        label
            What was changed, for people.
        merges_with
            Changes in one drag of a slider with the same name become one.
        """
        if value == self._value:
            return
        drag = f"look {merges_with} {self._drags}" if merges_with and self._is_adjusting else ""
        undo, redo = partial(self.set, self._value), partial(self.set, value)
        self._edits.do(Edit(label=label, redo=redo, undo=undo, merges_with=drag))

    def change_cloud(self, look: CloudLook, label: str, *, merges_with: str = "") -> None:
        """Change the cloud panel's look."""
        self.change(replace(self._value, cloud=look), label, merges_with=merges_with)

    def change_occupancy(self, look: OccupancyLook, label: str, *, merges_with: str = "") -> None:
        """Change the occupancy panel's look."""
        self.change(replace(self._value, occupancy=look), label, merges_with=merges_with)

    def begin_adjusting(self) -> None:
        """A slider is taken into the hand."""
        self._drags += 1
        self._set_adjusting(is_adjusting=True)

    def end_adjusting(self) -> None:
        """The slider is let go."""
        self._set_adjusting(is_adjusting=False)

    def _set_adjusting(self, *, is_adjusting: bool) -> None:
        if is_adjusting != self._is_adjusting:
            self._is_adjusting = is_adjusting
            self.adjusting_changed.emit(is_adjusting)
