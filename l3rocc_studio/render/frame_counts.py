"""How many voxels of a frame there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.frame import FrameOccupancy

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCounts:
    """Voxels of one frame by what is known of them; None where the file does not say, or nobody counted.

    Attributes
    ----------
    visible
        Seen occupied.
    remembered
        Seen by earlier frames, and no surface of this one.
    occluded, never_seen, free
        Behind a surface, outside the picture, seen to be empty.
    is_rough
        Whether some were left out that will be counted once the frame stays.
    """

    visible: int
    remembered: int | None = None
    occluded: int | None = None
    never_seen: int | None = None
    free: int | None = None
    is_rough: bool = False


def count_voxels(run: Run | GrowingRun, frame: FrameOccupancy, *, num_remembered: int | None) -> FrameCounts:
    """Count everything that is known of a frame."""
    num_voxels, in_view = run.occupancy.grid.num_voxels, run.occupancy.in_view
    num_seen = _num_bits(frame.visible_packed)
    num_in_view = None if in_view is None else _num_bits(in_view)
    return FrameCounts(
        visible=len(frame.occupied),
        remembered=num_remembered,
        # Rays cross nothing in a scene that they would not cross in an empty one.
        occluded=None if num_in_view is None else num_in_view - num_seen,
        never_seen=None if num_in_view is None else num_voxels - num_in_view,
        free=num_seen - len(frame.occupied),
    )


def _num_bits(packed: NDArray[np.uint8]) -> int:
    whole = len(packed) // 8 * 8
    words, rest = packed[:whole].view(np.uint64), packed[whole:]
    return int(np.bitwise_count(words).sum(dtype=np.int64) + np.bitwise_count(rest).sum(dtype=np.int64))
