"""What of the time axis a pointer can take hold of, and what a drag makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QPointF

from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.time_scale import TimeScale
from l3rocc_studio.ui.timeline import ruler

_GRASP_PX = 5
_HANDLE_TOP_PX = 14
_FLAG_BOTTOM_PX = 12


class Hold(Enum):
    """What the pointer holds."""

    NOTHING = "nothing"
    PLAYHEAD = "playhead"
    IN_POINT = "in"
    OUT_POINT = "out"
    VIEW = "view"
    PATH_VIEW = "path_view"


def end_at(position: QPointF, scale: TimeScale, selected: tuple[int, int]) -> Hold | None:
    """Which end of the range lies under the pointer, in the ruler."""
    if not _HANDLE_TOP_PX <= position.y() <= ruler.RULER_PX:
        return None
    first, last = selected
    for hold, edge, outwards in (
        (Hold.IN_POINT, scale.edge_x(first), -1),
        (Hold.OUT_POINT, scale.edge_x(last + 1), 1),
    ):
        offset = (position.x() - edge) * outwards
        if -_GRASP_PX / 2 <= offset <= ruler.HANDLE_PX + _GRASP_PX / 2:
            return hold
    return None


def mark_at(position: QPointF, scale: TimeScale, marks: Sequence[Mark]) -> Mark | None:
    """The mark whose flag lies under the pointer."""
    if position.y() > _FLAG_BOTTOM_PX:
        return None
    for mark in marks:
        if -2 <= position.x() - scale.x_of(mark.frame_idx) <= ruler.FLAG_PX + 2:
            return mark
    return None


def dragged_range(hold: Hold, x: float, scale: TimeScale, selected: tuple[int, int]) -> tuple[int, int]:
    """The range with the held end at the frame edge that is nearest to ``x``; the other end stays."""
    first, last = selected
    nearest_edge = round(scale.first + (x - scale.margin_px) / scale.px_per_frame)
    if hold is Hold.IN_POINT:
        return min(max(nearest_edge, 0), last), last
    return first, max(min(nearest_edge - 1, scale.num_frames - 1), first)
