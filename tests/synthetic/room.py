"""A furnished room made of boxes with painted faces: a cloud to look at and a walk through it, all analytic.

World frame: x and y along the floor, z up, metres. Cameras follow the OpenCV axes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.geometry.trajectory import Trajectory

FloatArray = NDArray[np.float64]
ROOM_SIZE_M = (6.0, 5.0, 2.8)
CAMERA_HEIGHT_M = 1.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-aligned box with a base colour; ``inward`` boxes are seen from inside."""

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
    Box(low=(2.0, 4.55, 0.85), high=(2.9, 4.65, 1.45), color=(34, 38, 46)),
    Box(low=(1.9, 0.35, 0.0), high=(2.35, 0.8, 0.45), color=(186, 118, 96), paint="cloth"),
)


def _checker(u: FloatArray, v: FloatArray, cell: float) -> FloatArray:
    return ((np.floor(u / cell) + np.floor(v / cell)) % 2).astype(float)


def _paint(kind: str, u: FloatArray, v: FloatArray) -> FloatArray:
    """Brightness factor of a face at (u, v) metres."""
    if kind == "wood":
        return 0.92 + 0.10 * np.sin(26 * v + 2.0 * np.sin(5 * u)) * np.cos(3 * u)
    if kind == "cloth":
        return 0.94 + 0.08 * _checker(u, v, 0.12)
    if kind == "shelf":
        return np.where((np.mod(v, 0.4) < 0.04) | (np.mod(u, 0.5) < 0.03), 0.6, 0.95 + 0.1 * np.sin(40 * u))
    if kind == "planks":
        plank = np.floor(v / 0.14)
        shift = np.mod(plank * 0.618, 1.0)
        seam = (np.mod(v, 0.14) < 0.008) | (np.mod(u + shift, 1.2) < 0.008)
        return np.where(seam, 0.62, 0.86 + 0.22 * np.mod(plank * 0.754 + np.floor((u + shift) / 1.2) * 0.37, 1.0))
    if kind == "wall":
        frame = (np.abs(u - 1.6) < 0.55) & (np.abs(v - 1.6) < 0.4)
        picture = 0.55 + 0.4 * np.sin(9 * u) * np.sin(11 * v)
        skirting = np.where(v < 0.1, 0.72, 1.0)
        return np.where(frame, picture, skirting * (0.985 + 0.03 * np.mod(np.floor(u / 0.25), 2)))
    return np.ones_like(u)


def _face(axis: int, at: float, box: Box, spacing: float, rng: np.random.Generator, paint: str) -> tuple:
    first, second = [a for a in range(3) if a != axis]
    low, high = np.asarray(box.low), np.asarray(box.high)
    us = np.arange(low[first] + spacing / 2, high[first], spacing)
    vs = np.arange(low[second] + spacing / 2, high[second], spacing)
    u, v = (grid.ravel() for grid in np.meshgrid(us, vs, indexing="ij"))
    points = np.empty((len(u), 3))
    points[:, first], points[:, second], points[:, axis] = u, v, at
    points += rng.normal(0.0, 0.003, points.shape)
    light = {0: 0.90, 1: 0.82, 2: 1.0}[axis]
    shade = (_paint(paint, u, v) * light * rng.normal(1.0, 0.015, len(u)))[:, None]
    return points, np.clip(np.asarray(box.color) * shade, 0, 255)


