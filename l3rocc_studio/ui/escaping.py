"""What the Back key (Esc) does: the newest thing that can be left is left first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A state that Back leads out of.

    Attributes
    ----------
    is_in
        Whether one is in that state.
    leave
        Leave it.
    """

    is_in: Callable[[], bool]
    leave: Callable[[], object]


class Exits:
    """The states that Back leads out of, most transient first."""

    def __init__(self) -> None:
        self._exits: list[tuple[int, Exit]] = []

    def add(self, urgency: int, way_out: Exit) -> None:
        """Add a state; of two, that with the larger urgency is left first."""
        self._exits.append((urgency, way_out))
        self._exits.sort(key=lambda item: -item[0])

    @property
    def can_leave(self) -> bool:
        """Whether there is anything to leave."""
        return any(way_out.is_in() for _, way_out in self._exits)

    def leave(self) -> None:
        """Leave the most transient state one is in."""
        for _, way_out in self._exits:
            if way_out.is_in():
                way_out.leave()
                return
