"""Places on the timeline that a person wants to find again."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.signal import Signal
from l3rocc_studio.model.words import tr


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A named frame.

    Attributes
    ----------
    frame_idx
        Frame of the source.
    name
        What it is called; never empty.
    """

    frame_idx: int
    name: str

    def __post_init__(self) -> None:
        if self.frame_idx < 0:
            raise InputError(f"A mark cannot be at frame {self.frame_idx}.")
        if not self.name.strip():
            raise InputError("A mark needs a name.")


class Marks:
    """The marks of one source, at most one a frame, in order of frames.

    Attributes
    ----------
    changed
        No arguments: there are other marks, or other names.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._marks: tuple[Mark, ...] = ()

    @property
    def all(self) -> tuple[Mark, ...]:
        """Every mark in order of frames."""
        return self._marks

    def at(self, frame_idx: int) -> Mark | None:
        """The mark at a frame, if there is one."""
        return next((mark for mark in self._marks if mark.frame_idx == frame_idx), None)

    def free_name(self) -> str:
        """A name that no mark has yet."""
        taken = {mark.name for mark in self._marks}
        return next(
            name
            for number in range(1, len(taken) + 2)
            if (name := tr("Mark {number}").format(number=number)) not in taken
        )

    def put(self, mark: Mark) -> None:
        """Set a mark; one at the same frame is replaced."""
        self.replace_all([*(old for old in self._marks if old.frame_idx != mark.frame_idx), mark])

    def remove(self, frame_idx: int) -> None:
        """Take the mark at a frame away, if there is one."""
        self.replace_all(mark for mark in self._marks if mark.frame_idx != frame_idx)

    def replace_all(self, marks: Iterable[Mark]) -> None:
        """Have these marks and no others."""
        wanted = tuple(sorted(marks, key=lambda mark: mark.frame_idx))
        if wanted != self._marks:
            self._marks = wanted
            self.changed.emit()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"marks": [{"frame": mark.frame_idx, "name": mark.name} for mark in self._marks]}


def marks_from_dict(values: Mapping[str, Any], *, num_frames: int) -> tuple[Mark, ...]:
    """Read marks from plain values, as :meth:`Marks.to_dict` writes them; those beyond the last frame are left out.

    Raises
    ------
    InputError
        If something in them is no mark.
    """
    try:
        marks = [Mark(frame_idx=int(item["frame"]), name=str(item["name"])) for item in values.get("marks", [])]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError("These are not marks.", "A mark has a frame, counted from 0, and a name.") from error
    by_frame = {mark.frame_idx: mark for mark in marks if mark.frame_idx < num_frames}
    return tuple(sorted(by_frame.values(), key=lambda mark: mark.frame_idx))


def neighbour(frames: list[int], current: int, direction: int) -> int | None:
    """The closest of some ordered frames after (``direction`` 1) or before (-1) the current one; None at the end."""
    if direction > 0:
        place = bisect.bisect_right(frames, current)
        return frames[place] if place < len(frames) else None
    place = bisect.bisect_left(frames, current)
    return frames[place - 1] if place else None
