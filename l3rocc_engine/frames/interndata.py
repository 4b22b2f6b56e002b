"""Poses and intrinsics of an InternData-N1 (vln_n1) episode, turned to this program's conventions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.conventions import FloatArray, world_from_cv
from l3rocc_engine.frames.dataset_meta import DatasetMeta
from l3rocc_engine.frames.parquet_table import ParquetTable
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert, orthonormalise
from l3rocc_engine.geometry.trajectory import Trajectory

POSE_COLUMN = "action"
INTRINSIC_COLUMN = "observation.camera_intrinsic"
MOUNT_COLUMN = "observation.camera_extrinsic"
RESULT_COLUMN = "observation.camera_extrinsic_occ"
NO_POSES = "The column action holds no camera poses (not rigid, or not finite); it is not used."
NO_INTRINSICS = "The camera intrinsics in the table are not usable, so its poses are not used either."

_MAX_SKEW = 0.01
_MAX_ASPECT_CHANGE = 0.03
_BLOCK_PX = 16
"""Some video writers round sizes up to multiples of this."""
_MIN_UP_COSINE = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeCameras:
    """What the table says about the cameras, without depth.

    Attributes
    ----------
    trajectory
        OpenCV camera axes, metric world.
    intrinsics
        For the decoded pictures.
    world_up
        (0, 0, 1), unless the camera's mounting contradicts it.
    """

    trajectory: Trajectory
    intrinsics: Intrinsics
    world_up: tuple[float, float, float] | None


def read_episode_cameras(
    table: ParquetTable,
    meta: DatasetMeta,
    *,
    timestamps_s: NDArray[np.float64],
    size_px: tuple[int, int],
    image_size_px: tuple[int, int] | None,
    warnings: list[str],
) -> EpisodeCameras | None:
    """Read the cameras of one episode, or None where the table has none that can be used.

    In InternData-N1 ``action`` is ``world_from_cam`` in OpenGL camera axes, the world's z axis points up, units are
    metres. ``observation.camera_extrinsic`` says how the camera is mounted and takes no part in the pose.

    Parameters
    ----------
    table
        One row a frame.
    timestamps_s
        (T,) float64, times of the frames.
    size_px
        (width, height) of the decoded pictures.
    image_size_px
        Size of the dataset's own pictures, for which ``K`` was made, where they are there.
    warnings
        Sentences are added here.
    """
    world_from_gl = table.matrices(POSE_COLUMN, (4, 4))
    k_of_frame = table.matrices(INTRINSIC_COLUMN, (3, 3))
    if world_from_gl is None or k_of_frame is None or len(k_of_frame) == 0:
        return None
    results = table.matrices(RESULT_COLUMN, (4, 4))
    if results is not None and np.allclose(results, world_from_gl, atol=1e-5):
        warnings.append("The poses in the table were computed by L3ROcc, not recorded; they are not used.")
        return None
    if not _are_rigid(world_from_gl):
        warnings.append(NO_POSES)
        return None
    if not np.isfinite(k_of_frame).all() or (k_of_frame[:, (0, 1), (0, 1)] <= 0).any():
        warnings.append(NO_INTRINSICS)
        return None
    world_from_cam = orthonormalise(world_from_cv(world_from_gl))
    trajectory = Trajectory(
        world_from_cam=world_from_cam,
        timestamps_s=timestamps_s.copy(),
        is_interpolated=np.zeros(len(timestamps_s), dtype=bool),
    )
    intrinsics = _intrinsics(k_of_frame, meta, size_px, image_size_px, warnings)
    world_up = _world_up(orthonormalise(world_from_gl), table.matrices(MOUNT_COLUMN, (4, 4)), warnings)
    return EpisodeCameras(trajectory=trajectory, intrinsics=intrinsics, world_up=world_up)


def _are_rigid(poses: FloatArray) -> bool:
    if not np.isfinite(poses).all():
        return False
    rotations = poses[:, :3, :3]
    skew = np.abs(np.swapaxes(rotations, 1, 2) @ rotations - np.eye(3)).max(initial=0.0)
    last_row = np.abs(poses[:, 3] - (0.0, 0.0, 0.0, 1.0)).max(initial=0.0)
    return bool(skew < _MAX_SKEW and last_row < _MAX_SKEW and (np.linalg.det(rotations) > 0).all())


def _intrinsics(
    k_of_frame: FloatArray,
    meta: DatasetMeta,
    size_px: tuple[int, int],
    image_size_px: tuple[int, int] | None,
    warnings: list[str],
) -> Intrinsics:
    k = np.median(k_of_frame, axis=0)
    if np.abs(k_of_frame - k).max() > 1e-3 * k[0, 0]:
        warnings.append("The camera intrinsics change from frame to frame; their median is used for all.")
    made_for_px = image_size_px or _size_of_intrinsics(k, meta, size_px)
    if made_for_px is None:
        made_for_px = size_px
        warnings.append(
            f"The picture size that the camera intrinsics were made for is not stated; "
            f"{size_px[0]}x{size_px[1]} is assumed."
        )
    elif made_for_px != size_px:
        warnings.append(
            f"The camera intrinsics were made for {made_for_px[0]}x{made_for_px[1]} pictures; "
            f"they are scaled to the video's {size_px[0]}x{size_px[1]}."
        )
    return Intrinsics.from_matrix(k, *made_for_px).scaled_to(*size_px)


def _size_of_intrinsics(k: FloatArray, meta: DatasetMeta, size_px: tuple[int, int]) -> tuple[int, int] | None:
    """Picture size that ``K`` belongs to: twice a principal point that is exactly central, or what is declared."""
    twice = 2.0 * k[:2, 2]
    central_px = (round(twice[0]), round(twice[1]))
    if min(central_px) > 0 and np.abs(twice - central_px).max() < 0.01 and _could_become(central_px, size_px):
        return central_px
    for feature in meta.features.values():
        shape = feature.get("shape")
        if feature.get("dtype") in ("image", "video") and isinstance(shape, list) and len(shape) == 3:
            height, width = (shape[1], shape[2]) if shape[0] in (1, 3) else (shape[0], shape[1])
            if all(isinstance(n, int) and n > 0 for n in (height, width)) and k[0, 2] < width and k[1, 2] < height:
                return width, height
    return None


def _could_become(made_for_px: tuple[int, int], decoded_px: tuple[int, int]) -> bool:
    """Whether a video writer would turn one size into the other: by resizing, or by filling up whole blocks."""
    growth = np.subtract(decoded_px, made_for_px)
    aspect_change = (made_for_px[0] / made_for_px[1]) / (decoded_px[0] / decoded_px[1]) - 1.0
    return bool(abs(aspect_change) < _MAX_ASPECT_CHANGE or ((growth >= 0).all() and (growth < _BLOCK_PX).all()))


def _world_up(
    world_from_gl: FloatArray, base_from_gl: FloatArray | None, warnings: list[str]
) -> tuple[float, float, float] | None:
    """The world's z axis, unless the base that carries the camera stands otherwise."""
    if base_from_gl is not None and _are_rigid(base_from_gl):
        world_from_base = world_from_gl @ invert(orthonormalise(base_from_gl))
        if float(world_from_base[:, 2, 2].mean()) < _MIN_UP_COSINE:
            warnings.append("The camera's mounting does not fit a world whose z axis points up; up is left open.")
            return None
    return (0.0, 0.0, 1.0)
