"""What a COLMAP model holds, made from a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.se3 import invert


@dataclass(frozen=True, slots=True, kw_only=True)
class ColmapImage:
    """One registered picture.

    Attributes
    ----------
    image_id, camera_id
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
    camera_id: int
    name: str
    quaternion_wxyz: NDArray[np.float64]
    translation: NDArray[np.float64]
    pixels_px: NDArray[np.float64]
    point_ids: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredFrames:
    """The frames of a model: where each was taken from, and with which camera.

    Attributes
    ----------
    frames
        (K,) int64 increasing.
    world_from_cam
        (K, 4, 4) float64.
    cameras
        One for all, or one a frame.
    """

    frames: NDArray[np.int64]
    world_from_cam: NDArray[np.float64]
    cameras: tuple[Intrinsics, ...]

    def camera_row(self, row: int) -> int:
        """Which of ``cameras`` took a frame, given by its row."""
        return row if len(self.cameras) > 1 else 0


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
    """Cameras (the first has the id 1), pictures and points."""

    cameras: tuple[Intrinsics, ...]
    images: tuple[ColmapImage, ...]
    points: ColmapPoints


def image_name(frame_idx: int) -> str:
    """File name of a frame's picture."""
    return f"frame_{frame_idx:06d}.jpg"


def tracked_model(registered: RegisteredFrames, tracks: PointTracks, colors: NDArray[np.uint8]) -> ColmapModel:
    """A model with tracks.

    Parameters
    ----------
    registered
        Frames, poses and cameras.
    tracks
        Of these frames only.
    colors
        (N, 3) uint8 of the tracks' points.
    """
    frames = registered.frames
    order = np.lexsort((tracks.point_idx, tracks.frame_idx))
    frame_of, point_of, pixels = tracks.frame_idx[order], tracks.point_idx[order], tracks.pixels_px[order]
    starts = np.searchsorted(frame_of, frames)
    stops = np.searchsorted(frame_of, frames, side="right")
    images = tuple(
        _image(registered, row, pixels[start:stop], (point_of[start:stop] + 1).astype(np.uint64))
        for row, (start, stop) in enumerate(zip(starts, stops, strict=True))
    )
    rows = np.searchsorted(frames, frame_of)
    places = np.arange(len(frame_of)) - starts[rows]
    by_point = np.lexsort((rows, point_of))
    points = ColmapPoints(
        points_world=tracks.points_world,
        colors=colors,
        errors_px=reprojection_errors(registered, tracks),
        track_starts=np.searchsorted(point_of[by_point], np.arange(tracks.num_points + 1)),
        track=np.stack([rows[by_point] + 1, places[by_point]], axis=1).astype(np.uint32),
    )
    return ColmapModel(cameras=registered.cameras, images=images, points=points)


def untracked_model(
    registered: RegisteredFrames, points_world: NDArray[np.floating], colors: NDArray[np.uint8]
) -> ColmapModel:
    """A model whose points (N, 3) nobody observed: coloured points for programs that only start from them."""
    nothing, nobody = np.zeros((0, 2)), np.zeros(0, np.uint64)
    num_points = len(points_world)
    return ColmapModel(
        cameras=registered.cameras,
        images=tuple(_image(registered, row, nothing, nobody) for row in range(len(registered.frames))),
        points=ColmapPoints(
            points_world=points_world.astype(np.float64),
            colors=colors,
            errors_px=np.zeros(num_points),
            track_starts=np.zeros(num_points + 1, np.int64),
            track=np.zeros((0, 2), np.uint32),
        ),
    )


def reprojection_errors(registered: RegisteredFrames, tracks: PointTracks) -> NDArray[np.float64]:
    """Mean distance (N,) float64 in pixels between each point's observations and its projections."""
    rows = np.searchsorted(registered.frames, tracks.frame_idx)
    cam_from_world = invert(registered.world_from_cam)[rows]
    points = tracks.points_world[tracks.point_idx]
    points_cam = np.einsum("mij,mj->mi", cam_from_world[:, :3, :3], points) + cam_from_world[:, :3, 3]
    numbers = np.array([[k.fx_px, k.fy_px, k.cx_px, k.cy_px] for k in registered.cameras])
    numbers = numbers[rows if len(numbers) > 1 else np.zeros_like(rows)]
    with np.errstate(divide="ignore", invalid="ignore"):
        projected = points_cam[:, :2] / points_cam[:, 2:] * numbers[:, :2] + numbers[:, 2:]
    distance = np.nan_to_num(np.linalg.norm(projected - tracks.pixels_px, axis=1), nan=0.0, posinf=0.0)
    count = np.bincount(tracks.point_idx, minlength=tracks.num_points)
    total = np.bincount(tracks.point_idx, weights=distance, minlength=tracks.num_points)
    errors: NDArray[np.float64] = total / np.maximum(count, 1)
    return errors


def _image(
    registered: RegisteredFrames, row: int, pixels_px: NDArray[np.float64], point_ids: NDArray[np.uint64]
) -> ColmapImage:
    cam_from_world = invert(registered.world_from_cam[row])
    x, y, z, w = Rotation.from_matrix(cam_from_world[:3, :3]).as_quat(canonical=True)
    return ColmapImage(
        image_id=row + 1,
        camera_id=registered.camera_row(row) + 1,
        name=image_name(int(registered.frames[row])),
        quaternion_wxyz=np.array([w, x, y, z]),
        translation=cam_from_world[:3, 3],
        pixels_px=pixels_px,
        point_ids=point_ids,
    )
