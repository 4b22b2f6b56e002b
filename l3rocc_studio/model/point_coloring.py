"""By what the points of an inspected file are coloured."""

from __future__ import annotations

from enum import Enum

from l3rocc_engine.inspection import Axes, FramePoints
from l3rocc_studio.model.words import N_


class Coloring(Enum):
    """The value is the name on the command line."""

    FILE = "file"
    LABEL = "label"
    HEIGHT = "height"
    DEPTH = "depth"
    COUNT = "count"


TITLES = {
    Coloring.FILE: N_("Own colours"),
    Coloring.LABEL: N_("Label"),
    Coloring.HEIGHT: N_("Height"),
    Coloring.DEPTH: N_("Distance ahead"),
    Coloring.COUNT: N_("Times seen"),
}


def available_colorings(points: FramePoints, axes: Axes) -> tuple[Coloring, ...]:
    """What these points can be coloured by, the most telling first."""
    found = []
    if points.colors is not None:
        found.append(Coloring.FILE)
    if points.labels is not None and len(points.labels) and points.labels.min() != points.labels.max():
        found.append(Coloring.LABEL)
    if axes in (Axes.CAMERA, Axes.VOXELS):
        found.append(Coloring.DEPTH)
    found.append(Coloring.HEIGHT)
    if points.counts is not None:
        found.append(Coloring.COUNT)
    return tuple(found)
