"""What the colours of a panel mean, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from l3rocc_studio.model.looks import CloudColor, CloudLook, DepthFrom, OccupancyLook, PaletteName, VoxelColor
from l3rocc_studio.model.words import N_, tr

if TYPE_CHECKING:
    from l3rocc_studio.render.cloud_measures import CloudMeasures
    from l3rocc_studio.render.frame_counts import FrameCounts

Rgb = tuple[float, float, float]
NUM_STOPS = 12
_TITLES = {
    CloudColor.HEIGHT: N_("Height above the world origin"),
    CloudColor.CONFIDENCE: N_("Confidence"),
    CloudColor.TIME: N_("First seen at"),
    CloudColor.COUNT: N_("Seen by keyframes"),
}
_DEPTH_TITLES = {
    DepthFrom.CURRENT: N_("Depth from the current camera"),
    DepthFrom.START: N_("Depth from the first camera"),
}
_BEHIND_NOTE = N_("Grey: behind that camera")
_NOT_KNOWN, _NOT_COUNTED = N_("not known"), "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendRow:
    """One thing: its name, a number in words, its colour unless the scale has it, whether it is faded and shown."""

    name: str
    count: str
    color: Rgb | None
    is_faded: bool
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """A scale of colours between two numbers, rows of counts, and a note; any part may be empty."""

    title: str = ""
    stops: tuple[Rgb, ...] = ()
    low: str = ""
    high: str = ""
    note: str = ""
    rows: tuple[LegendRow, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.stops and not self.rows

    @property
    def text(self) -> str:
        """Everything in one line, for those who cannot see it."""
        scale = [f"{self.title}: {self.low} – {self.high}"] if self.stops else []
        return "; ".join(
            [*scale, *([self.note] if self.note else []), *(f"{row.name} {row.count}" for row in self.rows)]
        )


def cloud_legend(look: CloudLook, measures: CloudMeasures | None, *, unit: str) -> Legend:
    """The cloud panel's scale; nothing where points have the colours of the pictures."""
    if measures is None or not look.has_legend or measures.values(look.color) is None:
        return Legend()
    low, high = measures.span(look.color)
    is_depth = look.color is CloudColor.DEPTH
    return Legend(
        title=tr(_DEPTH_TITLES[look.depth_from] if is_depth else _TITLES[look.color]),
        stops=_stops(look.palette),
        low=_value(look.color, low, unit),
        high=_value(look.color, high, unit),
        note=tr(_BEHIND_NOTE) if is_depth else "",
    )


def occupancy_legend(
    look: OccupancyLook,
    counts: FrameCounts | None,
    *,
    depth_span: tuple[float, float],
    height_span: tuple[float, float],
    unit: str,
) -> Legend:
    """The occupancy panel's scale, and how many voxels there are of each kind."""
    if counts is None or not look.has_legend:
        return Legend()
    is_height = look.color is VoxelColor.HEIGHT
    low, high = height_span if is_height else depth_span
    has_scale = look.color is not VoxelColor.PLAIN
    return Legend(
        title=tr("Height above the camera") if is_height else tr("Depth"),
        stops=_stops(look.palette) if has_scale else (),
        low=f"{low:.2f} {unit}",
        high=f"{high:.2f} {unit}",
        rows=_rows(look, counts),
    )


def _rows(look: OccupancyLook, counts: FrameCounts) -> tuple[LegendRow, ...]:
    from l3rocc_studio.render.frame_voxels import HIDDEN_COLORS

    kinds = (
        (tr("Visible"), counts.visible, None, False, look.has_visible),
        (tr("Remembered"), counts.remembered, None, True, look.has_history),
        (tr("Occluded"), counts.occluded, HIDDEN_COLORS["occluded"], False, look.has_occluded),
        (tr("Never seen"), counts.never_seen, HIDDEN_COLORS["out_of_view"], False, look.has_never_seen),
        (tr("Free"), counts.free, HIDDEN_COLORS["free"], False, look.has_free),
    )
    return tuple(
        LegendRow(
            name=name,
            count=_count(count, counts, is_shown=is_shown),
            color=color,
            is_faded=is_faded,
            is_shown=is_shown,
        )
        for name, count, color, is_faded, is_shown in kinds
    )


def _count(count: int | None, counts: FrameCounts, *, is_shown: bool) -> str:
    if count is not None:
        return f"{count:,}"
    return _NOT_COUNTED if counts.is_rough or not is_shown else tr(_NOT_KNOWN)


def _stops(palette: PaletteName) -> tuple[Rgb, ...]:
    from l3rocc_studio.render.colormaps import PALETTES

    colors = PALETTES[palette.value].colors(np.linspace(0.0, 1.0, NUM_STOPS), near=0.0, far=1.0)
    return tuple((float(red), float(green), float(blue)) for red, green, blue in colors)


def _value(color: CloudColor, value: float, unit: str) -> str:
    if color is CloudColor.TIME:
        return tr("{seconds:.1f} s").format(seconds=value)
    if color is CloudColor.COUNT:
        return f"{value:.0f}"
    if color is CloudColor.CONFIDENCE:
        return f"{value:.1f}"
    return f"{value:.2f} {unit}"
