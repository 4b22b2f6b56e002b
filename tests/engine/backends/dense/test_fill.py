from __future__ import annotations

import numpy as np

from l3rocc_engine.backends.dense.confidence import confidence_of
from l3rocc_engine.backends.dense.fill import continue_planes, contradicts_pictures, reject_seen_through
from l3rocc_engine.backends.dense.planes import find_planes, plane_depths

SHAPE = (60, 80)


def local_triplets(points: np.ndarray, along: np.ndarray, across: np.ndarray) -> np.ndarray:
    return np.stack([points, points + 0.05 * along, points + 0.05 * across], axis=1)


def test_floor_and_walls_are_found() -> None:
    rng = np.random.default_rng(0)
    x, y, z = np.eye(3)
    parts = []
    for normal, a, b, offset, count in ((z, x, y, 0.0, 3000), (x, y, z, 2.0, 2000), (y, x, z, 3.0, 1000)):
        points = offset * normal + rng.uniform(-2, 2, (count, 1)) * a + rng.uniform(-2, 2, (count, 1)) * b
        parts.append(local_triplets(points, a, b) + rng.normal(0, 0.004, (count, 3, 3)))
    parts.append(rng.uniform(-3, 3, (600, 3, 3)))
    planes = find_planes(np.concatenate(parts), tolerance=0.02, max_planes=10, least_share=0.05)
    planes *= np.sign(planes[np.arange(len(planes)), np.abs(planes[:, :3]).argmax(axis=1)])[:, None]
    assert len(planes) == 3
    np.testing.assert_allclose(planes, [[0, 0, 1, 0], [1, 0, 0, -2], [0, 1, 0, -3]], atol=0.01)


def test_no_plane_is_found_in_a_cloud() -> None:
    points = np.random.default_rng(0).normal(0, 1, (4000, 3, 3))
    assert len(find_planes(points, tolerance=0.01, max_planes=10, least_share=0.05)) == 0


def test_depth_of_a_slanted_plane() -> None:
    rays = np.array([[[0.0, 0.0, 1.0], [0.5, 0.0, 1.0], [-0.5, 0.0, 1.0]]], np.float32)
    plane = np.array([[np.sqrt(0.5), 0.0, np.sqrt(0.5), -2.0 * np.sqrt(0.5)]])  # x + z = 2
    pose = np.eye(4)
    pose[:3, 3] = (0.0, 0.0, -1.0)
    np.testing.assert_allclose(plane_depths(plane, pose, rays)[0, 0], [3.0, 2.0, 6.0])


def wall_with_hole(guide: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    confirmed = np.full(SHAPE, 2.0, np.float32)
    confirmed[20:40, 30:50] = 0.0
    return continue_planes(confirmed, np.full((1, *SHAPE), 2.0), guide, 0.05)


def test_a_hole_in_a_wall_is_closed() -> None:
    depth, share = wall_with_hole(np.zeros(SHAPE, np.float32))
    np.testing.assert_allclose(depth[20:40, 30:50], 2.0)
    assert not depth[:20].any()
    assert share[30, 40] > 0.95


def test_a_plane_does_not_spread_over_a_strong_edge() -> None:
    guide = np.zeros(SHAPE, np.float32)
    guide[22:38, 32:48] = 150.0
    depth, _ = wall_with_hole(guide)
    assert not depth[24:36, 34:46].any()


def test_open_pixels_among_other_surfaces_stay_open() -> None:
    confirmed = np.full(SHAPE, 3.0, np.float32)
    confirmed[:, :20] = 2.0
    confirmed[20:40, 45:65] = 0.0
    depth, _ = continue_planes(confirmed, np.full((1, *SHAPE), 2.0), np.zeros(SHAPE, np.float32), 0.05)
    assert not depth.any()


def test_what_another_view_looks_through_is_removed() -> None:
    depth = np.full(SHAPE, 2.0, np.float32)
    behind = np.full((1, *SHAPE), 2.02, np.float32)
    behind[:, :, 40:] = 3.0
    reject_seen_through(depth, behind, np.eye(3)[None], np.zeros((1, 3)), 0.03)
    assert (depth[:, :39] == 2.0).all()
    assert not depth[:, 41:].any()


def test_pictures_judge_only_where_they_have_texture() -> None:
    grey = np.zeros(SHAPE, np.float32)
    grey[:, 40:] = np.random.default_rng(0).normal(0, 20, (60, 40))
    costs = np.full(SHAPE, 110, np.uint8)
    doubtful = contradicts_pictures(costs, grey, 125.0)
    assert not doubtful[:, :30].any()
    assert doubtful[5:-5, 50:75].all()
    assert not contradicts_pictures(np.full(SHAPE, 10, np.uint8), grey, 125.0).any()


def test_confidence_orders_measured_above_filled_above_nothing() -> None:
    confirmed = np.array([[2.0, 2.0, 2.0, 0.0, 0.0, 0.0]], np.float32)
    filled = np.array([[0.0, 0.0, 0.0, 2.0, 2.0, 0.0]], np.float32)
    agreeing = np.array([[6, 2, 2, 0, 0, 0]], np.uint8)
    sigma = np.array([[0.001, 0.001, 0.02, np.inf, np.inf, np.inf]], np.float32)
    share = np.array([[0, 0, 0, 1.0, 0.76, 0]], np.float32)
    found = confidence_of(confirmed, agreeing, sigma, filled, share)[0]
    assert (np.diff(found) < 0).all()
    assert found[0] > 0.95
    assert found[2] >= 0.5
    assert 0.2 <= found[4] < found[3] <= 0.4
    assert found[5] == 0.0
