from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.cloud.edges import edge_strength
from l3rocc_engine.geometry.intrinsics import Intrinsics

CAMERA = Intrinsics(fx_px=40.0, fy_px=40.0, cx_px=32.0, cy_px=24.0, width_px=64, height_px=48)


def seen_plane(normal: tuple[float, float, float], distance: float) -> np.ndarray:
    """Points where the pixels' rays meet a plane."""
    rays = CAMERA.rays_cam().astype(np.float64)
    rays /= rays[..., 2:]
    return (rays * (distance / (rays @ np.array(normal)))[..., None]).astype(np.float32)


@pytest.mark.parametrize("normal", [(0.0, 0.0, 1.0), (0.9, 0.0, 1.0), (0.3, 0.8, 1.0)])
def test_a_plane_has_no_edge_however_slanted(normal) -> None:
    points = seen_plane(normal, 2.0)
    in_front = points[..., 2] > 0
    assert edge_strength(points)[in_front].max() < 1e-5


def test_a_step_is_its_share_of_the_depth_and_touches_the_pixels_beside_it() -> None:
    points = seen_plane((0.0, 0.0, 1.0), 2.0)
    points[:, 32:] *= 1.25
    strength = edge_strength(points)
    assert strength[24, 31] == pytest.approx(0.25, rel=0.01)
    assert strength[24, 30:34].min() > 0.19
    assert strength[:, :29].max() == 0.0
    assert strength[:, 36:].max() == 0.0


def test_a_point_halfway_between_two_surfaces_is_on_an_edge() -> None:
    points = seen_plane((0.0, 0.0, 1.0), 2.0)
    points[:, 33:] *= 1.5
    points[:, 32] *= 2 / (1 + 1 / 1.5)
    assert edge_strength(points)[24, 32] > 0.15


def test_holes_make_no_edges_and_spread_nothing() -> None:
    points = seen_plane((0.0, 0.0, 1.0), 2.0)
    points[10:20, 10:20] = np.nan
    strength = edge_strength(points)
    assert np.isfinite(strength).all()
    assert strength.max() < 1e-6
