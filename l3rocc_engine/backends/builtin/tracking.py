"""Poses of the frames between keyframes, from tracking the keyframes' points into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.motion import small_grey
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.interpolate import interpolate_trajectory
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert, orthonormalise, transform
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, StepProgress

MAX_SIDE_PX = 640
MAX_SPAN = 120
"""Frames between two keyframes above which tracking would hold too many pictures; they are interpolated instead."""
MAX_POINTS = 400
WINDOW_PX = 21
ROUND_TRIP_PX = 0.7
RANSAC_PX = 1.5
FEWEST_TRACKED = 25
LEAST_AGREEMENT = 0.5
STEADY_RATIO, STEADY_PX = 1.1, 0.03
"""How much worse than tracked poses interpolated ones may fit the tracks and still be kept."""

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tracks:
    """Points of one keyframe followed into one picture: world positions (n, 3) and pixels (n, 2)."""

    points_world: NDArray[np.float64]
    pixels: NDArray[np.float32]


def place_frames(
    source: FrameSource, sparse: SparseModel, *, progress: StepProgress, cancel: CancelToken
) -> Trajectory:
    """Poses of all frames.

    The points that a keyframe sees are tracked into the frames up to the next keyframe, from both sides, and each
    frame is placed on them (perspective-n-point). A frame in which too few points agree is interpolated.

    Source: V. Lepetit, F. Moreno-Noguer, P. Fua, "EPnP", IJCV 2009; J.-Y. Bouguet, pyramidal Lucas-Kanade tracking.

    Parameters
    ----------
    source
        Where the pictures come from.
    sparse
        Keyframes; their poses are kept.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    between = interpolate_trajectory(sparse.key_frames, sparse.world_from_cam, source.timestamps_s)
    placed = {int(frame): pose for frame, pose in zip(sparse.key_frames, sparse.world_from_cam, strict=True)}
    width, height = source.size_px
    shrink = min(1.0, MAX_SIDE_PX / max(width, height))
    camera = sparse.intrinsics.scaled_to(round(width * shrink), round(height * shrink))
    for row, frames, pictures in _spans(source, sparse, cancel):
        sides = [_follow(sparse, row, camera, pictures, cancel)]
        sides.append(_follow(sparse, row + 1, camera, pictures[::-1], cancel)[::-1])
        tracks = [_join([side[place] for side in sides]) for place in range(len(frames))]
        inner = range(1, len(frames) - 1)
        placed.update(_place_span(frames[1:-1], [tracks[i] for i in inner], camera, between.world_from_cam))
        progress(frames[-1], source.num_frames)
    frames_placed = np.array(sorted(placed), dtype=np.int64)
    progress(source.num_frames, source.num_frames)
    return interpolate_trajectory(frames_placed, np.stack([placed[f] for f in frames_placed]), source.timestamps_s)


def _spans(
    source: FrameSource, sparse: SparseModel, cancel: CancelToken
) -> Iterator[tuple[int, list[int], list[Grey]]]:
    """Pictures from each keyframe to the next, both included, where there are frames between."""
    gaps = np.diff(sparse.key_frames)
    rows = [row for row, gap in enumerate(gaps) if 1 < gap <= MAX_SPAN]
    wanted = sorted({f for r in rows for f in range(sparse.key_frames[r], sparse.key_frames[r + 1] + 1)})
    row_starting = {int(sparse.key_frames[row]): row for row in rows}
    frames: list[int] = []
    pictures: list[Grey] = []
    row = -1
    for frame, picture in source.frames(wanted):
        cancel.check()
        grey = small_grey(picture, MAX_SIDE_PX)
        frames.append(frame)
        pictures.append(grey)
        if row >= 0 and frame == sparse.key_frames[row + 1]:
            yield row, frames, pictures
            row = -1
        if frame in row_starting:
            row, frames, pictures = row_starting[frame], [frame], [grey]


