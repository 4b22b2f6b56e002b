"""Runs the CUDA kernels in numba's simulator; a program of its own, since numba decides for all at import.

Usage: python -m tests.engine.occupancy.simulated_gpu NUM_SCENES
"""

from __future__ import annotations

import os
import sys

os.environ["NUMBA_ENABLE_CUDASIM"] = "1"

import numpy as np
from hypothesis import HealthCheck, given, settings

from l3rocc_engine.occupancy import GridSpec, occupancy_sequence
from l3rocc_engine.occupancy.casters import PlainCaster
from l3rocc_engine.occupancy.cells import sort_points
from l3rocc_engine.occupancy.gpu import GpuCaster, LaunchShape
from l3rocc_engine.occupancy.ray_tables import build_tables
from tests.engine.occupancy.scenes import Scene, scenes

SMALL = LaunchShape(frames=2, beams=2, points=2, words=8, streams=1)
"""The simulator starts a thread of the system for each thread of a block, and only one kernel at a time."""


def check_scenes(count: int) -> int:
    """Compare random scenes with the plain traversal; returns how many frames saw something."""
    num_seen = 0

    @settings(
        max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(scenes(max_side=13, num_frames=3))
    def check(scene: Scene) -> None:
        nonlocal num_seen
        tables = build_tables(scene.rays, scene.grid, 1)
        assert tables is not None
        gpu = GpuCaster(sort_points(scene.points, scene.grid), scene.poses, tables, scene.grid, SMALL)
        plain = PlainCaster(scene.points, scene.poses, scene.rays, scene.grid)
        for frame_idx in (2, 0, 1, 1):
            indices, packed = gpu.cast(frame_idx)
            exact, mask = plain.cast(frame_idx)
            assert packed.tolist() == mask.tolist()
            assert indices.tolist() == exact.tolist()
            num_seen += len(exact) > 0
        assert gpu.view().tolist() == plain.view().tolist()

    check()
    return num_seen


def check_sequence() -> None:
    """The public function with the device chosen."""
    from l3rocc_engine.occupancy import gpu

    rng = np.random.default_rng(0)
    grid = GridSpec(pc_range=(-1.0, -1.0, -1.0, 1.0, 1.0, 1.0), voxel_size=0.25)
    points = rng.uniform(-1, 1, (40, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (5, 1, 1))
    poses[:, 0, 3] = np.linspace(0, 0.5, 5)
    rays = rng.normal(size=(60, 3)).astype(np.float32)
    gpu.LaunchShape = lambda: SMALL  # type: ignore[assignment,misc]
    made = occupancy_sequence(points, poses, rays, grid, device="cuda", threads=2)
    exact = occupancy_sequence(points, poses, rays, grid, device="cpu")
    assert made.visible_packed.tolist() == exact.visible_packed.tolist()
    assert (made.occupied != exact.occupied).nnz == 0 and exact.occupied.nnz
    assert len(occupancy_sequence(points, poses[:0], rays, grid, device="cuda").counts) == 0


def check_warming() -> None:
    """What is made ready in the background on a machine with a GPU."""
    from l3rocc_engine.occupancy import gpu, warm

    gpu.LaunchShape = lambda: SMALL  # type: ignore[assignment,misc]
    made: list[object] = []
    original = gpu.GpuCaster.cast
    gpu.GpuCaster.cast = lambda *arguments: made.append(0) or original(*arguments)  # type: ignore[method-assign,func-returns-value]
    warm()
    gpu.GpuCaster.cast = original  # type: ignore[method-assign]
    assert made, "the kernels of the GPU were not run"


if __name__ == "__main__":
    check_sequence()
    check_warming()
    sys.stdout.write(f"{check_scenes(int(sys.argv[1]))}\n")
