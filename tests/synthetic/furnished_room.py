"""A furnished room of painted boxes and a walk around its table: a run that is pleasant to look at, all computed.

World frame: x and y along the floor, z up, metres. Cameras follow the OpenCV axes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.geometry.intrinsics import Intrinsics, visibility_rays
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy import occupancy_sequence, world_map
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run, RunRecord
from tests.synthetic.picture_source import PictureSource

FloatArray = NDArray[np.float64]
ROOM_SIZE_M = (6.0, 5.0, 2.8)
CAMERA_HEIGHT_M = 1.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-aligned box with a base colour and a pattern."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    color: tuple[int, int, int]
    paint: str = "plain"


FURNITURE = (
    Box(low=(2.4, 1.9, 0.70), high=(3.9, 2.9, 0.75), color=(164, 116, 73), paint="wood"),
    Box(low=(2.45, 1.95, 0.0), high=(2.53, 2.03, 0.70), color=(120, 82, 50)),
    Box(low=(3.77, 1.95, 0.0), high=(3.85, 2.03, 0.70), color=(120, 82, 50)),
    Box(low=(2.45, 2.77, 0.0), high=(2.53, 2.85, 0.70), color=(120, 82, 50)),
    Box(low=(3.77, 2.77, 0.0), high=(3.85, 2.85, 0.70), color=(120, 82, 50)),
    Box(low=(2.9, 2.2, 0.75), high=(3.15, 2.5, 0.95), color=(196, 78, 66)),
    Box(low=(3.35, 2.35, 0.75), high=(3.47, 2.47, 1.02), color=(74, 124, 152)),
    Box(low=(0.05, 1.2, 0.0), high=(0.95, 3.4, 0.45), color=(110, 134, 120), paint="cloth"),
    Box(low=(0.05, 1.2, 0.45), high=(0.30, 3.4, 0.90), color=(96, 120, 108), paint="cloth"),
    Box(low=(5.45, 0.5, 0.0), high=(5.95, 2.0, 2.0), color=(150, 128, 104), paint="shelf"),
    Box(low=(4.9, 4.1, 0.0), high=(5.7, 4.8, 0.62), color=(206, 178, 108), paint="wood"),
    Box(low=(1.6, 4.45, 0.0), high=(3.4, 4.95, 0.85), color=(188, 188, 182), paint="shelf"),
    Box(low=(2.0, 4.55, 0.85), high=(2.9, 4.65, 1.45), color=(54, 60, 72)),
    Box(low=(1.9, 0.35, 0.0), high=(2.35, 0.8, 0.45), color=(186, 118, 96), paint="cloth"),
)


def _wood(u: FloatArray, v: FloatArray) -> FloatArray:
    return 0.92 + 0.10 * np.sin(26 * v + 2.0 * np.sin(5 * u)) * np.cos(3 * u)


def _cloth(u: FloatArray, v: FloatArray) -> FloatArray:
    return 0.94 + 0.08 * ((np.floor(u / 0.12) + np.floor(v / 0.12)) % 2)


def _shelf(u: FloatArray, v: FloatArray) -> FloatArray:
    seam = (np.mod(v, 0.4) < 0.04) | (np.mod(u, 0.5) < 0.03)
    return np.where(seam, 0.6, 0.95 + 0.1 * np.sin(40 * u))


def _planks(u: FloatArray, v: FloatArray) -> FloatArray:
    plank = np.floor(v / 0.14)
    along = u + np.mod(plank * 0.618, 1.0)
    seam = (np.mod(v, 0.14) < 0.008) | (np.mod(along, 1.2) < 0.008)
    return np.where(seam, 0.62, 0.86 + 0.22 * np.mod(plank * 0.754 + np.floor(along / 1.2) * 0.37, 1.0))


def _wall(u: FloatArray, v: FloatArray) -> FloatArray:
    is_picture = (np.abs(u - 1.6) < 0.55) & (np.abs(v - 1.6) < 0.4)
    picture = 0.55 + 0.4 * np.sin(9 * u) * np.sin(11 * v)
    paper = np.where(v < 0.1, 0.72, 1.0) * (0.985 + 0.03 * np.mod(np.floor(u / 0.25), 2))
    return np.where(is_picture, picture, paper)


PAINTS = {
    "plain": lambda u, _v: np.ones_like(u),
    "wood": _wood,
    "cloth": _cloth,
    "shelf": _shelf,
    "planks": _planks,
    "wall": _wall,
}


def _face(box: Box, axis: int, at: float, spacing_m: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    first, second = (a for a in range(3) if a != axis)
    us = np.arange(box.low[first] + spacing_m / 2, box.high[first], spacing_m)
    vs = np.arange(box.low[second] + spacing_m / 2, box.high[second], spacing_m)
    u, v = (grid.ravel() for grid in np.meshgrid(us, vs, indexing="ij"))
    points = np.empty((len(u), 3))
    points[:, first], points[:, second], points[:, axis] = u, v, at
    points += rng.normal(0.0, 0.003, points.shape)
    light = (0.90, 0.82, 1.0)[axis]
    shade = PAINTS[box.paint](u, v) * light * rng.normal(1.0, 0.015, len(u))
    return points, np.clip(np.asarray(box.color) * shade[:, None], 0, 255)


def room_surface(spacing_m: float = 0.02, *, seed: int = 7) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Points (N, 3) float32 and colours (N, 3) uint8 on every face of room and furniture; there is no ceiling."""
    rng = np.random.default_rng(seed)
    x, y, z = ROOM_SIZE_M
    floor = Box(low=(0, 0, 0), high=(x, y, z), color=(176, 140, 100), paint="planks")
    walls = Box(low=(0, 0, 0), high=(x, y, z), color=(226, 218, 204), paint="wall")
    faces = [(floor, 2, 0.0), (walls, 0, 0.0), (walls, 0, x), (walls, 1, 0.0), (walls, 1, y)]
    faces += [(box, axis, at[axis]) for box in FURNITURE for axis in range(3) for at in (box.low, box.high)]
    parts = [_face(box, axis, at, spacing_m, rng) for box, axis, at in faces]
    points = np.concatenate([part for part, _ in parts]).astype(np.float32)
    return points, np.concatenate([colors for _, colors in parts]).astype(np.uint8)


