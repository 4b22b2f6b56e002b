from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.backends.dense.consistency import confirm_depths
from l3rocc_engine.backends.dense.correlation import COST_SCALE, CostVolume
from l3rocc_engine.backends.dense.gate import expected_errors
from l3rocc_engine.backends.dense.pixel_camera import PixelCamera
from l3rocc_engine.backends.dense.prior import penalty_table, predict_depth
from l3rocc_engine.backends.dense.sgm import match_planes
from l3rocc_engine.backends.dense.smoothing import spread
from l3rocc_engine.backends.dense.sweep import sweep_planes, sweep_surface
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.progress import CancelToken

SHAPE = (40, 56)
CAMERA = PixelCamera.of(
    Intrinsics(fx_px=50.0, fy_px=54.0, cx_px=28.0, cy_px=20.0, width_px=SHAPE[1], height_px=SHAPE[0])
)


def poses(*centres: tuple[float, float, float]) -> np.ndarray:
    moved = np.tile(np.eye(4), (len(centres), 1, 1))
    moved[:, :3, 3] = centres
    return moved


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 30, SHAPE).astype(np.float32)


def transfers(first: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, ...]:
    back = [CAMERA.transfer(other, first[None]) for other in others]
    return (*CAMERA.transfer(first, others), np.concatenate([b[0] for b in back]), np.concatenate([b[1] for b in back]))


def test_transfer_is_projection() -> None:
    rng = np.random.default_rng(1)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    other = np.eye(4)
    other[:3, :3], other[:3, 3] = rotation, rng.normal(size=3)
    maps, epipoles = CAMERA.transfer(np.eye(4), other[None])
    pixel, z = np.array([7.0, 11.0, 1.0]), 2.5
    point = np.linalg.inv(CAMERA.matrix) @ pixel * z
    expected = CAMERA.matrix @ (rotation.T @ (point - other[:3, 3]))
    np.testing.assert_allclose(maps[0] @ pixel * z + epipoles[0], expected, atol=1e-9)


def test_pixel_centres_move_by_half() -> None:
    assert (CAMERA.cx, CAMERA.cy) == (27.5, 19.5)


def zncc(a: np.ndarray, b: np.ndarray, eps: float) -> float:
    a, b = a.astype(np.float64) - a.mean(), b.astype(np.float64) - b.mean()
    n = a.size
    return float((a * b).sum() / np.sqrt(((a * a).sum() + n * eps) * ((b * b).sum() + n * eps)))


def test_costs_are_the_mean_of_the_two_best_correlations() -> None:
    reference, sources = noise(), [noise(seed) for seed in (1, 2, 3)]
    volume = CostVolume(reference, 1, radius=2, eps=4.0)
    maps, epipoles = np.tile(np.eye(3), (3, 1, 1)), np.zeros((3, 3))
    costs = sweep_planes(volume, sources, maps, epipoles, np.zeros(1, np.float32), CancelToken())
    window = np.s_[8:13, 18:23]
    scores = sorted(zncc(reference[window], source[window], 4.0) for source in sources)
    assert abs(int(costs[10, 20, 0]) - COST_SCALE * (1 - (scores[1] + scores[2]) / 2)) <= 0.6


def test_the_plane_at_the_true_shift_costs_nothing() -> None:
    reference = noise()
    shifted = np.roll(reference, -3, axis=1)  # the camera moved right: everything moves 3 px left
    maps, epipoles = CAMERA.transfer(np.eye(4), poses((0.12, 0, 0)))
    inverse_depths = (np.arange(7) / (50.0 * 0.12)).astype(np.float32)
    volume = CostVolume(reference, 7, radius=3, eps=4.0)
    costs = sweep_planes(volume, [shifted], maps, epipoles, inverse_depths, CancelToken())
    assert (costs[8:-8, 12:-8].argmin(axis=-1) == 3).all()
    assert costs[8:-8, 12:-8, 3].max() <= 1
    assert (costs[8:-8, 0, 3] == round(COST_SCALE)).all()  # out of the other picture: neither good nor bad


def test_sweeping_a_flat_surface_equals_sweeping_planes() -> None:
    reference, source = noise(), noise(1)
    maps, epipoles = CAMERA.transfer(np.eye(4), poses((0.1, 0.02, 0.05)))
    depths = np.array([0.3, 0.4, 0.5], np.float32)
    flat = CostVolume(reference, 3, radius=3, eps=4.0)
    curved = CostVolume(reference, 3, radius=3, eps=4.0)
    by_planes = sweep_planes(flat, [source], maps, epipoles, depths, CancelToken()).astype(int)
    surface = np.full(SHAPE, 0.4, np.float32)
    offsets = np.array([-0.1, 0.0, 0.1], np.float32)
    around = sweep_surface(curved, [source], maps, epipoles, surface, offsets, CancelToken()).astype(int)
    inside = np.s_[2:-2, 6:-2]
    assert np.abs(by_planes[inside] - around[inside]).max() <= 2


def slow_sgm(volume: np.ndarray, small: float, large: float, edge: float, guide: np.ndarray) -> np.ndarray:
    height, width, count = volume.shape
    total = np.zeros(volume.shape)
    steps = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
    for dy, dx in steps:
        path = np.zeros(volume.shape)
        for y in range(height)[:: -1 if dy < 0 else 1]:
            for x in range(width)[:: -1 if dx < 0 else 1]:
                py, px = y - dy, x - dx
                path[y, x] = volume[y, x]
                if 0 <= py < height and 0 <= px < width:
                    jump = max(large / (1 + abs(guide[y, x] - guide[py, px]) / edge), 1.5 * small)
                    before = path[py, px]
                    for d in range(count):
                        ways = [before[d], before.min() + jump]
                        ways += [before[d - 1] + small] if d else []
                        ways += [before[d + 1] + small] if d + 1 < count else []
                        path[y, x, d] += min(ways) - before.min()
        total += path
    return total


