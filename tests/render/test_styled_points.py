from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.point_levels import prepare_cloud
from l3rocc_studio.render.point_style import PointStyle
from l3rocc_studio.render.styled_points import style_points

AHEAD = ((0.0, 0.0, 1.0), 0.0)


def cloud(num_points: int) -> PointCloud:
    rng = np.random.default_rng(4)
    return PointCloud(
        points_world=rng.uniform((-1, 0, 5), (9, 4, 7), (num_points, 3)).astype(np.float32),
        colors=rng.integers(0, 256, (num_points, 3), dtype=np.uint8),
        first_frame=rng.integers(0, 3, num_points).astype(np.int32),
        confidence=np.ones(num_points, dtype=np.float32),
    )


def test_each_chunk_keeps_its_points_with_their_colours_and_neighbours_come_together():
    level = prepare_cloud(cloud(6000), spacing=0.1, splat_growth=1.5).levels[Detail.FULL]
    points = style_points(level.chunks, PointStyle(), AHEAD)
    assert points.num_points == 6000
    starts = [0, *points.ends.tolist()]
    for chunk, begin, end in zip(level.chunks, starts, points.ends, strict=False):
        positions = vtk_to_numpy(chunk.GetPoints().GetData())
        colors = vtk_to_numpy(chunk.GetPointData().GetScalars()).astype(np.uint32)
        tints = colors[:, 0] | colors[:, 1] << 8 | colors[:, 2] << 16
        mine = points.positions[:, begin:end]
        np.testing.assert_array_equal(mine.T[np.lexsort(mine)], positions[np.lexsort(positions.T)])
        np.testing.assert_array_equal(points.tints[begin:end][np.lexsort(mine)], tints[np.lexsort(positions.T)])
        steps = [np.linalg.norm(np.diff(places, axis=0), axis=1).mean() for places in (mine.T, positions)]
        assert steps[0] < 0.5 * steps[1]


def test_what_a_limit_leaves_out_is_not_there_and_nothing_is_left_of_nothing():
    level = prepare_cloud(cloud(500), spacing=0.1, splat_growth=1.5).levels[Detail.FULL]
    highest = 6.0
    style = PointStyle(up=(0.0, 0.0, 1.0), limits=(0.0, 3e38, 3e38, -3e38, highest))
    points = style_points(level.chunks, style, AHEAD)
    assert 0 < points.num_points < 500
    assert points.num_points == points.ends[-1] == points.positions.shape[1] == points.normals.shape[1]
    assert points.positions[2].max() <= highest
    none = style_points(level.chunks, PointStyle(limits=(2.0, 3e38, 3e38, -3e38, 3e38)), AHEAD)
    assert none.num_points == none.ends[-1] == 0