def room_surface(spacing_m: float = 0.02, *, seed: int = 7) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Points (N, 3) float32 and colours (N, 3) uint8 on every face of room and furniture."""
    rng = np.random.default_rng(seed)
    x, y, z = ROOM_SIZE_M
    shell = Box(low=(0, 0, 0), high=(x, y, z), color=(226, 218, 204))
    floor = Box(low=(0, 0, 0), high=(x, y, z), color=(176, 140, 100))
    parts = [_face(2, 0.0, floor, spacing_m, rng, "planks")]
    parts += [_face(axis, at, shell, spacing_m, rng, "wall") for axis, at in ((0, 0.0), (0, x), (1, 0.0), (1, y))]
    for box in FURNITURE:
        for axis in range(3):
            for at in (box.low[axis], box.high[axis]):
                parts.append(_face(axis, at, box, spacing_m, rng, box.paint))
    points = np.concatenate([p for p, _ in parts]).astype(np.float32)
    colors = np.concatenate([c for _, c in parts]).astype(np.uint8)
    return points, colors


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
    eyes = np.stack(
        [
            3.05 + 1.9 * np.cos(angle),
            2.4 + 1.65 * np.sin(angle),
            CAMERA_HEIGHT_M + 0.02 * np.sin(2 * np.pi * 6 * s),
        ],
        axis=1,
    )
    targets = np.stack([3.1 - 0.5 * np.cos(angle), 2.4 - 0.5 * np.sin(angle), np.full(num_frames, 0.75)], axis=1)
    poses = np.stack([look_at(eye, target) for eye, target in zip(eyes, targets, strict=True)])
    return Trajectory(
        world_from_cam=poses,
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
) -> tuple[NDArray[np.int32], FloatArray]:
    """Index of the nearest point (H, W) int32 (-1 where none) and its depth, each point one pixel."""
    cam = transform(invert(world_from_cam), points_world)
    ahead = np.flatnonzero(cam[:, 2] > 0.05)
    z = cam[ahead, 2]
    u = np.floor(cam[ahead, 0] / z * camera.fx_px + camera.cx_px).astype(np.int64)
    v = np.floor(cam[ahead, 1] / z * camera.fy_px + camera.cy_px).astype(np.int64)
    inside = (u >= 0) & (u < camera.width_px) & (v >= 0) & (v < camera.height_px)
    order = np.argsort(-z[inside])
    pixel = (v * camera.width_px + u)[inside][order]
    index = np.full(camera.width_px * camera.height_px, -1, dtype=np.int32)
    depth = np.full(index.shape, np.inf)
    index[pixel] = ahead[inside][order]
    depth[pixel] = z[inside][order]
    shape = (camera.height_px, camera.width_px)
    return index.reshape(shape), depth.reshape(shape)


def room_cloud(trajectory: Trajectory, *, spacing_m: float = 0.02, interval: int = 10) -> PointCloud:
    """The part of the room that the walk sees, with the keyframe that saw each point first."""
    points, colors = room_surface(spacing_m)
    camera = room_intrinsics(160, 120)
    first = np.full(len(points), -1, dtype=np.int32)
    for frame_idx in range(0, trajectory.num_frames, interval):
        world_from_cam = trajectory.world_from_cam[frame_idx]
        _, depth = splat(points, world_from_cam, camera)
        cam = transform(invert(world_from_cam), points)
        z = np.maximum(cam[:, 2], 1e-6)
        u = np.floor(cam[:, 0] / z * camera.fx_px + camera.cx_px).astype(np.int64)
        v = np.floor(cam[:, 1] / z * camera.fy_px + camera.cy_px).astype(np.int64)
        seen = (cam[:, 2] > 0.05) & (u >= 0) & (u < camera.width_px) & (v >= 0) & (v < camera.height_px)
        seen[seen] = z[seen] < depth[v[seen], u[seen]] + 0.08
        first[seen & (first < 0)] = frame_idx
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
    """What the camera sees, (H, W, 3) uint8: a splat on a third of the size, holes filled from above, enlarged."""
    small = camera.scaled_to(camera.width_px // 3, camera.height_px // 3)
    index, _ = splat(points_world, world_from_cam, small)
    for _ in range(8):
        hole = index < 0
        index[hole] = np.roll(index, 1, axis=0)[hole]
    picture = np.where(index[..., None] >= 0, colors[np.maximum(index, 0)], np.uint8(230)).astype(np.uint8)
    rows = np.arange(camera.height_px) * small.height_px // camera.height_px
    cols = np.arange(camera.width_px) * small.width_px // camera.width_px
    return picture[rows[:, None], cols[None, :]]
