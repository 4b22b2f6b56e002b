from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.cloud.mesh import add_mesh_surface
from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.geometry.trajectory import Trajectory


@pytest.fixture
def holed_wall() -> PointCloud:
    """A wall at z = 2 sampled every 2 cm, with a 6 cm hole in the middle and one far stray point."""
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(-1, 1, 0.02), np.arange(-1, 1, 0.02)))
    keep = (np.abs(x) > 0.03) | (np.abs(y) > 0.03)
    points = np.stack([x[keep], y[keep], np.full(keep.sum(), 2.0)], axis=1).astype(np.float32)
    count = len(points)
    return PointCloud(
        points_world=points,
        colors=np.full((count, 3), 128, np.uint8),
        confidence=np.full(count, 0.8, np.float32),
        first_frame=np.zeros(count, np.int32),
    )


def test_the_mesh_closes_a_small_hole_and_invents_nothing(holed_wall: PointCloud) -> None:
    trajectory = Trajectory(
        world_from_cam=np.eye(4)[None].copy(), timestamps_s=np.zeros(1), is_interpolated=np.zeros(1, bool)
    )
    config = PipelineConfig(mesh=True, depth=7, min_density=0.0)
    filled = add_mesh_surface(holed_wall, trajectory, config)
    in_hole = np.abs(filled.points_world[:, :2]).max(axis=1) < 0.02
    assert in_hole.any()
    assert np.abs(filled.points_world[in_hole, 2] - 2.0).max() < 0.01
    assert filled.num_points > holed_wall.num_points
    assert np.abs(filled.points_world[:, 2] - 2.0).max() < 0.1
    assert np.abs(filled.points_world[:, :2]).max() < 1.1