def _follow(
    sparse: SparseModel, row: int, camera: Intrinsics, pictures: list[Grey], cancel: CancelToken
) -> list[_Tracks]:
    """Track the points of keyframe ``row``, which is the first picture, through the others."""
    points = sparse.points_world[sparse.observations[row]]
    points_cam = transform(invert(sparse.world_from_cam[row]), points)
    pixels = (points_cam / points_cam[:, 2:]) @ camera.matrix.T
    is_inside = (points_cam[:, 2] > 0) & (pixels[:, :2] > 1).all(axis=1)
    is_inside &= (pixels[:, 0] < camera.width_px - 1) & (pixels[:, 1] < camera.height_px - 1)
    chosen = np.flatnonzero(is_inside)
    chosen = chosen[:: max(1, len(chosen) // MAX_POINTS)]
    tracks = _Tracks(points_world=points[chosen], pixels=pixels[chosen, :2].astype(np.float32) - np.float32(0.5))
    followed = [tracks]
    for before, after in pairwise(pictures):
        cancel.check()
        tracks = _step(tracks, before, after)
        followed.append(tracks)
    return followed


def _step(tracks: _Tracks, before: Grey, after: Grey) -> _Tracks:
    """One picture further; points that do not come back when tracked in reverse are dropped."""
    if len(tracks.pixels) == 0:
        return tracks
    window = (WINDOW_PX, WINDOW_PX)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, tracks.pixels, None, winSize=window, maxLevel=3)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(after, before, moved, None, winSize=window, maxLevel=3)
    returned = np.linalg.norm(back - tracks.pixels, axis=1) < ROUND_TRIP_PX
    kept = (found.ravel() == 1) & (found_back.ravel() == 1) & returned
    return _Tracks(points_world=tracks.points_world[kept], pixels=moved[kept])


def _join(sides: list[_Tracks]) -> _Tracks:
    return _Tracks(
        points_world=np.concatenate([side.points_world for side in sides]),
        pixels=np.concatenate([side.pixels for side in sides]),
    )


def _place_span(
    frames: list[int], tracks: list[_Tracks], camera: Intrinsics, interpolated: NDArray[np.float64]
) -> dict[int, NDArray[np.float64]]:
    """Poses of the frames between two keyframes; none where the interpolation fits the pictures as well.

    A steady camera's path is smoother than what tracking can measure, a hand's tremor is not: the pictures decide.
    """
    solved = {frame: _solve_pose(t, camera, interpolated[frame]) for frame, t in zip(frames, tracks, strict=True)}
    found = {frame: pose for frame, pose in solved.items() if pose is not None}
    rows = [row for row, frame in enumerate(frames) if frame in found]
    if not rows:
        return {}
    tracked_px = np.median([_residual_px(tracks[row], camera, found[frames[row]]) for row in rows])
    between_px = np.median([_residual_px(tracks[row], camera, interpolated[frames[row]]) for row in rows])
    return {} if between_px <= STEADY_RATIO * tracked_px + STEADY_PX else found


def _residual_px(tracks: _Tracks, camera: Intrinsics, world_from_cam: NDArray[np.float64]) -> float:
    """Median distance between tracks and their points' projections."""
    points_cam = transform(invert(world_from_cam), tracks.points_world)
    projected = (points_cam / points_cam[:, 2:]) @ camera.matrix.T
    return float(np.median(np.linalg.norm(projected[:, :2] - tracks.pixels - 0.5, axis=1)))


def _solve_pose(tracks: _Tracks, camera: Intrinsics, guess: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Pose (4, 4) that the tracks agree on, or None."""
    points = tracks.points_world
    # OpenCV puts the centre of the top-left pixel at 0, this program at 0.5.
    pixels = tracks.pixels.astype(np.float64) + 0.5
    if len(points) < FEWEST_TRACKED:
        return None
    cam_from_world = invert(guess)
    rotation, _ = cv2.Rodrigues(cam_from_world[:3, :3])
    shift = cam_from_world[:3, 3:].copy()
    found, rotation, shift, inliers = cv2.solvePnPRansac(
        points,
        pixels,
        camera.matrix,
        None,
        rvec=rotation,
        tvec=shift,
        useExtrinsicGuess=True,
        iterationsCount=60,
        reprojectionError=RANSAC_PX,
        flags=cv2.SOLVEPNP_ITERATIVE,
    )
    if not found or inliers is None or len(inliers) < max(FEWEST_TRACKED, LEAST_AGREEMENT * len(points)):
        return None
    rows = inliers.ravel()
    rotation, shift = cv2.solvePnPRefineLM(points[rows], pixels[rows], camera.matrix, None, rotation, shift)
    pose = np.eye(4)
    pose[:3, :3], _ = cv2.Rodrigues(rotation)
    pose[:3, 3] = shift.ravel()
    return invert(orthonormalise(pose)) if np.isfinite(pose).all() else None
