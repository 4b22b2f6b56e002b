"""Camera poses as dataset columns, and in full precision in a file beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.geometry.zoom import ZoomTrack
from l3rocc_engine.occupancy.archive import NpzWriter
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_engine.storage.npz_stream import NpzStream

BASE_FROM_GL = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
"""InternData's base axes (x right, y forward, z up) from OpenGL camera axes, both at the camera's centre."""


def pose_vectors(world_from_cam: NDArray[np.float64]) -> NDArray[np.float32]:
    """Poses (T, 4, 4) as (T, 7) float32: x, y, z, qx, qy, qz, qw; the quaternion's sign never jumps between frames."""
    from scipy.spatial.transform import Rotation  # slow to import, and reading needs none

    quaternions = Rotation.from_matrix(world_from_cam[:, :3, :3]).as_quat(canonical=True)
    agreement = np.einsum("ij,ij->i", quaternions[1:], quaternions[:-1])
    signs = np.cumprod(np.concatenate([[1.0], np.where(agreement < 0, -1.0, 1.0)]))
    return np.concatenate([world_from_cam[:, :3, 3], quaternions * signs[:, None]], axis=1).astype(np.float32)


def next_poses(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """The pose that follows each one (T, 7); the last frame stays where it is."""
    return np.concatenate([states[1:], states[-1:]])


def save_poses(
    path: Path,
    trajectory: Trajectory,
    start: int,
    stop: int,
    *,
    zoom: ZoomTrack | None = None,
    view_rays: NDArray[np.float32] | None = None,
) -> None:
    """Write a range of a trajectory to an .npz: ``world_from_cam`` float64, ``timestamps_s``, ``is_interpolated``.

    And what one pinhole for all frames does not say, where there is such: ``zoom`` (T, 4) with fx, fy, cx, cy of every
    frame, and ``view_rays`` (R, 3), the directions that the pixels look along.
    """
    with atomic_file(path) as partial, partial.open("wb") as stream:
        npz = NpzWriter(stream)  # unlike numpy's, it writes no date, so equal runs give equal files
        npz.add_array("world_from_cam", trajectory.world_from_cam[start:stop])
        npz.add_array("timestamps_s", trajectory.timestamps_s[start:stop])
        npz.add_array("is_interpolated", trajectory.is_interpolated[start:stop])
        npz.add_array("frame", np.array("world_from_cam, OpenCV camera axes; times are those of the source"))
        if zoom is not None:
            npz.add_array("zoom", zoom.numbers[start:stop])
        if view_rays is not None:
            npz.add_array("view_rays", view_rays)
        npz.close()


def load_optics(path: Path, size_px: tuple[int, int]) -> tuple[ZoomTrack | None, NDArray[np.float32] | None]:
    """Zoom and measured rays (R, 3) that :func:`save_poses` wrote, each None where there is none.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    width, height = size_px
    try:
        with NpzStream(path) as arrays:
            zoom = (
                ZoomTrack(numbers=arrays.array("zoom"), width_px=width, height_px=height)
                if "zoom" in arrays.names()
                else None
            )
            return zoom, arrays.array("view_rays") if "view_rays" in arrays.names() else None
    except (InputError, ValueError, TypeError) as error:
        raise InputError(f"The cameras in {path} cannot be read.", str(error)) from error


def load_poses(path: Path) -> Trajectory:
    """Read what :func:`save_poses` wrote.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    try:
        with NpzStream(path) as arrays:
            return Trajectory(
                world_from_cam=arrays.array("world_from_cam"),
                timestamps_s=arrays.array("timestamps_s"),
                is_interpolated=arrays.array("is_interpolated"),
            )
    except (InputError, ValueError, TypeError) as error:
        raise InputError(f"The poses in {path} cannot be read.", str(error)) from error
