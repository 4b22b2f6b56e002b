"""Rays that differ from frame to frame: each frame is as if it were cast alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics, visibility_rays
from l3rocc_engine.geometry.zoom import ZoomTrack, frame_rays
from l3rocc_engine.occupancy import GridSpec, load_sequence, occupancy_sequence

GRID = GridSpec(pc_range=(-1.0, -1.0, 0.0, 1.0, 1.0, 2.0), voxel_size=0.1)
CAMERA = Intrinsics(fx_px=20.0, fy_px=20.0, cx_px=16.0, cy_px=12.0, width_px=32, height_px=24)
POINTS = np.random.default_rng(4).uniform((-1, -1, 1), (1, 1, 1.2), size=(4000, 3)).astype(np.float32)


def zoom_of(factors: np.ndarray) -> ZoomTrack:
    numbers = np.tile([20.0, 20.0, 16.0, 12.0], (len(factors), 1))
    numbers[:, :2] *= factors[:, None]
    return ZoomTrack(numbers=numbers, width_px=32, height_px=24)


def poses_of(count: int) -> np.ndarray:
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, 0, 3] = 0.03 * np.arange(count)
    return poses


def test_each_frame_sees_with_its_own_camera(tmp_path: Path) -> None:
    zoom, poses = zoom_of(np.array([1.0, 1.3, 1.8, 2.5, 2.5])), poses_of(5)
    rays = frame_rays(CAMERA, zoom, None)
    occupancy_sequence(POINTS, poses, rays, GRID, save_to=tmp_path, threads=2)
    made = load_sequence(tmp_path / "occ_sequence.npz", tmp_path / "mask_sequence.npz", poses)
    seen = []
    for t in range(5):
        alone = occupancy_sequence(POINTS, poses[t : t + 1], visibility_rays(zoom.at(t)), GRID).frame(0)
        np.testing.assert_array_equal(made.frame(t).occupied, alone.occupied)
        np.testing.assert_array_equal(made.frame(t).visible_packed, alone.visible_packed)
        seen.append(len(alone.visible))
    assert seen[0] > 1.5 * seen[2] > 2 * seen[3], "a longer lens sees less"
    assert made.in_view is None
    with pytest.raises(InputError, match="occluded"):
        _ = made.frame(0).occluded


def test_a_zoom_that_stays_gives_what_one_camera_gives() -> None:
    poses = poses_of(4)
    varying = occupancy_sequence(POINTS, poses, frame_rays(CAMERA, zoom_of(np.ones(4)), None), GRID)
    shared = occupancy_sequence(POINTS, poses, frame_rays(CAMERA, None, None), GRID)
    for t in range(4):
        np.testing.assert_array_equal(varying.frame(t).occupied, shared.frame(t).occupied)
        np.testing.assert_array_equal(varying.frame(t).visible_packed, shared.frame(t).visible_packed)


def test_measured_rays_come_before_any_camera() -> None:
    rays = np.array([[0, 0, 1.0]], np.float32)
    assert frame_rays(CAMERA, zoom_of(np.ones(2)), rays) is rays


def test_wrong_rays_and_a_gpu_are_refused_in_words() -> None:
    with pytest.raises(InputError, match="shape"):
        occupancy_sequence(POINTS, poses_of(1), lambda _frame: np.ones((2, 2), np.float32), GRID)
    with pytest.raises(ConfigError, match="GPU"):
        occupancy_sequence(POINTS, poses_of(1), lambda _frame: np.ones((2, 3), np.float32), GRID, device="cuda")
