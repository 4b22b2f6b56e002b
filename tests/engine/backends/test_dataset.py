from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from l3rocc_engine.backends.dataset import DatasetBackend, triangulate_given
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.conventions import CV_FROM_GL
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.progress import CancelToken, no_events
from l3rocc_engine.reconstruction import PointMap, ScaleMethod
from tests.engine.backends.textured_room import BOXES, CAMERA, ROOM, cast_room, room_source, walk
from tests.synthetic.picture_source import PictureSource

POSES = walk(8)


class TrueDepth:
    """Depth of the room at half the picture's size, unknown in the left column."""

    def depth_m(self, frame_idx: int) -> NDArray[np.float32]:
        small = CAMERA.scaled_to(CAMERA.width_px // 2, CAMERA.height_px // 2)
        depth = cast_room(POSES[frame_idx], small)[1].copy()
        depth[:, 0] = 0.0
        return depth


@pytest.fixture(scope="module")
def source() -> PictureSource:
    return room_source(POSES, has_cameras=True)


def with_depth(source: PictureSource) -> PictureSource:
    made = PictureSource(source.path, source._pictures, source.fps)
    assert source.cameras is not None
    made.cameras = replace(source.cameras, depth=TrueDepth(), world_up=(0.0, -1.0, 0.0))
    return made


def distance_to_surfaces(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance to the nearest plane of a wall or box side, whose extent is ignored."""
    planes = np.array([corner for box in (ROOM, *BOXES) for corner in box])
    return np.abs(points[:, None, :] - planes[None]).min(axis=(1, 2))


def test_given_depth_is_lifted_without_matching(source: PictureSource) -> None:
    shown: list[PointMap] = []
    made = DatasetBackend().reconstruct(
        with_depth(source),
        PipelineConfig(),
        events=no_events,
        cancel=CancelToken(),
        on_point_map=lambda point_map, _poses: shown.append(point_map),
    )
    assert made.scale.method is ScaleMethod.DATASET and made.scale.is_metric
    assert made.world_up == (0.0, -1.0, 0.0)
    assert [m.frame_idx for m in shown] == [m.frame_idx for m in made.point_maps]
    for point_map in made.point_maps:
        pose = POSES[point_map.frame_idx]
        known = point_map.confidence > 0
        assert not known[:, 0].any() and known[:, 1:].all()
        assert np.isnan(point_map.points_cam[~known]).all()
        points = point_map.points_cam[known] @ pose[:3, :3].T + pose[:3, 3]
        assert distance_to_surfaces(points).max() < 1e-4


def test_given_depth_works_where_the_camera_stands_still(source: PictureSource) -> None:
    still = with_depth(source)
    still._pictures = [source.frame(0)] * 8
    made = DatasetBackend().reconstruct(still, PipelineConfig(), events=no_events, cancel=CancelToken())
    assert [m.frame_idx for m in made.point_maps] == [0]
    assert made.trajectory.num_frames == 8


def test_points_are_triangulated_under_the_given_poses(source: PictureSource) -> None:
    assert source.cameras is not None
    key_frames = np.arange(0, 8, 2)
    sparse = triangulate_given(source, source.cameras, key_frames, events=no_events, cancel=CancelToken())
    np.testing.assert_allclose(sparse.world_from_cam, POSES[key_frames], atol=1e-9)
    assert sparse.key_frames.tolist() == key_frames.tolist()
    assert np.median(distance_to_surfaces(sparse.points_world)) < 0.02


@pytest.mark.parametrize("wrong", [POSES @ CV_FROM_GL, invert(POSES)], ids=["axes", "direction"])
def test_poses_that_do_not_fit_the_pictures_are_refused(source: PictureSource, wrong: NDArray[np.float64]) -> None:
    assert source.cameras is not None
    cameras = replace(source.cameras, trajectory=replace(source.cameras.trajectory, world_from_cam=wrong.copy()))
    with pytest.raises(ReconstructionError, match="do not fit its pictures") as caught:
        triangulate_given(source, cameras, np.arange(0, 8, 2), events=no_events, cancel=CancelToken())
    assert "builtin" in caught.value.hint


def test_sources_without_poses_are_refused() -> None:
    plain = PictureSource(room_source(POSES[:1]).path, [np.zeros((8, 8, 3), np.uint8)] * 3, 10.0)
    assert "no camera poses" in (DatasetBackend().refusal(plain, PipelineConfig()) or "")
