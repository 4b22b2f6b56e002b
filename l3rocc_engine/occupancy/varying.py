"""Casting where every frame has rays of its own, as under a changing zoom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.occupancy.casters import PlainCaster, Seen
from l3rocc_engine.occupancy.grid import GridSpec

FrameRays = Callable[[int], NDArray[np.float32]]
"""Directions (R, 3) of one frame, given its number; called from several threads."""


def checked_rays(ray_dirs_cam: NDArray[np.float32]) -> NDArray[np.float32]:
    """Directions (R, 3) float32 as kernels want them.

    Raises
    ------
    InputError
        They have another shape.
    """
    # Kernels are compiled for writable arrays; a read-only one would cost a compilation of its own.
    rays = np.require(ray_dirs_cam, np.float32, ["C", "W"])
    if rays.ndim != 2 or rays.shape[1] != 3:
        raise InputError(f"Ray directions must have the shape (R, 3), not {rays.shape}.")
    return rays


class VaryingCaster:
    """Ray by ray: tables would have to be made anew for every frame."""

    def __init__(
        self, points: NDArray[np.float32], poses: NDArray[np.float64], rays_of: FrameRays, grid: GridSpec
    ) -> None:
        self._points, self._poses, self._rays_of, self._grid = points, poses, rays_of, grid

    def cast(self, frame_idx: int) -> Seen:
        """See :class:`l3rocc_engine.occupancy.casters.Caster`."""
        rays = checked_rays(self._rays_of(frame_idx))
        return PlainCaster(self._points, self._poses[frame_idx : frame_idx + 1], rays, self._grid).cast(0)

    def cast_pair(self, first: int, count: int) -> Iterator[Seen]:
        """See :class:`l3rocc_engine.occupancy.casters.Caster`."""
        return (self.cast(frame_idx) for frame_idx in range(first, first + count))

    def view(self) -> None:
        """Nothing: what is in view differs from frame to frame."""
