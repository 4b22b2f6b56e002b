"""The truth beside the clip: cameras, depth of every frame, and points on every surface that a frame sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry import se3
from l3rocc_engine.sample import NORMAL_UNIT, POINT_UNIT_M, pack_columns, pack_depth
from scripts.sample.mesh import Patch
from scripts.sample.world import World

SPACING_M = 0.015
DEPTH_TOLERANCE = 0.004


def surface_points(patches: list[Patch]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and normals (N, 3) about ``SPACING_M`` apart on all patches of the room."""
    parts = []
    for patch in patches:
        if not patch.is_scenery:
            columns, rows = (max(1, round(length / SPACING_M)) for length in patch.size_m)
            parts.append(patch.sample(columns, rows))
    return tuple(np.concatenate([part[i].reshape(-1, 3) for part in parts]) for i in range(2))


@dataclass(slots=True)
class TruthRecorder:
    """Collects the truth while frames are rendered."""

    world: World
    k: NDArray[np.float64]
    size_px: tuple[int, int]
    depths: list[NDArray[np.float32]] = field(default_factory=list)
    points: NDArray[np.float64] = field(init=False)
    normals: NDArray[np.float64] = field(init=False)
    is_seen: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.points, self.normals = surface_points(self.world.patches)
        self.is_seen = np.zeros(len(self.points), dtype=bool)

    def add_frame(
        self, world_from_cam: NDArray[np.float64], depth: NDArray[np.float32], small_depth: NDArray[np.float32]
    ) -> None:
        """Note which points the full-size depth picture of a frame shows; keep the small one."""
        self.depths.append(small_depth)
        hidden = np.flatnonzero(~self.is_seen)
        cam = se3.transform(se3.invert(world_from_cam), self.points[hidden])
        ahead = cam[:, 2] > 0.05
        hidden, cam = hidden[ahead], cam[ahead]
        pixel = np.floor((cam @ self.k.T)[:, :2] / cam[:, 2:]).astype(np.int64)
        inside = ((pixel >= 0) & (pixel < self.size_px)).all(axis=1)
        hidden, cam, pixel = hidden[inside], cam[inside], pixel[inside]
        z = depth[pixel[:, 1], pixel[:, 0]]
        slack = DEPTH_TOLERANCE * cam[:, 2] + 0.004
        self.is_seen[hidden[np.abs(z - cam[:, 2]) < slack]] = True

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
