"""The tool that takes two places and makes a distance of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.measurements import measured
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view import Vector
from l3rocc_studio.model.words import N_, tr

FIRST_STEP = N_("Click the first point or voxel.")
SECOND_STEP = N_("Click the second one. Esc starts over.")


class Measuring(QObject):
    """Waits for two places while it is on.

    Signals
    -------
    changed
        It is on or off, or waits for the other place.
    refused (str, InputError)
        What was being done and why it cannot be.
    """

    changed = Signal()
    refused = Signal(str, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._is_on = False
        self._first: Vector | None = None

    @property
    def is_on(self) -> bool:
        """Whether clicks are taken for measuring."""
        return self._is_on

    @property
    def first(self) -> Vector | None:
        """The place clicked first, in the run's world, while the second is awaited."""
        return self._first

    @property
    def step(self) -> str:
        """What to do next; empty while it is off."""
        if not self._is_on:
            return ""
        return tr(FIRST_STEP) if self._first is None else tr(SECOND_STEP)

    def set_on(self, *, is_on: bool) -> None:
        """Switch the tool on or off."""
        if is_on != self._is_on:
            self._is_on, self._first = is_on, None
            self.changed.emit()

    def forget_first(self) -> None:
        """Start over with the first place."""
        self._first = None
        self.changed.emit()

    def take(self, place: Vector) -> None:
        """A place was clicked."""
        run = self._session.run
        if not self._is_on or run is None:
            return
        if self._first is None:
            self._first = place
        else:
            first, self._first = self._first, None
            try:
                self._session.measurements.add(measured(first, place, run.scale.sim3))
            except InputError as error:
                self.refused.emit(tr("Measuring"), error)
        self.changed.emit()
