"""A furnished room as a cloud, a walk through it, and a camera: the input of the occupancy benchmark."""

from __future__ import annotations

import numpy as np

from l3rocc_engine.geometry.intrinsics import Intrinsics

ROOM = np.array([6.0, 2.8, 5.0])
"""Width, height, depth in metres; y is down, the floor at y = 2.8."""


def _furniture(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    boxes = []
    for _ in range(14):
        size = rng.uniform([0.3, 0.3, 0.3], [1.2, 1.1, 1.0])
        low = rng.uniform([0, 0, 0], [1, 0, 1]) * (ROOM - size)
        low[1] = ROOM[1] - size[1]
        if np.hypot(*(low[[0, 2]] + size[[0, 2]] / 2 - ROOM[[0, 2]] / 2)) > 1.4:
            boxes.append((low, size))
    boxes.append((np.array([2.6, 1.9, 2.2]), np.array([0.8, 0.05, 0.7])))
    boxes += [(np.array([x, 1.95, z]), np.array([0.05, 0.85, 0.05])) for x in (2.62, 3.33) for z in (2.22, 2.83)]
    return boxes


def room_points(count: int = 1_500_000, seed: int = 7) -> np.ndarray:
    """(count, 3) float32 points on the walls and on boxes, with 2 mm of noise."""
    rng = np.random.default_rng(seed)
    boxes = [(np.zeros(3), ROOM), *_furniture(rng)]
    faces = []
    for low, size in boxes:
        for axis in range(3):
            others = [a for a in range(3) if a != axis]
            faces += [(low, size, axis, side, np.prod(size[others])) for side in (0.0, 1.0)]
    area = np.array([face[-1] for face in faces])
    counts = rng.multinomial(count, area / area.sum())
    parts = []
    for (low, size, axis, side, _), n in zip(faces, counts, strict=True):
        unit = rng.random((n, 3))
        unit[:, axis] = side
        parts.append(low + unit * size)
    points = np.concatenate(parts) + rng.normal(0, 0.002, (count, 3))
    return rng.permutation(points).astype(np.float32)


def room_walk(count: int = 480) -> np.ndarray:
    """(count, 4, 4) float64 poses: an ellipse at head height, looking about."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    centres = np.stack([3.0 + 1.3 * np.cos(t), 1.25 + 0.05 * np.sin(9 * t), 2.5 + 1.0 * np.sin(t)], axis=-1)
    yaw, pitch = t * 1.5 + 0.3 * np.sin(5 * t), 0.15 + 0.1 * np.sin(3 * t)
    forward = np.stack([np.cos(pitch) * np.sin(yaw), np.sin(pitch), np.cos(pitch) * np.cos(yaw)], axis=-1)
    right = np.cross(np.array([0.0, 1.0, 0.0]), forward)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = np.stack([right, np.cross(forward, right), forward], axis=-1)
    poses[:, :3, 3] = centres
    return poses


def room_rays(width: int = 574, height: int = 434, hfov_deg: float = 75.0) -> np.ndarray:
    """(width * height, 3) float32 pinhole rays."""
    focal = width / 2 / np.tan(np.radians(hfov_deg) / 2)
    camera = Intrinsics(fx_px=focal, fy_px=focal, cx_px=width / 2, cy_px=height / 2, width_px=width, height_px=height)
    return camera.rays_cam().reshape(-1, 3)
