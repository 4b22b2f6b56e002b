"""The egocentric grid's box as graph paper: only the sides behind the voxels are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.stroke_mesh import flat_actor, line_actor, segments

FRAME_RADIUS = 0.0016
"""Thickness of the frame, as a share of the box's longest edge; the ruled lines are hairlines."""
RULE_STRENGTH = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSide:
    """One side of the box.

    Attributes
    ----------
    axis, at, inward
        The side lies across this axis at this coordinate; the box is on its positive or negative side.
    frame
        Its frame as strokes.
    rules
        (N, 2, 3) ruled lines.
    """

    axis: int
    at: float
    inward: float
    frame: vtkPolyData
    rules: NDArray[np.float64]


def ruling_step(length: float) -> float:
    """A round distance (1, 2 or 5 times a power of ten) that divides a length into about eight."""
    rough = length / 8
    magnitude = 10.0 ** np.floor(np.log10(rough))
    return float(magnitude * min((1, 2, 5, 10), key=lambda factor: abs(factor * magnitude - rough)))


def _side_strokes(grid: GridSpec, axis: int, at: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frame (4, 2, 3) and ruled lines (N, 2, 3) of one side of the box."""
    low, high = np.array(grid.pc_range[:3]), np.array(grid.pc_range[3:])
    step = ruling_step(float((high - low).max()))
    across = [other for other in range(3) if other != axis]
    frame: list[NDArray[np.float64]] = []
    rules: list[NDArray[np.float64]] = []
    for along, fixed in (across, across[::-1]):
        inner = np.arange(np.ceil(low[fixed] / step), np.floor(high[fixed] / step) + 1) * step
        for value in (low[fixed], high[fixed], *inner):
            pair = np.empty((2, 3))
            pair[:, axis], pair[:, fixed], pair[:, along] = at, value, (low[along], high[along])
            (frame if value in (low[fixed], high[fixed]) else rules).append(pair)
    return np.array(frame), np.array(rules).reshape(-1, 2, 3)


@lru_cache(maxsize=8)
def box_sides(grid: GridSpec) -> tuple[BoxSide, ...]:
    """The strokes of all six sides; the slow part of a :class:`GridBox`, kept, so that any thread may make it first."""
    low, high = grid.pc_range[:3], grid.pc_range[3:]
    size = float(np.subtract(high, low).max())
    sides = []
    for axis in range(3):
        for at, inward in ((low[axis], 1.0), (high[axis], -1.0)):
            frame, rules = _side_strokes(grid, axis, at)
            sides.append(
                BoxSide(axis=axis, at=at, inward=inward, frame=segments(frame, FRAME_RADIUS * size), rules=rules)
            )
    return tuple(sides)


class GridBox:
    """Six sides; those that would stand between the viewer and the voxels hide themselves."""

    def __init__(self, renderer: vtkRenderer, grid: GridSpec, background: Background) -> None:
        self._renderer = renderer
        self._sides: list[tuple[int, float, float, list[vtkActor]]] = []
        self._is_visible = True
        for side in box_sides(grid):
            actors = [flat_actor(side.frame, background.line)]
            if len(side.rules):
                pairs = np.arange(2 * len(side.rules)).reshape(-1, 2)
                actors.append(line_actor(side.rules.reshape(-1, 3).astype(np.float32), pairs)[0])
            for actor in actors:
                renderer.AddActor(actor)
            self._sides.append((side.axis, side.at, side.inward, actors))
        self.set_background(background)

    def face_viewer(self) -> None:
        """Show the sides whose inner face the camera sees; call it before each drawing."""
        eye = self._renderer.GetActiveCamera().GetPosition()
        for axis, at, inward, actors in self._sides:
            for actor in actors:
                actor.SetVisibility(self._is_visible and (eye[axis] - at) * inward > 0.0)

    def set_visible(self, *, is_visible: bool) -> None:
        """Show or hide the box; takes effect with the next drawing."""
        self._is_visible = is_visible

    def set_background(self, background: Background) -> None:
        """Suit the lines to a background; ruled lines are fainter than the frame."""
        # Mixed here, not drawn translucent: one translucent actor costs passes over the whole picture.
        backdrop = (np.asarray(background.bottom) + np.asarray(background.top)) / 2
        faint = backdrop + RULE_STRENGTH * (np.asarray(background.line) - backdrop)
        for _, _, _, (frame, *rules) in self._sides:
            frame.GetProperty().SetColor(*background.line)
            for actor in rules:
                actor.GetProperty().SetColor(*faint)

    def remove(self) -> None:
        """Take the box out of the scene."""
        for _, _, _, actors in self._sides:
            for actor in actors:
                self._renderer.RemoveActor(actor)
        self._sides = []
