"""Marks on places in a 3D panel, in plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.view import Vector, as_vector


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLine:
    """A line with a text at its middle.

    Attributes
    ----------
    first, second
        Its ends.
    text
        What it says.
    is_chosen
        Whether it stands out.
    """

    first: Vector
    second: Vector
    text: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneMarks:
    """Everything that is marked in a scene, in the frame that it shows.

    Attributes
    ----------
    balls
        Places.
    cubes
        Centres and edges of outlined voxels.
    lines
        Measurements.
    """

    balls: tuple[Vector, ...] = ()
    cubes: tuple[tuple[Vector, float], ...] = ()
    lines: tuple[MarkLine, ...] = ()

    def moved(self, target_from_source: NDArray[np.floating], *, cubes: tuple[tuple[Vector, float], ...]) -> SceneMarks:
        """The same marks in another frame, (4, 4) rigid; cubes are given, as they do not turn with it."""

        def move(place: Vector) -> Vector:
            return as_vector((target_from_source @ (*place, 1.0))[:3])

        return SceneMarks(
            balls=tuple(move(ball) for ball in self.balls),
            cubes=cubes,
            lines=tuple(
                MarkLine(first=move(line.first), second=move(line.second), text=line.text, is_chosen=line.is_chosen)
                for line in self.lines
            ),
        )
