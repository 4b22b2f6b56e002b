"""What a part of the window looks like from outside: it is made with the studio, wires itself, and shuts down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


class Feature(Protocol):
    """A self-contained ability of the window, such as saved views or the queue.

    Its constructor adds its pages, header buttons, overlays and permission rules and connects its actions and signals;
    the studio holds it and shuts it down. Features know the studio, never each other.
    """

    def __init__(self, studio: Studio) -> None: ...

    def shut_down(self) -> None:
        """Stop listening and let go of threads, timers and VTK objects."""
        ...
