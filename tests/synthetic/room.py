"""A small furnished room whose pictures and depth are computed, so that everything about it is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics

ROOM = (np.array([-2.0, -1.2, -2.0]), np.array([2.0, 1.2, 2.0]))
"""Lower and upper corner; y points down, so the floor is at y = 1.2."""
BOXES = (
    (np.array([0.3, 0.4, 0.6]), np.array([0.9, 1.2, 1.3])),
    (np.array([-1.3, -0.2, 1.0]), np.array([-0.8, 1.2, 1.6])),
)
UP = (0.0, -1.0, 0.0)
WALL_COLORS = np.array(
    [[178, 92, 70], [84, 120, 160], [196, 178, 130], [120, 140, 96], [150, 110, 150], [96, 150, 150]]
)
BOX_COLORS = np.array([[210, 160, 40], [60, 80, 120]])


def camera_path(num_frames: int) -> NDArray[np.float64]:
    """A walk along an arc that looks around: world_from_cam (T, 4, 4)."""
    phase = np.linspace(0.0, 1.0, num_frames)
    yaw = np.radians(-20.0 + 40.0 * phase)
    poses = np.tile(np.eye(4), (num_frames, 1, 1))
    poses[:, 0, 0], poses[:, 0, 2] = np.cos(yaw), np.sin(yaw)
    poses[:, 2, 0], poses[:, 2, 2] = -np.sin(yaw), np.cos(yaw)
    poses[:, 0, 3] = -0.5 + phase
    poses[:, 1, 3] = 0.05 * np.sin(2 * np.pi * phase)
    poses[:, 2, 3] = -1.4 + 0.8 * phase
    return poses


def render(
    intrinsics: Intrinsics, world_from_cam: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """One picture (H, W, 3) uint8 and its depth along z (H, W), by intersecting every pixel's ray with every box."""
    rays_world = intrinsics.rays_cam().astype(np.float64) @ world_from_cam[:3, :3].T
    centre = world_from_cam[:3, 3]
    with np.errstate(divide="ignore"):
        depth, side = _exit_of_room(centre, rays_world)
        color = WALL_COLORS[side]
        for box, box_color in zip(BOXES, BOX_COLORS, strict=True):
            hit, face = _entry_of_box(box, centre, rays_world)
            nearer = hit < depth
            depth = np.where(nearer, hit, depth)
            color = np.where(nearer[..., None], box_color * (1.0 - 0.15 * face[..., None]), color)
    points = centre + rays_world * depth[..., None]
    return _textured(points, color), depth


def _exit_of_room(centre: NDArray[np.float64], rays: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
    """Distance to the wall a ray ends on, and which of the six it is."""
    ends = np.where(rays > 0, (ROOM[1] - centre) / rays, (ROOM[0] - centre) / rays)
    axis = np.argmin(ends, axis=-1)
    is_upper = np.take_along_axis(rays > 0, axis[..., None], axis=-1)[..., 0]
    return ends.min(axis=-1), 2 * axis + is_upper


def _entry_of_box(box: tuple[NDArray, NDArray], centre: NDArray, rays: NDArray) -> tuple[NDArray, NDArray]:
    """Distance to where a ray enters a box (infinite if it does not), and the axis of the face."""
    a, b = (box[0] - centre) / rays, (box[1] - centre) / rays
    enter, leave = np.minimum(a, b), np.maximum(a, b)
    first, last = enter.max(axis=-1), leave.min(axis=-1)
    return np.where((first < last) & (first > 0), first, np.inf), np.argmax(enter, axis=-1)


def _textured(points: NDArray[np.float64], color: NDArray) -> NDArray[np.uint8]:
    """Tiles of 0.4 with soft blotches."""
    tiles = (np.floor(points / 0.4 + 1e-6).sum(axis=-1) % 2)[..., None]
    blotches = np.sin(points * (7.0, 11.0, 13.0)).sum(axis=-1)[..., None]
    return np.clip(color * (0.75 + 0.25 * tiles) + 8.0 * blotches, 0, 255).astype(np.uint8)
