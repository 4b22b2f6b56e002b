from __future__ import annotations

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_studio.render import point_facing
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.point_facing import estimate_facing
from l3rocc_studio.render.point_levels import COARSE_POINTS, MAX_CHUNKS, prepare_cloud


def wall(num: int, *, noise: float = 0.002) -> np.ndarray:
    rng = np.random.default_rng(3)
    points = rng.uniform(0.0, 1.0, (num, 3))
    points[:, 0] = 2.0 + rng.normal(0.0, noise, num)
    return points.astype(np.float32)


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_wall_faces_the_camera_that_saw_it(side):
    points = wall(4000)
    facing = estimate_facing(points, np.tile([2.0 + side, 0.5, 0.5], (4000, 1)), cell_size=0.1)
    known = np.linalg.norm(facing, axis=1) > 0
    assert known.mean() > 0.95
    assert (facing[known, 0] * side > 0.9).all()


def test_a_cloud_without_surface_faces_nowhere():
    points = np.random.default_rng(0).uniform(0, 1, (8000, 3)).astype(np.float32)
    facing = estimate_facing(points, np.zeros((8000, 3)), cell_size=0.2)
    assert (np.linalg.norm(facing, axis=1) > 0).mean() < 0.05


def test_no_points_have_no_facing():
    assert estimate_facing(np.zeros((0, 3), np.float32), np.zeros((0, 3)), cell_size=0.1).shape == (0, 3)


def test_cells_are_numbered_alike_whether_they_are_sorted_or_marked(monkeypatch):
    rng = np.random.default_rng(11)
    points = np.concatenate([rng.uniform(-3, 3, (4000, 3)), rng.uniform(0, 1, (4000, 3)) * (4.0, 4.0, 0.01)])
    points, seen_from = points.astype(np.float32), rng.uniform(-5, 5, (8000, 3))
    facing = []
    for marked in (0, 10**6):
        monkeypatch.setattr(point_facing, "MARKED_A_POINT", marked)
        facing.append(estimate_facing(points, seen_from, cell_size=0.4))
    np.testing.assert_array_equal(*facing)
    assert 0.3 < (np.abs(facing[0]).max(axis=1) > 0).mean() < 1.0


def cloud_of(num: int, num_frames: int) -> PointCloud:
    rng = np.random.default_rng(5)
    return PointCloud(
        points_world=rng.normal(size=(num, 3)).astype(np.float32),
        colors=rng.integers(0, 256, (num, 3)).astype(np.uint8),
        confidence=np.ones(num, dtype=np.float32),
        first_frame=rng.integers(0, num_frames, num).astype(np.int32),
    )


def test_chunks_hold_every_point_once_with_its_colour():
    cloud = cloud_of(5000, 100)
    prepared = prepare_cloud(cloud, spacing=0.1, splat_growth=1.5)
    chunks = prepared.levels[Detail.FULL].chunks
    assert len(chunks) == len(prepared.chunk_starts) <= MAX_CHUNKS
    points = np.concatenate([vtk_to_numpy(chunk.GetPoints().GetData()) for chunk in chunks])
    colors = np.concatenate([vtk_to_numpy(chunk.GetPointData().GetScalars()) for chunk in chunks])
    rows = {point.tobytes(): color for point, color in zip(cloud.points_world, cloud.colors, strict=True)}
    assert len(points) == 5000
    assert all((rows[point.tobytes()] == color[:3]).all() for point, color in zip(points, colors, strict=True))


def test_a_chunk_holds_only_frames_from_its_start_on():
    cloud = cloud_of(3000, 70)
    frame_of = {p.tobytes(): f for p, f in zip(cloud.points_world, cloud.first_frame, strict=True)}
    prepared = prepare_cloud(cloud, spacing=0.1, splat_growth=1.5)
    ends = [*prepared.chunk_starts[1:], 70]
    for start, end, chunk in zip(prepared.chunk_starts, ends, prepared.levels[Detail.FULL].chunks, strict=True):
        frames = [frame_of[p.tobytes()] for p in vtk_to_numpy(chunk.GetPoints().GetData())]
        assert start <= min(frames)
        assert max(frames) < end


def test_the_coarse_level_is_small_and_its_points_larger():
    prepared = prepare_cloud(cloud_of(120_000, 10), spacing=0.1, splat_growth=1.5)
    full, coarse = prepared.levels[Detail.FULL], prepared.levels[Detail.COARSE]
    assert sum(chunk.GetNumberOfPoints() for chunk in full.chunks) == 120_000
    assert sum(chunk.GetNumberOfPoints() for chunk in coarse.chunks) == COARSE_POINTS
    assert coarse.splat == pytest.approx(2.0 * full.splat)


def test_an_empty_cloud_has_no_levels():
    assert prepare_cloud(cloud_of(0, 1), spacing=0.1, splat_growth=1.5).levels == {}
