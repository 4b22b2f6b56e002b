"""Cameras between two cameras, and a camera that goes round: what a smooth change of view passes through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from l3rocc_studio.model.view import CameraPose, Vector, as_vector

FloatArray = NDArray[np.float64]


def ease(share: float) -> float:
    """A share of the time as a share of the way: slow at both ends (cubic smoothstep)."""
    at = min(max(share, 0.0), 1.0)
    return at * at * (3.0 - 2.0 * at)


def blend_poses(start: CameraPose, end: CameraPose, share: float) -> CameraPose:
    """The camera at a share of the way from one to another; it turns along the shortest arc and scales evenly.

    The point that is looked at moves straight, and the distance to it by equal factors, so that a camera goes round
    what it shows instead of through it. The ends are returned as they are.

    Parameters
    ----------
    start, end
        Cameras of the same frame. Where one projection is parallel and the other is not, the end's holds.
    share
        From 0 to 1; what lies outside counts as the nearest end.
    """
    if share <= 0.0:
        return start
    if share >= 1.0:
        return end
    first, last = _axes(start), _axes(end)
    turn = Rotation.from_matrix(last @ first.T).as_rotvec()
    axes = Rotation.from_rotvec(share * turn).as_matrix() @ first
    focal = (1.0 - share) * np.array(start.focal_point) + share * np.array(end.focal_point)
    distance = _even(_reach(start), _reach(end), share)
    scales = (start.parallel_scale, end.parallel_scale)
    return CameraPose(
        position=as_vector(focal - distance * axes[:, 2]),
        focal_point=as_vector(focal),
        view_up=as_vector(axes[:, 1]),
        view_angle_deg=_even(start.view_angle_deg, end.view_angle_deg, share),
        parallel_scale=_even(scales[0], scales[1], share) if scales[0] and scales[1] else scales[1],
    )


def turned_about(pose: CameraPose, axis: Vector, angle_deg: float) -> CameraPose:
    """The camera turned about an axis through the point that it looks at; positive angles carry it to its right.

    Parameters
    ----------
    pose
        Where it was.
    axis
        Direction that stays up.
    angle_deg
        Degrees.
    """
    unit = np.array(axis) / np.linalg.norm(axis)
    rotation = Rotation.from_rotvec(np.radians(angle_deg) * unit)
    focal = np.array(pose.focal_point)
    position = focal + rotation.apply(np.array(pose.position) - focal)
    return replace(
        pose,
        position=as_vector(position),
        view_up=as_vector(rotation.apply(np.array(pose.view_up))),
        clipping_range=None,
    )


def moved_pose(pose: CameraPose, target_from_source: NDArray[np.floating]) -> CameraPose:
    """The same camera in another frame, as a link between panels needs it; its clipping fits itself anew.

    Parameters
    ----------
    pose
        In the source frame.
    target_from_source
        (4, 4) rigid float64.
    """
    rotation, shift = target_from_source[:3, :3], target_from_source[:3, 3]
    return replace(
        pose,
        position=as_vector(rotation @ np.array(pose.position) + shift),
        focal_point=as_vector(rotation @ np.array(pose.focal_point) + shift),
        view_up=as_vector(rotation @ np.array(pose.view_up)),
        clipping_range=None,
    )


def _axes(pose: CameraPose) -> FloatArray:
    """Columns: to the right, up and ahead in the picture; left-handed, but the turn between two of them is proper."""
    ahead = np.subtract(pose.focal_point, pose.position)
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, pose.view_up)
    right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(right, ahead), ahead], axis=1)


def _reach(pose: CameraPose) -> float:
    return float(np.linalg.norm(np.subtract(pose.focal_point, pose.position)))


def _even(start: float, end: float, share: float) -> float:
    """Between two positive numbers by equal factors."""
    return float(start ** (1.0 - share) * end**share)
