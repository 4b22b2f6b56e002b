"""Measures how well each frame of a run turned out: what of its picture the cloud explains, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.quality import SEAM_LIMIT, QualityTrack

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

COLUMNS = 32
"""Cells across the picture; the cloud is sampled so densely that an explained cell holds a point."""
MOST_POINTS = 400_000
SURFACE = 0.1
"""Points this share of the depth behind the nearest one of a cell are on the same surface."""
FloatTrack = NDArray[np.float32]


def measure_quality(run: Run, cancel: CancelToken) -> QualityTrack:
    """Coverage, confidence and seams of every frame of a run; a second or two for long ones.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    coverage = np.zeros(run.num_frames, dtype=np.float32)
    confidence = np.full(run.num_frames, np.nan, dtype=np.float32)
    step = max(1, -(-run.cloud.num_points // MOST_POINTS))
    points = np.ascontiguousarray(run.cloud.points_world[::step], dtype=np.float32)
    sureness = np.ascontiguousarray(run.cloud.confidence[::step], dtype=np.float32)
    for frame_idx in range(run.num_frames):
        cancel.check()
        coverage[frame_idx], mean = _look(run, frame_idx, points, sureness)
        if coverage[frame_idx] > 0:
            confidence[frame_idx] = mean
    return QualityTrack(coverage=coverage, confidence=confidence, seam=seams_of(run))


def seams_of(run: Run) -> FloatTrack:
    """(T,) float32: how well passes fit where they meet, from the run's measures; NaN for runs of a single pass."""
    measures, num_frames = run.record.measures, run.num_frames
    numbers = [int(name.removeprefix("seam_frame_")) for name in measures if name.startswith("seam_frame_")]
    if not numbers:
        return np.full(num_frames, np.nan, dtype=np.float32)
    track, reach = np.ones(num_frames, dtype=np.float32), max(1, run.config.interval)
    for number in numbers:
        middle = int(measures[f"seam_frame_{number}"])
        fit = 1.0 - min(measures[f"seam_error_{number}"] / SEAM_LIMIT, 1.0)
        near = slice(max(0, middle - reach), middle + reach + 1)
        track[near] = np.minimum(track[near], np.float32(fit))
    return track


def _look(run: Run, frame_idx: int, points: NDArray[np.float32], sureness: FloatTrack) -> tuple[float, float]:
    """Share of the picture's cells that hold a point, and the mean confidence of the nearest surface in them."""
    k = run.intrinsics_at(frame_idx)
    rows = max(1, round(COLUMNS * k.height_px / k.width_px))
    small = k.scaled_to(COLUMNS, rows)
    cam_from_world = invert(run.trajectory.world_from_cam[frame_idx])[:3].astype(np.float32)
    numbers = np.array([small.fx_px, small.fy_px, small.cx_px, small.cy_px], dtype=np.float32)
    nearest, total, weight = _project(points, sureness, cam_from_world, numbers, rows, COLUMNS, np.float32(SURFACE))
    is_hit = np.isfinite(nearest)
    return float(is_hit.mean()), float((total[is_hit] / weight[is_hit]).mean()) if is_hit.any() else 0.0


@njit(cache=True, nogil=True)
def _project(
    points: NDArray[np.float32],
    sureness: NDArray[np.float32],
    cam_from_world: NDArray[np.float32],
    k: NDArray[np.float32],
    rows: int,
    columns: int,
    surface: np.float32,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Depth of the nearest point of each cell, and the summed confidence and number of points on its surface."""
    nearest = np.full((rows, columns), np.inf, dtype=np.float32)
    total = np.zeros((rows, columns), dtype=np.float32)
    weight = np.zeros((rows, columns), dtype=np.float32)
    cells = np.full(len(points), -1, dtype=np.int32)
    depths = np.empty(len(points), dtype=np.float32)
    m = cam_from_world
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        depth = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3]
        if depth <= 0:
            continue
        u = k[0] * (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]) / depth + k[2]
        v = k[1] * (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]) / depth + k[3]
        if 0 <= u < columns and 0 <= v < rows:
            row, column = int(v), int(u)
            cells[i], depths[i] = row * columns + column, depth
            nearest[row, column] = min(nearest[row, column], depth)
    for i in range(len(points)):
        if cells[i] >= 0:
            row, column = cells[i] // columns, cells[i] % columns
            if depths[i] <= nearest[row, column] * (1 + surface):
                total[row, column] += sureness[i]
                weight[row, column] += 1
    return nearest, total, weight