def test_path_sums_equal_the_plain_definition() -> None:
    rng = np.random.default_rng(3)
    volume = rng.integers(0, 200, (7, 9, 6)).astype(np.uint8)
    guide = rng.normal(0, 20, (7, 9)).astype(np.float32)
    total = np.empty(volume.shape, np.float32)
    planes, margins = np.empty((7, 9), np.float32), np.empty((7, 9), np.float32)
    costs = np.empty((7, 9), np.uint8)
    none = np.full((7, 9), -1.0, np.float32)
    match_planes(volume, none, penalty_table(60.0, 1.5, 6), guide, 6.0, 75.0, 10.0, total, planes, costs, margins)
    expected = slow_sgm(volume, 6.0, 75.0, 10.0, guide)
    np.testing.assert_allclose(total, expected, rtol=1e-4)
    winner = expected.argmin(axis=-1)
    assert np.abs(planes - winner).max() <= 0.5 + 1e-6
    np.testing.assert_array_equal(costs, np.take_along_axis(volume, winner[..., None], -1)[..., 0])


def test_the_prior_pulls_where_costs_do_not_say() -> None:
    volume = np.full((8, 8, 16), 100, np.uint8)
    total, guide = np.empty(volume.shape, np.float32), np.zeros((8, 8), np.float32)
    planes, margins = np.empty((8, 8), np.float32), np.empty((8, 8), np.float32)
    prior, costs = np.full((8, 8), 9.25, np.float32), np.empty((8, 8), np.uint8)
    match_planes(volume, prior, penalty_table(60.0, 1.5, 16), guide, 6.0, 75.0, 10.0, total, planes, costs, margins)
    np.testing.assert_allclose(planes, 9.25, atol=0.1)


def confirmed(depth: np.ndarray, others: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fused, views = np.empty_like(depth), np.empty(depth.shape, np.uint8)
    confirm_depths(depth, others, *transfers(np.eye(4), centres), 1.0, 0.02, fused, views)
    return fused, views


def test_a_wall_is_confirmed_and_averaged() -> None:
    others = np.stack([np.full(SHAPE, z, np.float32) for z in (2.02, 1.99, 2.4)])
    fused, views = confirmed(np.full(SHAPE, 2.0, np.float32), others, poses((0.1, 0, 0), (-0.1, 0, 0), (0, 0.1, 0)))
    assert (views[10:-10, 10:-10] == 2).all()
    mean_inverse = (1 / 2.0 + 1 / 2.02 + 1 / 1.99) / 3
    np.testing.assert_allclose(fused[10:-10, 10:-10], 1 / mean_inverse, rtol=1e-4)


def test_unknown_depth_stays_unknown() -> None:
    fused, views = confirmed(np.zeros(SHAPE, np.float32), np.ones((1, *SHAPE), np.float32), poses((0.1, 0, 0)))
    assert not fused.any()
    assert not views.any()


def test_prediction_takes_the_nearest_surface() -> None:
    far, near = np.full(SHAPE, 3.0, np.float32), np.zeros(SHAPE, np.float32)
    near[10:30, 20:40] = 1.5
    _, _, maps, epipoles = transfers(np.eye(4), poses((0, 0, 0), (0, 0, 0)))
    predicted = predict_depth(np.stack([far, near]), maps, epipoles)
    np.testing.assert_allclose(predicted[10:30, 20:40], 1.5)
    np.testing.assert_allclose(predicted[:10], 3.0)


def test_expected_error_of_a_sideways_step() -> None:
    depth, sigma = np.full(SHAPE, 2.0, np.float32), np.empty(SHAPE, np.float32)
    expected_errors(depth, np.zeros(SHAPE, np.uint8), *CAMERA.transfer(np.eye(4), poses((0.2, 0, 0))), 0.3, sigma)
    np.testing.assert_allclose(sigma[20, 28], 2.0**2 * 0.3 / (50.0 * 0.2), rtol=1e-5)


def test_nothing_is_certain_at_the_epipole_of_a_forward_step() -> None:
    depth, sigma = np.full(SHAPE, 2.0, np.float32), np.empty(SHAPE, np.float32)
    expected_errors(depth, np.zeros(SHAPE, np.uint8), *CAMERA.transfer(np.eye(4), poses((0, 0, 0.2))), 0.3, sigma)
    assert sigma[19, 27] > 10 * sigma[2, 50]


def test_spreading_keeps_values_and_stops_at_edges() -> None:
    guide = np.zeros(SHAPE, np.float32)
    guide[:, 28:] = 200.0
    values = np.where(np.arange(SHAPE[1]) < 28, 1.0, 5.0).astype(np.float32) * np.ones(SHAPE, np.float32)
    weights = np.zeros(SHAPE, np.float32)
    weights[20, 10] = weights[20, 45] = 1.0
    result = spread(values, weights, guide, sigma_px=20.0, sigma_grey=10.0, rounds=2)
    assert result[20, 20] == pytest.approx(1.0, abs=0.05)
    assert result[20, 35] == pytest.approx(5.0, abs=0.05)