def look_at(eye: FloatArray, target: FloatArray) -> FloatArray:
    """``world_from_cam`` (4, 4) of an upright camera at ``eye`` that looks at ``target``."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    pose[:3, 3] = eye
    return pose


def walk(num_frames: int = 120, *, fps: float = 30.0) -> Trajectory:
    """A calm arc around the table, eyes on it, with the bob of a step."""
    s = np.linspace(0.0, 1.0, num_frames)
    angle = np.radians(-115 + 205 * s)
    bob = 0.02 * np.sin(2 * np.pi * 6 * s)
    eyes = np.stack([3.05 + 1.9 * np.cos(angle), 2.4 + 1.65 * np.sin(angle), CAMERA_HEIGHT_M + bob], axis=1)
    targets = np.stack([3.1 - 0.5 * np.cos(angle), 2.4 - 0.5 * np.sin(angle), np.full(num_frames, 0.75)], axis=1)
    return Trajectory(
        world_from_cam=np.stack([look_at(eye, target) for eye, target in zip(eyes, targets, strict=True)]),
        timestamps_s=np.arange(num_frames) / fps,
        is_interpolated=np.zeros(num_frames, dtype=bool),
    )


def room_intrinsics(width_px: int = 640, height_px: int = 480) -> Intrinsics:
    """A camera of 75 degrees of horizontal view."""
    focal = width_px / 2 / np.tan(np.radians(75.0) / 2)
    return Intrinsics(
        fx_px=focal, fy_px=focal, cx_px=width_px / 2, cy_px=height_px / 2, width_px=width_px, height_px=height_px
    )


def splat(
    points_world: NDArray[np.floating], world_from_cam: FloatArray, camera: Intrinsics
) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Nearest point of each pixel (H, W) int64 (-1 where none), each point's pixel (N,) (-1 outside), depths (N,)."""
    cam = transform(invert(world_from_cam), points_world)
    depth = cam[:, 2]
    z = np.maximum(depth, 1e-6)
    u = np.floor(cam[:, 0] / z * camera.fx_px + camera.cx_px).astype(np.int64)
    v = np.floor(cam[:, 1] / z * camera.fy_px + camera.cy_px).astype(np.int64)
    inside = (depth > 0.05) & (u >= 0) & (u < camera.width_px) & (v >= 0) & (v < camera.height_px)
    pixel = np.where(inside, v * camera.width_px + u, -1)
    order = np.flatnonzero(inside)
    order = order[np.argsort(-depth[order])]
    nearest = np.full(camera.width_px * camera.height_px, -1, dtype=np.int64)
    nearest[pixel[order]] = order
    return nearest.reshape(camera.height_px, camera.width_px), pixel, depth


