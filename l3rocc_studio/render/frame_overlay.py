"""What is laid over one picture of the video: projected occupancy, depth, confidence, the way ahead."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.se3 import invert
from l3rocc_studio.model.frame_overlay import OverlayChoice, OverlayFill
from l3rocc_studio.render.colormaps import PALETTES, DepthPalette
from l3rocc_studio.render.voxel_splat import splat_voxels

if TYPE_CHECKING:
    from l3rocc_engine.geometry.intrinsics import Intrinsics
    from l3rocc_engine.reconstruction import PointMap
    from l3rocc_engine.run import Run

MOST_PX = 640
"""Longer side of a fill; it is drawn larger with smooth borders."""
FARTHEST_FRAMES = 600
NEAR = 0.05
"""What is closer than this share of the grid's depth is cut off the path."""
_NEAR_TO_FAR = DepthPalette(stops=PALETTES["turbo"].stops[::-1][1:-1])
_LOW_TO_HIGH = PALETTES["cividis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameOverlay:
    """One frame's overlay.

    Attributes
    ----------
    frame_idx
        Frame of the run.
    choice
        What was asked for.
    fill
        (h, w, 4) uint8 RGBA over the whole picture, which may be larger; None if there is none.
    path_px
        Pieces of the way ahead, (N, 2) float32 each, in pixels of the video.
    depth
        (h, w) float32, depth over the whole picture where it is known, NaN elsewhere; None if it is not known.
    note
        Why something that was asked for is not shown; empty if all is.
    """

    frame_idx: int
    choice: OverlayChoice
    fill: NDArray[np.uint8] | None = None
    path_px: tuple[NDArray[np.float32], ...] = ()
    depth: NDArray[np.float32] | None = None
    note: str = ""


def prepare_overlay(run: Run, frame_idx: int, choice: OverlayChoice) -> FrameOverlay:
    """Make one frame's overlay; touches no renderer, so any thread may do it."""
    fill = depth = None
    note = ""
    if choice.fill is OverlayFill.OCCUPANCY:
        fill, depth = _occupancy_fill(run, frame_idx)
    elif choice.fill is not OverlayFill.NONE:
        point_map, note = _point_map(run, frame_idx)
        if point_map is not None:
            depth = np.ascontiguousarray(point_map.points_cam[..., 2])
            fill = _depth_fill(run, depth) if choice.fill is OverlayFill.DEPTH else _confidence_fill(point_map)
    path = project_path(run, frame_idx) if choice.has_path else ()
    return FrameOverlay(frame_idx=frame_idx, choice=choice, fill=fill, path_px=path, depth=depth, note=note)


def project_path(run: Run, frame_idx: int) -> tuple[NDArray[np.float32], ...]:
    """The camera centres of later frames in this frame's picture, in pieces where they pass behind the camera."""
    later = run.trajectory.centres_world[frame_idx : frame_idx + FARTHEST_FRAMES + 1]
    pose = invert(run.trajectory.world_from_cam[frame_idx])
    points_cam = later @ pose[:3, :3].T + pose[:3, 3]
    k, near = run.intrinsics_at(frame_idx), NEAR * run.config.pc_range[5]
    is_ahead = points_cam[:, 2] > near
    borders = np.flatnonzero(np.diff(np.concatenate([[False], is_ahead, [False]]).astype(np.int8)))
    pieces = []
    for start, stop in borders.reshape(-1, 2):
        part = list(points_cam[start:stop])
        if start > 0:
            part.insert(0, _at_depth(points_cam[start - 1], points_cam[start], near))
        if stop < len(points_cam):
            part.append(_at_depth(points_cam[stop], points_cam[stop - 1], near))
        if len(part) > 1:
            pieces.append(_in_picture(np.stack(part), k))
    return tuple(pieces)


def _in_picture(points_cam: NDArray[np.float64], k: Intrinsics) -> NDArray[np.float32]:
    x = k.fx_px * points_cam[:, 0] / points_cam[:, 2] + k.cx_px
    y = k.fy_px * points_cam[:, 1] / points_cam[:, 2] + k.cy_px
    return np.stack([x, y], axis=1).astype(np.float32)


def _at_depth(before: NDArray[np.float64], after: NDArray[np.float64], depth: float) -> NDArray[np.float64]:
    """Where the way from a nearer point to a farther one passes a depth."""
    share = (depth - before[2]) / (after[2] - before[2])
    return np.asarray(before + share * (after - before))


def _occupancy_fill(run: Run, frame_idx: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    grid, k = run.occupancy.grid, run.intrinsics_at(frame_idx)
    shrink = min(1.0, MOST_PX / max(k.width_px, k.height_px))
    small: Intrinsics = k.scaled_to(max(1, round(k.width_px * shrink)), max(1, round(k.height_px * shrink)))
    centres = grid.centres(run.occupancy.occupied_indices(frame_idx))
    depth, shade = splat_voxels(centres, grid.voxel_size, small)
    fill = _colored(depth, _NEAR_TO_FAR, 0.0, grid.pc_range[5])
    fill[..., :3] = fill[..., :3] * shade[..., None]
    return fill, np.where(np.isfinite(depth), depth, np.float32(np.nan))


def _depth_fill(run: Run, depth: NDArray[np.float32]) -> NDArray[np.uint8]:
    return _colored(depth, _NEAR_TO_FAR, 0.0, run.config.pc_range[5])


def _confidence_fill(point_map: PointMap) -> NDArray[np.uint8]:
    known = np.isfinite(point_map.points_cam[..., 2])
    return _colored(np.where(known, point_map.confidence, np.float32(np.nan)), _LOW_TO_HIGH, 0.0, 1.0)


def _colored(values: NDArray[np.float32], palette: DepthPalette, low: float, high: float) -> NDArray[np.uint8]:
    """(h, w, 4) uint8: a palette's colours where values are finite, transparent elsewhere."""
    steps = (255 * palette.colors(np.linspace(low, high, 256), near=low, far=high)).astype(np.uint8)
    is_known = np.isfinite(values)
    at = np.clip(255 * (np.where(is_known, values, low) - low) / (high - low), 0, 255).astype(np.uint8)
    result = np.empty((*values.shape, 4), dtype=np.uint8)
    result[..., :3] = steps[at]
    result[..., 3] = np.where(is_known, 255, 0)
    return result


def _point_map(run: Run, frame_idx: int) -> tuple[PointMap | None, str]:
    """The keyframe's point map, or why there is none."""
    if not run.point_maps:
        return None, "a dataset folder keeps no depth"
    keyframes = run.record.keyframes
    if frame_idx not in keyframes:
        nearest = min(keyframes, key=lambda keyframe: abs(keyframe - frame_idx), default=None)
        where = "" if nearest is None else f", the nearest is {abs(nearest - frame_idx)} away"
        return None, f"depth at keyframes only{where}"
    try:
        return run.point_maps[keyframes.index(frame_idx)], ""
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None, "the depth of this result is no longer on the disk"
