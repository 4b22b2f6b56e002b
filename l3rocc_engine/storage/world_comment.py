"""The comments with which our files of points say what world they are in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_RUN, _UNIT, _UP = "world frame of the run ", "unit ", "up "
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldComment:
    """World axes and unit of a run.

    Attributes
    ----------
    run
        The run's name.
    unit
        ``metre``, or in words why it is another.
    up
        Direction against gravity; None if it is not known.
    """

    run: str
    unit: str
    up: tuple[float, float, float] | None = None

    @property
    def text(self) -> str:
        """One line each."""
        up = UNKNOWN if self.up is None else " ".join(f"{value:.6f}" for value in self.up)
        return f"{_RUN}{self.run}\n{_UNIT}{self.unit}\n{_UP}{up}"


def world_comment_in(comments: Iterable[str]) -> WorldComment | None:
    """What :attr:`WorldComment.text` said, among other comments; None if they are somebody else's."""
    said = {mark: line[len(mark) :] for line in comments for mark in (_RUN, _UNIT, _UP) if line.startswith(mark)}
    if _RUN not in said or _UNIT not in said:
        return None
    return WorldComment(run=said[_RUN], unit=said[_UNIT], up=_direction(said.get(_UP, "")))


def _direction(text: str) -> tuple[float, float, float] | None:
    try:
        x, y, z = (float(word) for word in text.split())
    except ValueError:
        return None
    return (x, y, z) if math.isfinite(x + y + z) and (x, y, z) != (0.0, 0.0, 0.0) else None
