"""The exports of one window: those that wait, run and ended."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import StageStatus
from l3rocc_studio.model.export_request import ExportRequest
from l3rocc_studio.model.job import JobPhase
from l3rocc_studio.model.signal import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportState:
    """A snapshot of one export.

    Attributes
    ----------
    number
        Its name in the list; never used again.
    request
        What is written.
    source_name
        Of what.
    phase
        ``IDLE`` while it waits for its turn.
    status
        The newest stage report, or None.
    error
        Why it failed, or None.
    """

    number: int
    request: ExportRequest
    source_name: str
    phase: JobPhase = JobPhase.IDLE
    status: StageStatus | None = None
    error: L3roccError | None = None

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.phase in (JobPhase.IDLE, JobPhase.RUNNING, JobPhase.CANCELLING)


class Exports:
    """The list, in the order they were asked for.

    Attributes
    ----------
    changed
        No arguments: something about an export is other than before.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._states: dict[int, ExportState] = {}
        self._next = 1

    @property
    def states(self) -> tuple[ExportState, ...]:
        """All of them, oldest first."""
        return tuple(self._states.values())

    @property
    def active(self) -> tuple[ExportState, ...]:
        """Those that wait or run."""
        return tuple(state for state in self._states.values() if state.is_active)

    def state(self, number: int) -> ExportState:
        """One of them."""
        return self._states[number]

    def add(self, request: ExportRequest, source_name: str) -> ExportState:
        """Note a new one, waiting."""
        state = ExportState(number=self._next, request=request, source_name=source_name)
        self._next += 1
        self._states[state.number] = state
        self.changed.emit()
        return state

    def change(self, number: int, **changes: Any) -> None:
        """Note where one stands."""
        self._states[number] = dataclasses.replace(self._states[number], **changes)
        self.changed.emit()

    def forget(self, number: int) -> None:
        """Take one that ended off the list."""
        if not self._states[number].is_active:
            del self._states[number]
            self.changed.emit()

    def forget_ended(self) -> None:
        """Take all that ended off the list."""
        self._states = {number: state for number, state in self._states.items() if state.is_active}
        self.changed.emit()
