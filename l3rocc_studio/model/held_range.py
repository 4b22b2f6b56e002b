"""How much of what a range held before it still holds at another scale, and the range that holds it all again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from l3rocc_engine.occupancy.grid import Range

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

LEAST_SHARE = 0.6
"""A range that holds less than this of what it held is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRange:
    """The range of a run after it was given another scale.

    Attributes
    ----------
    share
        Of the surface that was found occupied before, what is found now.
    grown
        The range of before in the present unit, in whole voxels.
    """

    share: float
    grown: Range

    @property
    def is_too_small(self) -> bool:
        """Whether much was lost."""
        return self.share < LEAST_SHARE


def held_range(before: Run, after: Run) -> HeldRange | None:
    """Compare two scales of one result; None where they are not, or nothing was found before.

    A surface of so many voxels has ``factor ** 2`` times as many of the same size when everything grows by a factor.
    """
    if before.source is not after.source or before.config.pc_range != after.config.pc_range:
        return None
    factor = after.scale.sim3.scale / before.scale.sim3.scale
    found, left = (run.world.num_voxels * run.config.voxel_size**2 for run in (before, after))
    if factor <= 1.0 or not found:
        return None
    return HeldRange(share=left / (found * factor**2), grown=_grown(before, factor, after.config.voxel_size))


def _grown(before: Run, factor: float, voxel_size: float) -> Range:
    """Every side moved outwards by the factor, to the next whole voxel from where it was."""
    sides = []
    for place, side in enumerate(before.config.pc_range):
        steps = side * (factor - 1.0) / voxel_size
        sides.append(side + voxel_size * (math.floor(steps + 1e-9) if place < 3 else math.ceil(steps - 1e-9)))
    x0, y0, z0, x1, y1, z1 = sides
    return (x0, y0, z0, x1, y1, z1)
