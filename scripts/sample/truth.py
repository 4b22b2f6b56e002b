"""The truth beside the clip: cameras, depth of every frame, and points on every surface that a frame sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from l3rocc_engine.geometry import se3
from l3rocc_engine.sample import NORMAL_UNIT, POINT_UNIT_M, pack_columns, pack_depth
from scripts.sample.bvh import NO_HIT, nearest_hit
from scripts.sample.mesh import Patch
from scripts.sample.world import World

SPACING_M = 0.015
CLEARANCE_M = 0.001


def surface_points(
    patches: list[Patch],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Points and normals (N, 3) about ``SPACING_M`` apart on all patches of the room; (N,) which are on thin ones."""
    points, normals, thin = [], [], []
    for patch in patches:
        if not patch.is_scenery:
            columns, rows = (max(1, round(length / SPACING_M)) for length in patch.size_m)
            position, normal = patch.sample(columns, rows)
            points.append(position.reshape(-1, 3))
            normals.append(normal.reshape(-1, 3))
            thin.append(np.full(columns * rows, patch.is_thin))
    return np.concatenate(points), np.concatenate(normals), np.concatenate(thin)


@dataclass(slots=True)
class TruthRecorder:
    """Collects the truth while frames are rendered."""

    world: World
    k: NDArray[np.float64]
    size_px: tuple[int, int]
    depths: list[NDArray[np.float32]] = field(default_factory=list)
    points: NDArray[np.float64] = field(init=False)
    normals: NDArray[np.float64] = field(init=False)
    is_thin: NDArray[np.bool_] = field(init=False)
    is_seen: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.points, self.normals, self.is_thin = surface_points(self.world.patches)
        self.is_seen = np.zeros(len(self.points), dtype=bool)

    def add_frame(self, world_from_cam: NDArray[np.float64], small_depth: NDArray[np.float32]) -> None:
        """Note which points this frame sees, each by a ray of its own; keep the reduced depth picture."""
        self.depths.append(small_depth)
        towards = world_from_cam[:3, 3] - self.points
        is_facing = (np.einsum("ij,ij->i", towards, self.normals) > 0) | self.is_thin
        asked = np.flatnonzero(~self.is_seen & is_facing)
        cam = se3.transform(se3.invert(world_from_cam), self.points[asked])
        asked, cam = asked[cam[:, 2] > 0.05], cam[cam[:, 2] > 0.05]
        position = (cam @ self.k.T)[:, :2] / cam[:, 2:]
        asked = asked[((position >= 0) & (position < self.size_px)).all(axis=1)]
        self.is_seen[asked] = _free_sight(
            self.world.bvh, self.world.is_invisible, world_from_cam[:3, 3], self.points[asked]
        )

    def save(self, path: Path, world_from_cam: NDArray[np.float64], timestamps_s: NDArray[np.float64]) -> None:
        """Write the file that :func:`l3rocc_engine.sample.load_sample_truth` reads."""
        np.savez_compressed(
            path,
            world_from_cam=world_from_cam,
            timestamps_s=timestamps_s,
            K=self.k,
            size_px=np.array(self.size_px),
            points=pack_columns(self.points[self.is_seen], POINT_UNIT_M),
            normals=pack_columns(self.normals[self.is_seen], NORMAL_UNIT).astype(np.int16),
            inverse_depth=pack_depth(np.stack(self.depths)),
        )


@njit(cache=True, parallel=True)
def _free_sight(bvh, skip, eye, points):  # type: ignore[no-untyped-def]
    """Which points (N, 3) have nothing between them and the eye."""
    result = np.zeros(len(points), np.bool_)
    for i in prange(len(points)):
        stack = np.empty(64, np.int32)
        dx, dy, dz = points[i, 0] - eye[0], points[i, 1] - eye[1], points[i, 2] - eye[2]
        limit = 1.0 - CLEARANCE_M / np.sqrt(dx * dx + dy * dy + dz * dz)
        _, k, _, _ = nearest_hit(bvh, skip, eye[0], eye[1], eye[2], dx, dy, dz, limit, stack)
        result[i] = k == NO_HIT
    return result
