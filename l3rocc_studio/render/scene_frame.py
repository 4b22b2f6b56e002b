"""A scene measured once, for all views that are fitted to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.render.hull import cross, hull_corners

FloatArray = NDArray[np.float64]

FIT_SAMPLE = 20_000
BODY_SHARE, STRAY_FACTOR = 0.9, 1.5
"""What is farther from the middle than so many times the reach of most points is a stray, however many there are."""
STRAY_CELLS, STRAY_COMPANY = 8, 0.25
"""So is what has so little company in its cell, against the mean; most points reach over so many cells."""
SIGHT_POSES, SIGHT_SAMPLE = 12, 4_000
SIGHT_COS = np.cos(np.radians(35.0))
"""Points this near to a camera's line of sight say how far away the things are that it looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFrame:
    """What the views need to know of a scene.

    Attributes
    ----------
    points
        (N, 3) sample of the cloud without strays, world.
    outline
        (H, 3) some of the points; what shows these shows all.
    centres
        (T, 3) camera centres, world.
    up
        (3,) unit vector against gravity.
    heading
        (3,) unit vector across ``up``, where the camera looked on the whole.
    radius
        Half the diagonal of what matters.
    low, high
        (3,) corners of the box around everything, strays too.
    sight
        Distance from the cameras to the middle of what they see, 0 where they see nothing.
    beside
        (M, 3) what has to be in the picture as well, world.
    """

    points: FloatArray
    outline: FloatArray
    centres: FloatArray
    up: FloatArray
    heading: FloatArray
    radius: float
    low: FloatArray
    high: FloatArray
    sight: float = 0.0
    beside: FloatArray = field(default_factory=lambda: np.zeros((0, 3)))


def unit(vector: FloatArray) -> FloatArray:
    """The direction of a vector (3,), of length one."""
    direction: FloatArray = vector / np.linalg.norm(vector)
    return direction


def across(vector: FloatArray, up: FloatArray) -> FloatArray:
    """The part of a vector (3,) across ``up``, of unit length; any such direction if there is none."""
    flat = vector - up * (vector @ up)
    if np.linalg.norm(flat) < 1e-6:
        flat = cross(up, np.eye(3)[np.abs(up).argmin()])
    return unit(flat)


def measure_scene(
    points_world: NDArray[np.floating],
    trajectory: Trajectory,
    world_up: tuple[float, float, float] | None,
    *,
    has_hull: bool = True,
) -> SceneFrame:
    """Look at a scene once, for all views of it.

    Parameters
    ----------
    points_world
        (N, 3) cloud; may be empty.
    trajectory
        Poses in the same world.
    world_up
        Against gravity, where known; else the cameras' mean up is taken.
    has_hull
        Whether the outermost points are found, which is worth its time where many views are fitted.
    """
    poses = trajectory.world_from_cam
    up = np.asarray(world_up, dtype=np.float64) if world_up is not None else -poses[:, :3, 1].mean(axis=0)
    up = unit(up) if np.linalg.norm(up) > 1e-6 else np.array([0.0, 0.0, 1.0])
    heading = across(poses[:, :3, 2].mean(axis=0), up)
    centres = trajectory.centres_world
    sample = np.asarray(points_world[:: max(1, len(points_world) // FIT_SAMPLE)], dtype=np.float64)
    points = _without_strays(sample)
    radius = float(np.linalg.norm(np.ptp(np.concatenate([points, centres]), axis=0)) / 2)
    ends = centres
    if len(points_world):
        ends = np.vstack([centres, points_world.min(axis=0), points_world.max(axis=0)])
    return SceneFrame(
        points=points,
        outline=hull_corners(points) if has_hull else points,
        centres=centres,
        up=up,
        heading=heading,
        radius=radius or 1.0,
        low=ends.min(axis=0),
        high=ends.max(axis=0),
        sight=_sight(points[:: max(1, len(points) // SIGHT_SAMPLE)], poses),
    )


def _without_strays(points: FloatArray) -> FloatArray:
    """What a fitted view must show, up to the end of every surface; loose points do not count."""
    if len(points) < 20:
        return points
    distance = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    body = np.quantile(distance, BODY_SHARE)
    near = points[distance <= STRAY_FACTOR * body]
    cell = np.floor((near - near.min(axis=0)) * (STRAY_CELLS / max(body, 1e-12))).astype(np.int64)
    key = np.ravel_multi_index(tuple(cell.T), tuple(cell.max(axis=0) + 1))
    _, cell_of, company = np.unique(key, return_inverse=True, return_counts=True)
    return near[company[cell_of] >= STRAY_COMPANY * company.mean()]


def _sight(points: FloatArray, poses: FloatArray) -> float:
    """Median distance to what lies about the line of sight, of some cameras."""
    some = poses[np.unique(np.linspace(0, len(poses) - 1, SIGHT_POSES).astype(int))]
    away = points - some[:, None, :3, 3]
    distance = np.linalg.norm(away, axis=2)
    ahead = np.einsum("tpi,ti->tp", away, some[:, :3, 2])
    seen = distance[ahead > SIGHT_COS * distance]
    return float(np.median(seen)) if len(seen) else 0.0
