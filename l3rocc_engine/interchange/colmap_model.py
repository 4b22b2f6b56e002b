"""What a COLMAP model holds, made from a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.geometry.trajectory import Trajectory

CAMERA_ID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ColmapImage:
    """One registered picture.

    Attributes
    ----------
    image_id
        From 1.
    name
        File name below ``images/``.
    quaternion_wxyz, translation
        ``cam_from_world``.
    pixels_px
        (M, 2) float64 observations.
    point_ids
        (M,) uint64 ids of the observed points.
    """

    image_id: int
    name: str
    quaternion_wxyz: NDArray[np.float64]
    translation: NDArray[np.float64]
    pixels_px: NDArray[np.float64]
    point_ids: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColmapPoints:
    """N points; their ids are 1 to N.

    Attributes
    ----------
    points_world
        (N, 3) float64.
    colors
        (N, 3) uint8 RGB.
    errors_px
        (N,) float64 mean distance between observations and projections; 0 without observations.
    track_starts
        (N + 1,) int64, where each point's rows of ``track`` begin.
    track
        (M, 2) uint32: image id, and the observation's place in that image.
    """

    points_world: NDArray[np.float64]
    colors: NDArray[np.uint8]
    errors_px: NDArray[np.float64]
    track_starts: NDArray[np.int64]
    track: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColmapModel:
    """Camera, pictures and points."""

    intrinsics: Intrinsics
    images: tuple[ColmapImage, ...]
    points: ColmapPoints


def image_name(frame_idx: int) -> str:
    """File name of a frame's picture."""
    return f"frame_{frame_idx:06d}.jpg"


def tracked_model(
    intrinsics: Intrinsics,
    trajectory: Trajectory,
    frames: NDArray[np.int64],
    tracks: PointTracks,
    colors: NDArray[np.uint8],
) -> ColmapModel:
    """A model with tracks.

    Parameters
    ----------
    frames
        (K,) increasing frames to register.
    tracks
        Of these frames only.
    colors
        (N, 3) uint8 of the tracks' points.
    """
    order = np.lexsort((tracks.point_idx, tracks.frame_idx))
    frame_of, point_of, pixels = tracks.frame_idx[order], tracks.point_idx[order], tracks.pixels_px[order]
    starts = np.searchsorted(frame_of, frames)
    stops = np.searchsorted(frame_of, frames, side="right")
    images = tuple(
        _image(row + 1, int(frame_idx), trajectory, pixels[start:stop], (point_of[start:stop] + 1).astype(np.uint64))
        for row, (frame_idx, start, stop) in enumerate(zip(frames, starts, stops, strict=True))
    )
    rows = np.searchsorted(frames, frame_of)
    places = np.arange(len(frame_of)) - starts[rows]
    by_point = np.lexsort((rows, point_of))
    track = np.stack([rows[by_point] + 1, places[by_point]], axis=1).astype(np.uint32)
    points = ColmapPoints(
        points_world=tracks.points_world,
        colors=colors,
        errors_px=reprojection_errors(intrinsics, trajectory, tracks),
        track_starts=np.searchsorted(point_of[by_point], np.arange(tracks.num_points + 1)),
        track=track,
    )
    return ColmapModel(intrinsics=intrinsics, images=images, points=points)


def untracked_model(
    intrinsics: Intrinsics,
    trajectory: Trajectory,
    frames: NDArray[np.int64],
    points_world: NDArray[np.floating],
    colors: NDArray[np.uint8],
) -> ColmapModel:
    """A model whose points nobody observed: coloured points for programs that only start from them."""
    nothing, nobody = np.zeros((0, 2)), np.zeros(0, np.uint64)
    num_points = len(points_world)
    return ColmapModel(
        intrinsics=intrinsics,
        images=tuple(
            _image(row + 1, int(frame_idx), trajectory, nothing, nobody) for row, frame_idx in enumerate(frames)
        ),
        points=ColmapPoints(
            points_world=points_world.astype(np.float64),
            colors=colors,
            errors_px=np.zeros(num_points),
            track_starts=np.zeros(num_points + 1, np.int64),
            track=np.zeros((0, 2), np.uint32),
        ),
    )


def reprojection_errors(intrinsics: Intrinsics, trajectory: Trajectory, tracks: PointTracks) -> NDArray[np.float64]:
    """Mean distance (N,) float64 in pixels between each point's observations and its projections."""
    cam_from_world = invert(trajectory.world_from_cam[tracks.frame_idx])
    points = tracks.points_world[tracks.point_idx]
    points_cam = np.einsum("mij,mj->mi", cam_from_world[:, :3, :3], points) + cam_from_world[:, :3, 3]
    focal = np.array([intrinsics.fx_px, intrinsics.fy_px])
    with np.errstate(divide="ignore", invalid="ignore"):
        projected = points_cam[:, :2] / points_cam[:, 2:] * focal + (intrinsics.cx_px, intrinsics.cy_px)
    distance = np.nan_to_num(np.linalg.norm(projected - tracks.pixels_px, axis=1), nan=0.0, posinf=0.0)
    count = np.bincount(tracks.point_idx, minlength=tracks.num_points)
    total = np.bincount(tracks.point_idx, weights=distance, minlength=tracks.num_points)
    errors: NDArray[np.float64] = total / np.maximum(count, 1)
    return errors


def _image(
    image_id: int,
    frame_idx: int,
    trajectory: Trajectory,
    pixels_px: NDArray[np.float64],
    point_ids: NDArray[np.uint64],
) -> ColmapImage:
    cam_from_world = invert(trajectory.world_from_cam[frame_idx])
    x, y, z, w = Rotation.from_matrix(cam_from_world[:3, :3]).as_quat(canonical=True)
    return ColmapImage(
        image_id=image_id,
        name=image_name(frame_idx),
        quaternion_wxyz=np.array([w, x, y, z]),
        translation=cam_from_world[:3, 3],
        pixels_px=pixels_px,
        point_ids=point_ids,
    )
