from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.frames.frame_range import RangeSource, in_range
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.source import FrameSource, KnownCameras
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.sample import sample_video_path
from tests.synthetic.picture_source import PictureSource


class Depth:
    def depth_m(self, frame_idx: int) -> np.ndarray:
        return np.full((4, 6), frame_idx, dtype=np.float32)


@pytest.fixture
def whole() -> PictureSource:
    source = PictureSource(Path("clip.mp4"), [np.full((4, 6, 3), i, dtype=np.uint8) for i in range(10)], 5.0)
    poses = np.tile(np.eye(4), (10, 1, 1))
    poses[:, 0, 3] = np.arange(10)
    source.cameras = KnownCameras(
        trajectory=Trajectory(
            world_from_cam=poses, timestamps_s=source.timestamps_s, is_interpolated=np.zeros(10, dtype=bool)
        ),
        intrinsics=Intrinsics(fx_px=5.0, fy_px=5.0, cx_px=3.0, cy_px=2.0, width_px=6, height_px=4),
        depth=Depth(),
    )
    return source


def test_a_part_counts_from_zero(whole: PictureSource) -> None:
    part = in_range(whole, (3, 6))
    assert (part.num_frames, part.fps, part.size_px, part.name) == (4, 5.0, (6, 4), "clip")
    np.testing.assert_allclose(part.timestamps_s, [0.0, 0.2, 0.4, 0.6])
    assert [int(part.frame(i)[0, 0, 0]) for i in range(4)] == [3, 4, 5, 6]
    assert [(i, int(image[0, 0, 0])) for i, image in part.frames()] == [(0, 3), (1, 4), (2, 5), (3, 6)]
    assert [(i, int(image[0, 0, 0])) for i, image in part.frames([1, 3])] == [(1, 4), (3, 6)]
    for wrong in (-1, 4):
        with pytest.raises(IndexError, match="no frame"):
            part.frame(wrong)


def test_poses_and_depth_are_those_of_the_part(whole: PictureSource) -> None:
    cameras = in_range(whole, (3, 6)).cameras
    assert cameras is not None and cameras.depth is not None
    np.testing.assert_array_equal(cameras.trajectory.centres_world[:, 0], [3, 4, 5, 6])
    assert cameras.trajectory.timestamps_s[0] == 0.0
    assert cameras.depth.depth_m(2)[0, 0] == 5


def test_only_real_parts_are_other_sources(whole: PictureSource) -> None:
    part = in_range(whole, (3, 6))
    assert in_range(whole, ()) is whole
    assert in_range(whole, (0, 9)) is whole
    assert part.fingerprint != whole.fingerprint != in_range(whole, (3, 7)).fingerprint
    assert part.fingerprint == in_range(whole, (3, 6)).fingerprint
    again = in_range(part, (3, 6))
    assert isinstance(again, RangeSource) and again.whole is whole and again.fingerprint == part.fingerprint


@pytest.mark.parametrize("wanted", [(5, 10), (12, 14)])
def test_frames_that_are_not_there_are_refused(whole: PictureSource, wanted: tuple[int, int]) -> None:
    with pytest.raises(ConfigError, match="from 0 to 9"):
        in_range(whole, wanted)


def test_a_part_of_a_video_has_its_pictures() -> None:
    source: FrameSource = open_source(sample_video_path())
    part = in_range(source, (20, 23))
    streamed = dict(part.frames([0, 3]))
    np.testing.assert_array_equal(streamed[3], source.frame(23))
    np.testing.assert_array_equal(part.frame(0), source.frame(20))
    source.close()
