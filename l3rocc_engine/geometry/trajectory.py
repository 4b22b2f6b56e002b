"""Camera poses of every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One pose a source frame.

    Attributes
    ----------
    world_from_cam
        (T, 4, 4) float64, OpenCV camera axes.
    timestamps_s
        (T,) float64, strictly increasing, seconds from the start of the source.
    is_interpolated
        (T,) bool, true where a pose was not observed but lies between (or is held from) observed ones.
    """

    world_from_cam: NDArray[np.float64]
    timestamps_s: NDArray[np.float64]
    is_interpolated: NDArray[np.bool_]

    def __post_init__(self) -> None:
        t = len(self.timestamps_s)
        if self.world_from_cam.shape != (t, 4, 4) or self.is_interpolated.shape != (t,):
            raise InputError(
                f"A trajectory of {t} times needs poses of shape ({t}, 4, 4) and {t} flags; "
                f"found {self.world_from_cam.shape} and {self.is_interpolated.shape}."
            )
        if not np.isfinite(self.world_from_cam).all():
            raise InputError("The trajectory holds poses that are not finite numbers.")
        for array in (self.world_from_cam, self.timestamps_s, self.is_interpolated):
            array.setflags(write=False)

    @property
    def num_frames(self) -> int:
        """Number of poses."""
        return len(self.timestamps_s)

    @property
    def centres_world(self) -> NDArray[np.float64]:
        """Camera centres (T, 3)."""
        return self.world_from_cam[:, :3, 3]