def room_cloud(trajectory: Trajectory, *, spacing_m: float = 0.02, interval: int = 10) -> PointCloud:
    """The part of the room that the walk sees, with the keyframe that saw each point first."""
    points, colors = room_surface(spacing_m)
    first = np.full(len(points), -1, dtype=np.int32)
    for frame_idx in range(0, trajectory.num_frames, interval):
        nearest, pixel, depth = splat(points, trajectory.world_from_cam[frame_idx], room_intrinsics(160, 120))
        front = np.where(nearest.ravel() >= 0, depth[nearest.ravel()], np.inf)
        is_seen = (pixel >= 0) & (depth < front[pixel] + 0.08)
        first[is_seen & (first < 0)] = frame_idx
    kept = first >= 0
    return PointCloud(
        points_world=points[kept],
        colors=colors[kept],
        confidence=np.ones(int(kept.sum()), dtype=np.float32),
        first_frame=first[kept],
    )


def room_picture(
    points_world: NDArray[np.floating], colors: NDArray[np.uint8], world_from_cam: FloatArray, camera: Intrinsics
) -> NDArray[np.uint8]:
    """What the camera sees, (H, W, 3) uint8: splatted at a third of the size, gaps filled from above, enlarged."""
    small = camera.scaled_to(camera.width_px // 3, camera.height_px // 3)
    nearest, _, _ = splat(points_world, world_from_cam, small)
    for _ in range(8):
        gap = nearest < 0
        nearest[gap] = np.roll(nearest, 1, axis=0)[gap]
    picture = np.where(nearest[..., None] >= 0, colors[np.maximum(nearest, 0)], np.uint8(230)).astype(np.uint8)
    rows = np.arange(camera.height_px) * small.height_px // camera.height_px
    cols = np.arange(camera.width_px) * small.width_px // camera.width_px
    return picture[rows[:, None], cols[None, :]]


def furnished_run(num_frames: int = 120, *, voxel_size_m: float = 0.02, width_px: int = 640, fps: float = 30.0) -> Run:
    """A finished run of the walk with exact occupancy; pictures are ``width_px`` wide, 4:3."""
    config = PipelineConfig(voxel_size=voxel_size_m, history_len=10, history_step=4)
    trajectory, intrinsics = walk(num_frames, fps=fps), room_intrinsics(width_px, width_px * 3 // 4)
    surface = room_surface(voxel_size_m / 2)
    pictures = [room_picture(*surface, pose, intrinsics) for pose in trajectory.world_from_cam]
    occupancy = occupancy_sequence(
        surface[0], trajectory.world_from_cam, visibility_rays(intrinsics, 60_000), config.grid
    )
    return Run(
        source=PictureSource(Path("furnished_room.mp4"), pictures, fps),
        config=config,
        trajectory=trajectory,
        intrinsics=intrinsics,
        scale=Scale(method=ScaleMethod.GROUND_TRUTH),
        cloud=room_cloud(trajectory, spacing_m=voxel_size_m),
        occupancy=occupancy,
        world=world_map(occupancy),
        record=RunRecord(backend="builtin", reason="computed", keyframes=tuple(range(0, num_frames, 10))),
        world_up=(0.0, 0.0, 1.0),
    )
