"""A wall of points with known numbers, in front of the first camera of the test room."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.run import Run
from l3rocc_studio.model.view import CameraPose

DEPTH = 2.0
WALL_GREEN = (30, 200, 60)


def wall_run(run: Run, num: int = 6000) -> Run:
    """Confidence grows from left to right, edges are at the right half, the lower half was seen by four keyframes."""
    rng = np.random.default_rng(0)
    points = np.column_stack([rng.uniform(-1, 1, (num, 2)), np.full(num, DEPTH)]).astype(np.float32)
    return dataclasses.replace(
        run,
        cloud=PointCloud(
            points_world=points,
            colors=np.tile(np.array(WALL_GREEN, dtype=np.uint8), (num, 1)),
            confidence=(points[:, 0] + 1) / 2,
            first_frame=np.where(points[:, 0] < 0, 0, run.num_frames - 1).astype(np.int32),
            num_seen=np.where(points[:, 1] > 0, 4, 1).astype(np.int32),
            edge=np.where(points[:, 0] > 0, np.float32(0.2), np.float32(0.01)),
        ),
    )


def facing_wall() -> CameraPose:
    """From six units in front of the wall, +x to the right and +y down in the picture."""
    return CameraPose(position=(0.0, 0.0, -4.0), focal_point=(0.0, 0.0, DEPTH), view_up=(0.0, -1.0, 0.0))


def halves(is_wall: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Share of the wall's own picture, left, right, upper and lower half."""
    rows, cols = is_wall.shape
    height = 0.458 * rows / 2
    box = is_wall[
        round(rows / 2 - height) : round(rows / 2 + height), round(cols / 2 - height) : round(cols / 2 + height)
    ]
    half = box.shape[0] // 2
    return tuple(float(part.mean()) for part in (box[:, :half], box[:, half:], box[:half], box[half:]))  # type: ignore[return-value]
