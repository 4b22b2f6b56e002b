"""One camera for the clip, one a frame under a zoom, or the rays as they are; with noise and with outliers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.backends.pi3.intrinsics import CameraFit, fit_camera
from l3rocc_engine.backends.pi3.optics import Optics, find_optics, has_zoom, measured_rays
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.reconstruction import PointMap

CAMERA = Intrinsics(fx_px=105.0, fy_px=108.0, cx_px=51.0, cy_px=29.5, width_px=98, height_px=63)
SOURCE_PX = (392, 252)


def point_map(camera: Intrinsics, seed: int, *, noise_px: float = 0.0, outliers: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(1, 6, size=(camera.height_px, camera.width_px, 1))
    points = camera.rays_cam() * depth
    points[..., :2] += rng.normal(size=points[..., :2].shape) * depth * noise_px / camera.fx_px
    is_wrong = rng.uniform(size=depth.shape[:2]) < outliers
    points[is_wrong, 0] += rng.uniform(0.5, 4.0, size=int(is_wrong.sum()))
    return points.astype(np.float32)


def fits_of(focals: np.ndarray, *, noise_px: float = 0.0, outliers: float = 0.0) -> list[CameraFit | None]:
    full = np.ones((CAMERA.height_px, CAMERA.width_px), np.float32)
    cameras = [replace(CAMERA, fx_px=float(f), fy_px=float(f) * 108 / 105) for f in focals]
    maps = [point_map(k, seed, noise_px=noise_px, outliers=outliers) for seed, k in enumerate(cameras)]
    return [fit_camera(points, full) for points in maps]


def optics_of(fits: list[CameraFit | None], step: int = 3) -> Optics:
    key_frames = np.arange(len(fits)) * step
    times = np.arange(key_frames[-1] + 1) / 10.0
    return find_optics(fits, key_frames, times, SOURCE_PX)


def test_one_camera_is_shared_at_the_sources_size_whatever_one_keyframe_says() -> None:
    fits = fits_of(np.full(12, 105.0), noise_px=0.25, outliers=0.2)
    wrong = Intrinsics(fx_px=225.0, fy_px=225.0, cx_px=1.0, cy_px=1.0, width_px=98, height_px=63)
    optics = optics_of([*fits, CameraFit(intrinsics=wrong, residual_px=25.0), None])
    assert optics.is_pinhole
    assert optics.zoom is None
    assert optics.notes == ()
    k = optics.intrinsics
    assert (k.width_px, k.height_px) == SOURCE_PX
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px) == pytest.approx((420, 432, 204, 118), abs=0.5)
    assert optics.residual_px < 2.0


@pytest.mark.parametrize(("noise_px", "outliers", "worst"), [(0.0, 0.0, 1e-3), (0.5, 0.0, 0.006), (0.5, 0.2, 0.008)])
def test_a_zoom_gives_every_frame_its_own_camera(noise_px: float, outliers: float, worst: float) -> None:
    true = 105.0 * np.exp(np.linspace(0.0, np.log(1.5), 10))
    fits = fits_of(true, noise_px=noise_px, outliers=outliers)
    fits[4] = None
    wrong = Intrinsics(fx_px=30.0, fy_px=30.0, cx_px=49.0, cy_px=31.5, width_px=98, height_px=63)
    fits[7] = CameraFit(intrinsics=wrong, residual_px=3.0)
    optics = optics_of(fits)
    assert optics.zoom is not None
    expected = 420.0 * np.exp(np.linspace(0.0, np.log(1.5), 28))
    assert np.abs(optics.zoom.numbers[:, 0] / expected - 1).max() < worst
    assert optics.zoom.numbers[:, 1] / optics.zoom.numbers[:, 0] == pytest.approx(216 / 210, abs=0.005)
    assert optics.zoom.numbers[:, 2] == pytest.approx(204, abs=1.5)
    assert optics.zoom.ratio == pytest.approx(1.5, rel=0.01)
    assert "every frame has its own camera" in optics.notes[0]


def test_focal_lengths_that_jitter_or_wander_a_little_are_no_zoom() -> None:
    rng = np.random.default_rng(5)
    assert not has_zoom(400 * np.exp(0.08 * rng.normal(size=40)), 0.001)
    assert not has_zoom(400 * np.exp(0.04 * np.sin(np.linspace(0, 6, 40))), 0.001)
    assert not has_zoom(np.linspace(300, 500, 4), 0.001), "four keyframes tell too little"
    assert not has_zoom(np.linspace(400, 460, 30), 0.02), "no better known than that"
    assert has_zoom(np.linspace(400, 460, 30), 0.001)
    assert has_zoom(np.repeat([400.0, 600.0], 10) * np.exp(0.01 * rng.normal(size=20)), 0.001)


def fisheye(seed: int) -> np.ndarray:
    """Points along equidistant fisheye rays, 100 degrees wide."""
    y, x = np.mgrid[0:63, 0:98] + 0.5
    dx, dy = x - 49, y - 31.5
    angle = np.hypot(dx, dy) * np.radians(50) / 49
    around = np.arctan2(dy, dx)
    rays = np.stack([np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around), np.cos(angle)], axis=-1)
    distance = np.random.default_rng(seed).uniform(1, 6, size=angle.shape)
    return (rays * distance[..., None]).astype(np.float32)


def map_of(points: np.ndarray, frame_idx: int) -> PointMap:
    full = np.ones(points.shape[:2], np.float32)
    return PointMap(frame_idx=frame_idx, points_cam=points, confidence=full, colors=np.zeros(points.shape, np.uint8))


def test_rays_of_no_pinhole_are_taken_as_they_are() -> None:
    maps = [map_of(fisheye(seed), seed) for seed in range(7)]
    fits = [fit_camera(item.points_cam, item.confidence) for item in maps]
    optics = optics_of(fits)
    assert not optics.is_pinhole
    assert optics.zoom is None
    assert "cast along them" in optics.notes[0]
    maps[2].points_cam[:20] *= (1.5, 1.0, 1.0)
    for item in maps:
        item.points_cam[50, 50] = np.nan
    rays = measured_rays(maps).reshape(63, 98, 3)
    true = fisheye(0) / np.linalg.norm(fisheye(0), axis=-1, keepdims=True)
    assert np.isnan(rays[50, 50]).all()
    rays[50, 50] = true[50, 50]
    assert np.abs(rays - true).max() < 1e-5


def test_without_any_believable_camera_one_is_assumed_and_said() -> None:
    optics = optics_of([None, None])
    assert optics.intrinsics.hfov_deg == pytest.approx(60.0)
    assert not optics.is_pinhole
    assert "assume" in optics.notes[0]
