"""Colours of an inspected file's points, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.inspection import FramePoints
from l3rocc_engine.inspection.content import ROLE_NAMES
from l3rocc_studio.model.point_coloring import Coloring
from l3rocc_studio.render.colormaps import MORANDI, DepthPalette

RAINBOW = DepthPalette(
    stops=(
        (0.27, 0.20, 0.47),
        (0.23, 0.42, 0.67),
        (0.20, 0.63, 0.60),
        (0.45, 0.77, 0.42),
        (0.93, 0.80, 0.30),
    )
)
"""Dark violet to yellow: steps of equal difference that stay apart in grey."""
LABEL_COLORS = np.array(
    [
        (150, 154, 160), (229, 56, 59), (84, 160, 104), (70, 128, 200), (214, 158, 60), (140, 104, 186),
        (84, 178, 188), (206, 112, 150), (148, 124, 92), (172, 190, 76),
    ],
    dtype=np.uint8,
)  # fmt: skip
"""Grey background, red path and green occupancy first; labels beyond the list begin anew."""
STRAYS = 1.0
"""Percent of the values at either end that a gradient leaves at its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What colours mean: swatches of single colours, or one gradient between two numbers."""

    swatches: tuple[tuple[tuple[int, int, int], str], ...] = ()
    gradient: DepthPalette | None = None
    low: float = 0.0
    high: float = 0.0


def color_points(
    points: FramePoints, coloring: Coloring, up: tuple[float, float, float]
) -> tuple[NDArray[np.uint8], Legend]:
    """Colours (N, 3) uint8 RGB of the points, and their legend.

    Parameters
    ----------
    points
        What to colour.
    coloring
        One of those that are available.
    up
        What height is measured along.
    """
    if coloring is Coloring.FILE and points.colors is not None:
        return points.colors, Legend()
    if coloring is Coloring.LABEL and points.labels is not None:
        return _by_label(points)
    if coloring is Coloring.COUNT and points.counts is not None:
        return _by_value(points.counts.astype(np.float64), RAINBOW)
    if coloring is Coloring.DEPTH:
        return _by_value(points.points[:, 2].astype(np.float64), MORANDI)
    return _by_value(points.points.astype(np.float64) @ np.array(up), RAINBOW)


def _by_label(points: FramePoints) -> tuple[NDArray[np.uint8], Legend]:
    labels = np.zeros(len(points.points), np.uint8) if points.labels is None else points.labels
    colors = LABEL_COLORS[labels % len(LABEL_COLORS)]
    swatches = []
    for label in np.unique(labels).tolist():
        red, green, blue = (int(v) for v in LABEL_COLORS[label % len(LABEL_COLORS)])
        name = ROLE_NAMES.get(label, str(label)) if points.has_roles else str(label)
        swatches.append(((red, green, blue), name))
    return colors, Legend(swatches=tuple(swatches))


def _by_value(values: NDArray[np.float64], palette: DepthPalette) -> tuple[NDArray[np.uint8], Legend]:
    if not len(values):
        return np.zeros((0, 3), np.uint8), Legend(gradient=palette)
    low, high = (float(v) for v in np.percentile(values, (STRAYS, 100 - STRAYS)))
    colors = palette.colors(values, near=low, far=high)
    return np.rint(colors * 255).astype(np.uint8), Legend(gradient=palette, low=low, high=high)
