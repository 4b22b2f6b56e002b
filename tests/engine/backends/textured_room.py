"""Clips of a room with textured walls and boxes, ray cast with numpy: exact poses, camera and depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from l3rocc_engine.frames.source import KnownCameras
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory
from tests.synthetic.picture_source import PictureSource

CAMERA = Intrinsics(fx_px=170.0, fy_px=170.0, cx_px=104.0, cy_px=78.0, width_px=208, height_px=156)
ROOM = ((-3.0, -1.5, -2.5), (3.0, 1.5, 4.0))
BOXES = (
    ((-1.6, 0.2, 1.4), (-0.7, 1.5, 2.2)),
    ((0.6, 0.6, 0.9), (1.5, 1.5, 1.6)),
    ((-0.2, -1.2, 2.6), (0.5, -0.4, 3.2)),
)
Texture = NDArray[np.float32]
PIXELS_PER_M = 110


@lru_cache(maxsize=16)
def noise_texture(seed: int, size: int = 1024) -> Texture:
    """Blobs of many sizes, (size, size, 3) float32."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size, size, 3), np.float32)
    for cells in (8, 24, 72, 216):
        coarse = rng.normal(size=(cells, cells, 3)).astype(np.float32)
        total += cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    tint = rng.uniform(90, 170, size=3).astype(np.float32)
    return np.clip(tint + 28.0 * total, 0, 255)


def cast_room(
    world_from_cam: NDArray[np.float64],
    camera: Intrinsics = CAMERA,
    *,
    texture: Callable[[int], Texture] = noise_texture,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Picture (H, W, 3) uint8 and depth along z (H, W) float32."""
    rays = camera.rays_cam().reshape(-1, 3).astype(np.float64) @ world_from_cam[:3, :3].T
    eye = world_from_cam[:3, 3]
    nearest = np.full(len(rays), np.inf)
    colors = np.zeros((len(rays), 3), np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        for number, (low, high) in enumerate((ROOM, *BOXES)):
            to_low, to_high = (np.asarray(low) - eye) / rays, (np.asarray(high) - eye) / rays
            enter, leave = np.minimum(to_low, to_high), np.maximum(to_low, to_high)
            is_room = number == 0
            distance = leave.min(axis=1) if is_room else enter.max(axis=1)
            axis = leave.argmin(axis=1) if is_room else enter.argmax(axis=1)
            hits = is_room | ((distance > 0) & (distance < leave.min(axis=1)))
            hits = hits & (distance < nearest)
            nearest[hits] = distance[hits]
            _paint(colors, hits, axis, eye + distance[:, None] * rays, rays, number, texture)
    shape = (camera.height_px, camera.width_px)
    return np.clip(colors.reshape(*shape, 3) + 0.5, 0, 255).astype(np.uint8), nearest.reshape(shape).astype(np.float32)


def _paint(
    colors: NDArray[np.float32],
    hits: NDArray[np.bool_],
    axis: NDArray[np.int64],
    points: NDArray[np.float64],
    rays: NDArray[np.float64],
    number: int,
    texture: Callable[[int], Texture],
) -> None:
    for along in range(3):
        for side in (False, True):
            rows = np.flatnonzero(hits & (axis == along) & ((rays[:, along] > 0) == side))
            if len(rows):
                sheet = texture(6 * number + 2 * along + side)
                uv = np.delete(points[rows], along, axis=1).astype(np.float32) * PIXELS_PER_M % (sheet.shape[0] - 1)
                colors[rows] = _sample(sheet, uv)


def _sample(sheet: Texture, uv: NDArray[np.float32]) -> Texture:
    parts = [uv[start : start + 32000] for start in range(0, len(uv), 32000)]
    return np.concatenate([cv2.remap(sheet, p[None, :, 0], p[None, :, 1], cv2.INTER_LINEAR)[0] for p in parts])


def look(
    eye: Sequence[float], yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0
) -> NDArray[np.float64]:
    """World-from-camera pose; the world has the camera's axes at zero angles."""
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("yxz", [yaw_deg, pitch_deg, roll_deg], degrees=True).as_matrix()
    pose[:3, 3] = eye
    return pose


def walk(num_frames: int, *, shake: float = 0.0) -> NDArray[np.float64]:
    """A gentle arc through the room, (T, 4, 4); ``shake`` adds hand tremor in units of one degree and 1 cm."""
    rng = np.random.default_rng(3)
    t = np.linspace(0.0, 1.0, num_frames)
    tremor = rng.normal(size=(num_frames, 6)) * shake
    poses = [
        look(
            (-0.9 + 1.8 * s + 0.01 * j[0], 0.1 * np.sin(5 * s) + 0.01 * j[1], -1.6 + 0.7 * s + 0.01 * j[2]),
            10.0 - 20.0 * s + j[3],
            3.0 * np.cos(4 * s) + j[4],
            j[5],
        )
        for s, j in zip(t, tremor, strict=True)
    ]
    return np.stack(poses)


def room_source(
    world_from_cam: NDArray[np.float64],
    *,
    fps: float = 10.0,
    name: str = "room",
    texture: Callable[[int], Texture] = noise_texture,
    noise: float = 2.0,
    has_cameras: bool = False,
) -> PictureSource:
    """A source of pictures of the room with sensor noise; carries the true cameras if asked to."""
    rng = np.random.default_rng(11)
    pictures = []
    for pose in world_from_cam:
        picture = cast_room(pose, texture=texture)[0]
        noisy = picture + rng.normal(scale=noise, size=picture.shape)
        pictures.append(np.clip(noisy + 0.5, 0, 255).astype(np.uint8))
    source = PictureSource(Path(f"{name}.mp4"), pictures, fps)
    if has_cameras:
        trajectory = Trajectory(
            world_from_cam=world_from_cam.copy(),
            timestamps_s=np.arange(len(pictures)) / fps,
            is_interpolated=np.zeros(len(pictures), bool),
        )
        source.cameras = KnownCameras(trajectory=trajectory, intrinsics=CAMERA)
    return source
