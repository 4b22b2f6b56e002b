"""The points of a cloud as a style shows them, in plain arrays: what the shader does, for who draws without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData

from l3rocc_studio.model.looks import CloudColor
from l3rocc_studio.model.view import Vector
from l3rocc_studio.render.point_levels import FACING, MEASURES
from l3rocc_studio.render.point_style import BEHIND, NUM_STOPS, PointStyle

CELLS_A_SIDE = np.int16(24)
"""Of the cloud's longest side; there are as many numbers of cells as 16 bits can tell."""
_CONFIDENCE, _EDGE, _DISTANCE, _COUNT = range(4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StyledPoints:
    """Points that a style shows.

    Attributes
    ----------
    positions, normals
        (3, N) float32, world; no normal where the side of the surface is not known.
    tints
        (N,) uint32, the bits of blue, green and red.
    ends
        (C,) for each chunk of the cloud, how many points there are up to its end.
    """

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    tints: NDArray[np.uint32]
    ends: NDArray[np.int64]

    @property
    def num_points(self) -> int:
        """How many there are."""
        return len(self.tints)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownPoints:
    """What is drawn of them.

    Attributes
    ----------
    points
        Of the whole cloud.
    num_points
        How many of them, from the first on.
    diameter
        Of a drawn point, world units.
    scale
        Size over the usual one.
    hides_backs
        Whether surfaces vanish when looked at from behind.
    """

    points: StyledPoints
    num_points: int
    diameter: float
    scale: float
    hides_backs: bool


def style_points(chunks: Sequence[vtkPolyData], style: PointStyle, depth_from: tuple[Vector, float]) -> StyledPoints:
    """Colour and filter the points of a level of detail; in a chunk neighbours in space follow one another.

    Parameters
    ----------
    chunks
        The points, as :func:`l3rocc_studio.render.point_levels.prepare_cloud` made them.
    style
        Colours and limits.
    depth_from
        Direction of depths in the world, and where they begin.
    """
    positions = np.concatenate([vtk_to_numpy(chunk.GetPoints().GetData()) for chunk in chunks])
    own = np.concatenate([vtk_to_numpy(chunk.GetPointData().GetScalars()) for chunk in chunks])[:, :3]
    facing, measures = (
        np.concatenate([vtk_to_numpy(chunk.GetPointData().GetArray(name)) for chunk in chunks])
        for name in (FACING, MEASURES)
    )
    heights = positions @ np.asarray(style.up, dtype=np.float32)
    is_shown = _within(style, heights, measures)
    depths = positions @ np.asarray(depth_from[0], dtype=np.float32) - np.float32(depth_from[1])
    values = {
        CloudColor.HEIGHT: heights,
        CloudColor.DEPTH: depths,
        CloudColor.CONFIDENCE: measures[:, _CONFIDENCE],
        CloudColor.TIME: facing[:, 3],
        CloudColor.COUNT: measures[:, _COUNT],
    }
    color = tuple(CloudColor)[style.mode]
    colors = own if color is CloudColor.RGB else _on_scale(style, values[color])
    if color is CloudColor.DEPTH:
        colors[depths <= 0.0] = np.rint(255 * np.asarray(BEHIND))
    counts = np.array([chunk.GetNumberOfPoints() for chunk in chunks])
    rows = _in_cells(positions, counts)
    rows = rows[is_shown[rows]]
    # Several times as fast as rows in brackets.
    places, normals, shades = (np.take(values, rows, axis=0) for values in (positions, facing, colors))
    red, green, blue = shades.T.astype(np.uint32)
    return StyledPoints(
        positions=np.ascontiguousarray(places.T),
        normals=np.ascontiguousarray(normals[:, :3].T),
        tints=red | green << np.uint32(8) | blue << np.uint32(16),
        ends=np.concatenate([[0], np.cumsum(is_shown)])[np.cumsum(counts)],
    )


def _in_cells(positions: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of points, chunk by chunk and in each cell by cell, so that whoever paints them stays where he is."""
    if not len(positions):
        return np.zeros(0, dtype=np.int64)
    # Column by column, which is many times faster than along rows of three.
    low = np.array([column.min() for column in positions.T])
    high = np.array([column.max() for column in positions.T])
    edge = max(float((high - low).max()) / CELLS_A_SIDE, float(np.finfo(np.float32).tiny))
    cells = np.minimum((positions - low) / np.float32(edge), np.float32(CELLS_A_SIDE - 1)).astype(np.int16)
    # Few bits are sorted many times faster than many.
    by_cell = np.argsort((cells[:, 2] * CELLS_A_SIDE + cells[:, 1]) * CELLS_A_SIDE + cells[:, 0], kind="stable")
    chunk = np.repeat(np.arange(len(counts), dtype=np.uint16), counts)
    return np.asarray(by_cell[np.argsort(chunk[by_cell], kind="stable")])


def _within(style: PointStyle, heights: NDArray[np.float32], measures: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which points (N,) none of the limits leaves out."""
    least_confidence, most_edge, most_distance, lowest, highest = (np.float32(limit) for limit in style.limits)
    is_outside = (measures[:, _CONFIDENCE] < least_confidence) | (measures[:, _EDGE] > most_edge)
    is_outside |= (measures[:, _DISTANCE] > most_distance) | (heights < lowest) | (heights > highest)
    return np.asarray(~is_outside)


def _on_scale(style: PointStyle, values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours (N, 3) of values."""
    low, high = style.span
    stops = np.asarray(style.stops).reshape(NUM_STOPS, 3)
    at = np.clip((values.astype(np.float64) - low) / (high - low), 0.0, 1.0) * (NUM_STOPS - 1)
    before = np.minimum(at.astype(np.int64), NUM_STOPS - 2)
    share = (at - before)[:, None]
    return np.rint(255 * (stops[before] + share * (stops[before + 1] - stops[before]))).astype(np.uint8)
