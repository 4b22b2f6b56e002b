"""Keyframes at working size, and which of them are compared with which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.progress import CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One keyframe at working size: (H, W, 3) uint8 RGB and (H, W) float32 grey, centred at 0."""

    frame_idx: int
    colors: NDArray[np.uint8]
    grey: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """For each keyframe, the keyframes to match with and those to check against; and its median sparse depth."""

    sources: tuple[tuple[int, ...], ...]
    checks: tuple[tuple[int, ...], ...]
    median_depths: NDArray[np.float64]


def working_intrinsics(intrinsics: Intrinsics, max_pixels: int) -> Intrinsics:
    """The same camera for pictures reduced to at most ``max_pixels`` pixels."""
    shrink = min(1.0, (max_pixels / (intrinsics.width_px * intrinsics.height_px)) ** 0.5)
    return intrinsics.scaled_to(round(intrinsics.width_px * shrink), round(intrinsics.height_px * shrink))


def load_views(source: FrameSource, sparse: SparseModel, camera: Intrinsics, cancel: CancelToken) -> Iterator[View]:
    """Stream the keyframes of ``sparse`` reduced to the size of ``camera``."""
    size = (camera.width_px, camera.height_px)
    for frame_idx, picture in source.frames(sparse.key_frames.tolist()):
        cancel.check()
        small = picture if picture.shape[1::-1] == size else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small.astype(np.float32), cv2.COLOR_RGB2GRAY) - np.float32(128.0)
        yield View(frame_idx=frame_idx, colors=np.ascontiguousarray(small), grey=grey)


def sparse_depths_of(sparse: SparseModel, key_idx: int, camera: Intrinsics) -> NDArray[np.float64]:
    """Depths (n,) of the points a keyframe sees; of all points in its picture where it was credited with too few."""
    depths = sparse.sparse_depths(key_idx)
    if len(depths) >= 20:
        return depths
    cam_from_world = invert(sparse.world_from_cam[key_idx])
    points_cam = sparse.points_world @ cam_from_world[:3, :3].T + cam_from_world[:3, 3]
    points_cam = points_cam[points_cam[:, 2] > 0.0]
    u = camera.fx_px * points_cam[:, 0] / points_cam[:, 2] + camera.cx_px
    v = camera.fy_px * points_cam[:, 1] / points_cam[:, 2] + camera.cy_px
    inside = (u >= 0) & (u <= camera.width_px) & (v >= 0) & (v <= camera.height_px)
    seen: NDArray[np.float64] = points_cam[inside, 2]
    return seen


def choose_neighbours(
    sparse: SparseModel,
    median_depths: NDArray[np.float64],
    *,
    source_ratios: tuple[float, ...],
    check_ratios: tuple[float, ...],
    max_angle_deg: float,
) -> Neighbours:
    """Pick partners by baseline over median depth (K,), on either side in time, that look the same way."""
    poses = sparse.world_from_cam
    axes, centres = poses[:, :3, 2], poses[:, :3, 3]
    angles = np.degrees(np.arccos(np.clip(axes @ axes.T, -1.0, 1.0)))
    baselines = np.linalg.norm(centres[:, None] - centres[None], axis=-1)
    sources, checks = [], []
    for k in range(len(poses)):
        ratios = baselines[k] / median_depths[k]
        usable = np.flatnonzero((angles[k] < max_angle_deg) & (ratios > 0.01) & (np.arange(len(poses)) != k))
        sources.append(_closest(k, usable, ratios, source_ratios))
        checks.append(_closest(k, usable, ratios, check_ratios))
    return Neighbours(sources=tuple(sources), checks=tuple(checks), median_depths=median_depths)


def _closest(
    k: int, usable: NDArray[np.int64], ratios: NDArray[np.float64], wanted: tuple[float, ...]
) -> tuple[int, ...]:
    """Two views for each wanted ratio, one before and one after if possible, without repetition."""
    chosen: list[int] = []
    for side in (-1, 1, 0):  # 0: whatever is left, for the ends of the clip
        for ratio in wanted:
            if len(chosen) >= 2 * len(wanted):
                break
            free = [j for j in usable if j not in chosen and (side == 0 or np.sign(j - k) == side)]
            within = [j for j in free if 0.4 * ratio <= ratios[j] <= 2.5 * ratio] if side else free
            if within:
                chosen.append(int(min(within, key=lambda j: (abs(np.log(ratios[j] / ratio)), j))))
    if len(chosen) < 2 * len(wanted):
        free = sorted((j for j in usable if j not in chosen), key=lambda j: (abs(np.log(ratios[j] / wanted[-1])), j))
        chosen += [int(j) for j in free[: 2 * len(wanted) - len(chosen)] if ratios[j] < 4.0 * wanted[-1]]
    return tuple(sorted(chosen))
