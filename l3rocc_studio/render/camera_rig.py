"""Views fitted to the scene: no number in them was typed by hand for one scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.model.view import CameraPose, ViewKind, as_vector
from l3rocc_studio.render.hull import cross
from l3rocc_studio.render.scene_frame import SceneFrame, across, unit

FloatArray = NDArray[np.float64]

VIEW_ANGLE_DEG = 35.0
GODS_EYE_ELEVATION_DEG = 42.0
BEHIND_ELEVATION_DEG = 17.0
TURNS_DEG = (0.0, 12.0, -12.0, 24.0, -24.0, 36.0, -36.0, 48.0, -48.0, 60.0, -60.0)
FILL_RASTER, FILL_SAMPLE = 24, 4_000
FOLLOW_ANGLE_DEG = 45.0


def _fit(
    scene: SceneFrame, forward: FloatArray, *, aspect: float, margin: float = 1.08, up: FloatArray | None = None
) -> CameraPose:
    """Stand as near as possible, looking along ``forward``, so that scene and path are in the picture.

    ``up`` points upward in the picture; it is the scene's unless one looks straight up or down.
    """
    up = scene.up if up is None else up
    position = _stand(scene, _axes(forward, up), aspect=aspect, margin=margin)
    seen = np.concatenate([scene.points, scene.centres, scene.beside])
    reach = max(float(np.median(seen @ forward) - position @ forward), 1e-3 * scene.radius)
    return CameraPose(
        position=as_vector(position),
        focal_point=as_vector(position + forward * reach),
        view_up=as_vector(up),
        view_angle_deg=VIEW_ANGLE_DEG,
    )


def _axes(forward: FloatArray, up: FloatArray) -> FloatArray:
    """Directions to the right, upward and ahead as rows."""
    right = unit(cross(forward, up))
    return np.stack([right, cross(right, forward), forward])


def _stand(scene: SceneFrame, axes: FloatArray, *, aspect: float, margin: float = 1.08) -> FloatArray:
    """Where the camera must stand."""
    seen = np.concatenate([scene.outline, scene.centres, scene.beside]) @ axes.T
    tan_y = np.tan(np.radians(VIEW_ANGLE_DEG / 2)) / margin
    tan_x = tan_y * aspect
    eye = np.empty(3)
    depths = []
    for axis, tan in ((0, tan_x), (1, tan_y)):
        # The lines of sight to the outermost points on both sides meet where the camera must stand.
        high = np.max(seen[:, axis] - tan * seen[:, 2])
        low = np.max(-seen[:, axis] - tan * seen[:, 2])
        eye[axis] = (high - low) / 2
        depths.append(-(high + low) / (2 * tan))
    eye[2] = min(depths)
    position: FloatArray = eye @ axes
    return position


def gods_eye(scene: SceneFrame, *, aspect: float) -> CameraPose:
    """From behind and above, everything in the picture, turned aside as far as fills the picture best.

    Parameters
    ----------
    scene
        What to show.
    aspect
        Width of the picture over its height.
    """
    return from_above(scene, best_turn_deg(scene, aspect=aspect), aspect=aspect)


def from_above(scene: SceneFrame, turn_deg: float, *, aspect: float) -> CameraPose:
    """From behind and above, everything in the picture, turned aside about the vertical."""
    return _fit(scene, _downward(scene, turn_deg), aspect=aspect)


def best_turn_deg(scene: SceneFrame, *, aspect: float) -> float:
    """How far God's eye turns aside so that the scene fills the picture."""
    points = scene.points[:: max(1, len(scene.points) // FILL_SAMPLE)]
    # Straight from behind is easiest to read, so turning aside has to pay.
    worth = [
        _filled_share(scene, points, _axes(_downward(scene, turn_deg), scene.up), aspect)
        * (0.7 + 0.3 * np.cos(np.radians(turn_deg)))
        for turn_deg in TURNS_DEG
    ]
    return TURNS_DEG[int(np.argmax(worth))]


def _downward(scene: SceneFrame, turn_deg: float) -> FloatArray:
    """The direction of a look from above, turned about the vertical away from the heading."""
    elevation, turn = np.radians((GODS_EYE_ELEVATION_DEG, turn_deg))
    ahead = np.cos(turn) * scene.heading + np.sin(turn) * cross(scene.up, scene.heading)
    downward: FloatArray = np.cos(elevation) * ahead - np.sin(elevation) * scene.up
    return downward


def _filled_share(scene: SceneFrame, points: FloatArray, axes: FloatArray, aspect: float) -> float:
    """Share of a coarsely rastered picture, fitted along some axes, that a sample of the cloud covers."""
    if len(points) == 0:
        return 0.0
    column, row, depth = axes @ (points - _stand(scene, axes, aspect=aspect)).T
    tan = np.tan(np.radians(VIEW_ANGLE_DEG / 2))
    place = np.floor((np.stack([column / aspect, row]) / (depth * tan) + 1.0) * (FILL_RASTER / 2))
    # Everything is in the picture of a fitted pose; a rounding may put a point on its very edge.
    column, row = np.clip(place, 0, FILL_RASTER - 1).astype(np.intp)
    covered = np.zeros((FILL_RASTER, FILL_RASTER), dtype=bool)
    covered[row, column] = True
    return float(covered.mean())


def top(scene: SceneFrame, *, aspect: float) -> CameraPose:
    """Almost straight from above, the heading upward in the picture."""
    elevation = np.radians(89.0)
    return _fit(scene, np.cos(elevation) * scene.heading - np.sin(elevation) * scene.up, aspect=aspect)


def front(scene: SceneFrame, *, aspect: float) -> CameraPose:
    """Level, the way the camera looked on the whole, from far enough behind."""
    return _fit(scene, scene.heading, aspect=aspect)


def side(scene: SceneFrame, *, aspect: float) -> CameraPose:
    """Level, across the heading, from its right."""
    return _fit(scene, cross(scene.up, scene.heading), aspect=aspect)


def follow(scene: SceneFrame, trajectory: Trajectory, frame_idx: int) -> CameraPose:
    """Behind and above the moving camera, calmed over a second of frames, it and what it looks at in the picture."""
    window = max(1, int(np.searchsorted(trajectory.timestamps_s, trajectory.timestamps_s[0] + 1.0)))
    nearby = slice(max(0, frame_idx - window), frame_idx + window + 1)
    poses = trajectory.world_from_cam[nearby]
    weight = np.hanning(2 * window + 3)[1:-1]
    weight = weight[max(0, window - frame_idx) :][: len(poses)]
    weight = weight / weight.sum()
    centre, look = weight @ poses[:, :3, 3], weight @ poses[:, :3, 2]
    heading = across(look, scene.up)
    distance = 0.55 * scene.radius
    position = centre - distance * heading + 0.55 * distance * scene.up
    # Halfway between the camera and what it looks at, neither is lost, however far away and deep below that is.
    target = centre + max(scene.sight, distance) * look
    ahead = unit(unit(centre - position) + unit(target - position))
    return CameraPose(
        position=as_vector(position),
        focal_point=as_vector(position + 1.5 * distance * ahead),
        view_up=as_vector(scene.up),
        view_angle_deg=FOLLOW_ANGLE_DEG,
    )


def first_person(trajectory: Trajectory, intrinsics: Intrinsics, frame_idx: int) -> CameraPose:
    """Exactly the recording camera's place and vertical angle of view."""
    pose = trajectory.world_from_cam[frame_idx]
    angle = np.degrees(2 * np.arctan(intrinsics.height_px / (2 * intrinsics.fy_px)))
    return CameraPose(
        position=as_vector(pose[:3, 3]),
        focal_point=as_vector(pose[:3, 3] + pose[:3, 2]),
        view_up=as_vector(-pose[:3, 1]),
        view_angle_deg=float(angle),
    )


def box_corners(low: FloatArray, high: FloatArray) -> FloatArray:
    """All eight corners of a box, (8, 3), the lowest first and the highest last."""
    picks = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
    return np.where(picks, high, low)


def behind_camera(low: NDArray[np.floating], high: NDArray[np.floating], *, aspect: float) -> CameraPose:
    """From behind the recording camera and a little above, along +z, a box and the camera in the picture.

    Parameters
    ----------
    low, high
        (3,) corners of the box to show, camera frame.
    aspect
        Width of the picture over its height.
    """
    scene = _box_scene(low, high)
    elevation = np.radians(BEHIND_ELEVATION_DEG)
    return _fit(scene, np.cos(elevation) * scene.heading - np.sin(elevation) * scene.up, aspect=aspect)


def box_view(low: NDArray[np.floating], high: NDArray[np.floating], kind: ViewKind, *, aspect: float) -> CameraPose:
    """A box in the camera frame, and the camera, straight from behind, from the right, or from above; else obliquely.

    Parameters
    ----------
    low, high
        (3,) corners of the box to show, camera frame.
    kind
        FRONT, SIDE and TOP; anything else is as :func:`behind_camera`.
    aspect
        Width of the picture over its height.
    """
    scene = _box_scene(low, high)
    if kind is ViewKind.FRONT:
        return front(scene, aspect=aspect)
    if kind is ViewKind.SIDE:
        return side(scene, aspect=aspect)
    if kind is ViewKind.TOP:
        return _fit(scene, -scene.up, aspect=aspect, up=scene.heading)
    return behind_camera(low, high, aspect=aspect)


def _box_scene(low: NDArray[np.floating], high: NDArray[np.floating]) -> SceneFrame:
    """A box in the camera frame and the camera as a scene."""
    corners = box_corners(np.asarray(low), np.asarray(high))
    up, heading = np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    size = float(np.ptp(corners, axis=0).max())
    camera = np.zeros((1, 3)) - 0.05 * size * heading
    return SceneFrame(
        points=corners,
        outline=corners,
        centres=camera,
        up=up,
        heading=heading,
        radius=size,
        low=corners[0],
        high=corners[-1],
    )
