"""Dragging a face of a box along its axis, in steps of whole voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import Range

MIN_CELLS = 4
MAX_REACH = 100.0
"""No face goes farther from the camera than the fields of the settings allow."""
STEEPEST = 0.02
"""Squared sine between the axis and the line of sight, below which a face cannot be dragged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceDrag:
    """One drag, from where a face was gripped.

    Attributes
    ----------
    face
        0 to 5: lower x, y, z, upper x, y, z, as in ``pc_range``.
    pc_range
        The box when it was gripped.
    voxel_size
        Step.
    gripped_at
        Coordinate along the axis that the mouse pointed to then.
    """

    face: int
    pc_range: Range
    voxel_size: float
    gripped_at: float

    def moved(self, start: NDArray[np.float64], direction: NDArray[np.float64]) -> Range | None:
        """The box when the mouse points along a line of sight; None where that tells nothing.

        Parameters
        ----------
        start, direction
            (3,) a point and the unit direction of the line of sight, in the frame of the box.
        """
        pointed_at = along_axis(self.pc_range, self.face, start, direction)
        if pointed_at is None:
            return None
        wanted = self.pc_range[self.face] + pointed_at - self.gripped_at
        return with_face(self.pc_range, self.face, wanted, self.voxel_size)


def face_centres(pc_range: Range) -> NDArray[np.float64]:
    """Centres (6, 3) of the faces, in order of ``pc_range``."""
    low, high = np.array(pc_range[:3]), np.array(pc_range[3:])
    centres = np.tile((low + high) / 2, (6, 1))
    for axis in range(3):
        centres[axis, axis], centres[axis + 3, axis] = low[axis], high[axis]
    return centres


def along_axis(pc_range: Range, face: int, start: NDArray[np.float64], direction: NDArray[np.float64]) -> float | None:
    """Coordinate at which a face's axis passes a line of sight most closely; None where they are nearly parallel."""
    centre, axis = face_centres(pc_range)[face], np.eye(3)[face % 3]
    cosine = float(axis @ direction)
    if 1.0 - cosine**2 < STEEPEST:
        return None
    between = start - centre
    # Closest approach of two lines: both derivatives of the squared distance vanish.
    at = (float(axis @ between) - cosine * float(direction @ between)) / (1.0 - cosine**2)
    return float(centre[face % 3] + at)


def with_face(pc_range: Range, face: int, wanted: float, voxel_size: float) -> Range:
    """The box with one face near a coordinate, a whole number of voxels from the opposite one."""
    opposite = pc_range[(face + 3) % 6]
    outward = 1.0 if face >= 3 else -1.0
    wanted = min(max(wanted, -MAX_REACH), MAX_REACH)
    most = int(np.floor((MAX_REACH - outward * opposite) / voxel_size + 1e-6))
    cells = min(max(round((wanted - opposite) * outward / voxel_size), MIN_CELLS), most)
    values = list(pc_range)
    values[face] = round(opposite + outward * cells * voxel_size, 6)
    x0, y0, z0, x1, y1, z1 = values
    return x0, y0, z0, x1, y1, z1
