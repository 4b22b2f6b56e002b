from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.cloud.downsample import CellAccumulator, cell_keys
from l3rocc_engine.cloud.fuse import fuse_point_maps, surface_reach
from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.reconstruction import PointMap, Reconstruction

CAMERA = Intrinsics(fx_px=40.0, fy_px=40.0, cx_px=32.0, cy_px=24.0, width_px=64, height_px=48)
GRID = GridSpec(pc_range=(-2.0, -1.5, -0.5, 2.0, 1.0, 3.5), voxel_size=0.02)


def wall_map(frame_idx: int, *, depth: float = 2.0, confidence: float = 1.0) -> PointMap:
    points = CAMERA.rays_cam() * np.float32(depth)
    return PointMap(
        frame_idx=frame_idx,
        points_cam=points,
        confidence=np.full(points.shape[:2], confidence, np.float32),
        colors=np.full(points.shape, 90, np.uint8),
    )


def reconstruction_of(*maps: PointMap, poses: np.ndarray | None = None) -> Reconstruction:
    count = max(m.frame_idx for m in maps) + 1
    trajectory = Trajectory(
        world_from_cam=np.tile(np.eye(4), (count, 1, 1)) if poses is None else poses,
        timestamps_s=np.arange(count) / 10.0,
        is_interpolated=np.zeros(count, bool),
    )
    return Reconstruction(point_maps=maps, trajectory=trajectory, intrinsics=CAMERA, backend="test")


def test_a_coarse_wall_gets_no_holes() -> None:
    """Pixels 5 cm apart on a wall at 2 m must still fill every 2 cm voxel between them."""
    cloud = fuse_point_maps(reconstruction_of(wall_map(0)), GRID, min_confidence=0.1)
    on_wall = np.floor(cloud.points_world[:, :2] / GRID.voxel_size).astype(int)
    inner = np.abs(cloud.points_world[:, :2]).max(axis=1) < 1.0
    filled = {tuple(cell) for cell in on_wall[inner]}
    assert len(filled) == 100 * 100
    assert np.allclose(cloud.points_world[:, 2], 2.0, atol=1e-6)


def test_depth_edges_are_not_bridged() -> None:
    near_far = wall_map(0)
    points = near_far.points_cam.copy()
    points[:, 32:] *= 1.5
    stepped = PointMap(frame_idx=0, points_cam=points, confidence=near_far.confidence, colors=near_far.colors)
    cloud = fuse_point_maps(reconstruction_of(stepped), GRID, min_confidence=0.1)
    between = (cloud.points_world[:, 2] > 2.01) & (cloud.points_world[:, 2] < 2.99)
    assert not between.any()


def test_low_confidence_and_holes_are_left_out() -> None:
    sure, unsure = wall_map(0), wall_map(1, depth=3.0, confidence=0.05)
    points = sure.points_cam.copy()
    points[10] = np.nan
    confidence = sure.confidence.copy()
    confidence[10] = 0.0
    holed = PointMap(frame_idx=0, points_cam=points, confidence=confidence, colors=sure.colors)
    cloud = fuse_point_maps(reconstruction_of(holed, unsure), GRID, min_confidence=0.1)
    assert np.isfinite(cloud.points_world).all()
    assert cloud.points_world[:, 2].max() < 2.5


def test_points_move_with_their_pose_and_keep_their_first_frame() -> None:
    poses = np.tile(np.eye(4), (3, 1, 1))
    poses[2, :3, 3] = (0.0, 0.0, 5.0)
    cloud = fuse_point_maps(reconstruction_of(wall_map(0), wall_map(2), poses=poses), GRID, min_confidence=0.1)
    assert set(np.unique(cloud.first_frame)) == {0, 2}
    assert np.allclose(cloud.points_world[cloud.first_frame == 2, 2], 7.0, atol=1e-5)


def test_cancel_stops_fusion() -> None:
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        fuse_point_maps(reconstruction_of(wall_map(0)), GRID, min_confidence=0.1, cancel=cancel)


def test_cells_average_by_confidence_and_ignore_chunking() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform(-1, 1, (5000, 3)).astype(np.float32)
    colors = rng.integers(0, 255, (5000, 3), dtype=np.uint8)
    confidence = rng.uniform(0.1, 1, 5000).astype(np.float32)
    whole, chunked = CellAccumulator(0.1), CellAccumulator(0.1)
    whole.add(points, colors, confidence, 0)
    for part in np.array_split(np.arange(5000), 7):
        chunked.add(points[part], colors[part], confidence[part], 0)
    a, b = whole.cloud(), chunked.cloud()
    assert np.allclose(a.points_world, b.points_world, atol=1e-6)
    assert (a.confidence == b.confidence).all()
    keys = cell_keys(a.points_world, 0.1)
    assert len(np.unique(keys)) == a.num_points == len(np.unique(cell_keys(points, 0.1)))


def test_a_cloud_beyond_the_cells_is_refused() -> None:
    with pytest.raises(InputError, match="units away"):
        cell_keys(np.array([[1e9, 0.0, 0.0]]), 0.01)


def test_every_keyframe_that_saw_a_point_counts_once() -> None:
    cloud = fuse_point_maps(reconstruction_of(wall_map(0), wall_map(1), wall_map(3)), GRID, min_confidence=0.1)
    assert cloud.num_seen is not None
    assert (cloud.num_seen == 3).all()


def test_the_weakest_edge_of_a_point_counts() -> None:
    flat, stepped = CellAccumulator(1.0), CellAccumulator(1.0)
    point, color, sure = np.array([[0.5, 0.5, 0.5]]), np.zeros((1, 3), np.uint8), np.ones(1)
    for cells, edges in ((flat, (0.4, 0.02)), (stepped, (0.4, 0.3))):
        for frame_idx, edge in enumerate(edges):
            cells.add(point, color, sure, frame_idx, edge=np.array([edge]))
    assert flat.cloud().edge == pytest.approx([0.02])
    assert stepped.cloud().edge == pytest.approx([0.3])
    assert flat.cloud().num_seen.tolist() == [2]


def test_points_that_were_merged_before_keep_their_count() -> None:
    cells = CellAccumulator(1.0)
    two, colors = np.array([[0.2, 0.5, 0.5], [5.5, 0.5, 0.5]]), np.zeros((2, 3), np.uint8)
    cells.add(two, colors, np.ones(2), 0, num_seen=np.array([4, 0]))
    assert cells.cloud().num_seen.tolist() == [4, 0]


def test_a_slightly_other_range_needs_the_same_cloud_and_is_reached() -> None:
    usual = surface_reach(GRID)
    assert usual == pytest.approx(np.linalg.norm((2.0, 1.5, 3.5)), rel=1e-12)
    smaller = GridSpec(pc_range=(-1.9, -1.5, -0.5, 2.0, 1.0, 3.4), voxel_size=0.02)
    assert surface_reach(smaller) == usual
    for far in (0.5, 3.6, 4.4, 9.0):
        grid = GridSpec(pc_range=(-0.2, -0.2, 0.0, 0.2, 0.2, far), voxel_size=0.1)
        corner = float(np.linalg.norm((0.2, 0.2, far)))
        assert corner <= surface_reach(grid) * (1 + 1e-9) < 1.2500001 * corner
