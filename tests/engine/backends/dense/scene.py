"""Clips of the textured room with the sparse model that a perfect structure from motion would hand over."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.sparse_model import SparseModel
from tests.engine.backends.textured_room import CAMERA, cast_room
from tests.synthetic.picture_source import PictureSource

SMALL = CAMERA.scaled_to(CAMERA.width_px * 3 // 4, CAMERA.height_px * 3 // 4)
_NOISE = 2.0


def small_clip(world_from_cam: NDArray[np.float64]) -> tuple[PictureSource, NDArray[np.float32]]:
    """Noisy pictures without aliasing, and their true depths (T, H, W)."""
    rng = np.random.default_rng(11)
    fine = SMALL.scaled_to(2 * SMALL.width_px, 2 * SMALL.height_px)
    size, pictures, depths = (SMALL.width_px, SMALL.height_px), [], []
    for pose in world_from_cam:
        picture = cv2.resize(cast_room(pose, fine)[0], size, interpolation=cv2.INTER_AREA)
        noisy = picture + rng.normal(scale=_NOISE, size=picture.shape)
        pictures.append(np.clip(noisy + 0.5, 0, 255).astype(np.uint8))
        depths.append(cast_room(pose, SMALL)[1])
    return PictureSource(Path("room.mp4"), pictures, 10.0), np.stack(depths)


def perfect_sparse(world_from_cam: NDArray[np.float64], depths: NDArray[np.float32]) -> SparseModel:
    """Every keyframe sees a lattice of exact points."""
    rays = SMALL.rays_cam()[9::18, 9::18].reshape(-1, 3).astype(np.float64)
    points, observations = [], []
    for pose, depth in zip(world_from_cam, depths, strict=True):
        seen = rays * depth[9::18, 9::18].reshape(-1, 1)
        observations.append(np.arange(len(seen)) + sum(map(len, points)))
        points.append(seen @ pose[:3, :3].T + pose[:3, 3])
    return SparseModel(
        key_frames=np.arange(len(world_from_cam)),
        world_from_cam=world_from_cam.copy(),
        intrinsics=SMALL,
        points_world=np.concatenate(points),
        observations=tuple(observations),
        reprojection_error_px=0.0,
    )


def repainted(source: PictureSource, paint: NDArray[np.bool_], pictures: NDArray[np.uint8]) -> PictureSource:
    """The same clip with the pixels ``paint`` (T, H, W) taken from ``pictures`` (T, H, W, 3)."""
    frames = [
        np.where(mask[..., None], new, source.frame(i))
        for i, (mask, new) in enumerate(zip(paint, pictures, strict=True))
    ]
    return PictureSource(source.path, frames, source.fps)
