"""Poses of all frames from those of some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator
from scipy.spatial.transform import Rotation, Slerp

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.trajectory import Trajectory


def interpolate_trajectory(
    key_frames: NDArray[np.integer],
    key_world_from_cam: NDArray[np.float64],
    timestamps_s: NDArray[np.float64],
) -> Trajectory:
    """Poses for all frames from those of some.

    Rotations follow the shortest arc (slerp), centres a modified Akima spline, which keeps every given pose and
    hardly overshoots. Frames before the first and after the last given one keep that pose: nothing is extrapolated.

    Parameters
    ----------
    key_frames
        (K,) increasing frame numbers, K at least 1.
    key_world_from_cam
        (K, 4, 4) float64.
    timestamps_s
        (T,) float64 of all frames, seconds.

    Raises
    ------
    InputError
        If there is no pose.
    """
    key_frames = np.asarray(key_frames, dtype=np.int64)
    if len(key_frames) == 0:
        raise InputError("There is no pose to interpolate from.")
    poses = np.tile(np.eye(4), (len(timestamps_s), 1, 1))
    if len(key_frames) == 1:
        poses[:] = key_world_from_cam[0]
    else:
        key_times = timestamps_s[key_frames]
        times = np.clip(timestamps_s, key_times[0], key_times[-1])
        poses[:, :3, :3] = Slerp(key_times, Rotation.from_matrix(key_world_from_cam[:, :3, :3]))(times).as_matrix()
        centres = Akima1DInterpolator(key_times, key_world_from_cam[:, :3, 3], method="makima")
        poses[:, :3, 3] = centres(times)
        poses[key_frames] = key_world_from_cam
    is_interpolated = np.ones(len(timestamps_s), dtype=bool)
    is_interpolated[key_frames] = False
    return Trajectory(world_from_cam=poses, timestamps_s=timestamps_s.copy(), is_interpolated=is_interpolated)
