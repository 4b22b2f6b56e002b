from __future__ import annotations

import numpy as np

from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import ProgressEvent
from l3rocc_engine.reconstruction import PointMap
from l3rocc_studio.services.growing_cloud import INTERVAL_S, MAX_MAPS, POINTS_A_MAP, CloudWatch, GrowingCloud


def trajectory_of(num_frames: int) -> Trajectory:
    """A camera that goes one unit a frame along x."""
    poses = np.tile(np.eye(4), (num_frames, 1, 1))
    poses[:, 0, 3] = np.arange(num_frames)
    return Trajectory(
        world_from_cam=poses,
        timestamps_s=np.arange(num_frames) / 10.0,
        is_interpolated=np.zeros(num_frames, dtype=bool),
    )


def map_of(frame_idx: int, *, side: int = 4, confidence: float = 1.0) -> PointMap:
    """A wall one unit ahead."""
    points = np.zeros((side, side, 3), dtype=np.float32)
    points[..., 2] = 1.0
    sure = np.full((side, side), confidence, dtype=np.float32)
    colors = np.full((side, side, 3), frame_idx, dtype=np.uint8)
    return PointMap(frame_idx=frame_idx, points_cam=points, confidence=sure, colors=colors)


def test_maps_lie_where_their_cameras_were() -> None:
    growing = GrowingCloud()
    growing.add(map_of(2))
    growing.add(map_of(5))
    cloud = growing.cloud(trajectory_of(8))
    assert cloud.num_points == 32
    assert np.array_equal(np.unique(cloud.points_world, axis=0), [[2, 0, 1], [5, 0, 1]])
    assert np.array_equal(cloud.colors[:, 0], cloud.first_frame)


def test_what_is_unsure_or_missing_or_beyond_the_known_way_is_left_out() -> None:
    growing = GrowingCloud()
    growing.add(map_of(0, confidence=0.1))
    with_hole = map_of(1)
    with_hole.points_cam[0, 0] = np.nan
    growing.add(with_hole)
    growing.add(map_of(7))
    assert growing.cloud(trajectory_of(4)).num_points == 15
    assert GrowingCloud().cloud(trajectory_of(4)).num_points == 0


def test_it_stays_small_and_covers_the_whole_way() -> None:
    growing = GrowingCloud()
    for frame_idx in range(100):
        growing.add(map_of(frame_idx, side=80))
    cloud = growing.cloud(trajectory_of(100))
    frames = np.unique(cloud.first_frame)
    assert len(frames) <= MAX_MAPS
    assert cloud.num_points == len(frames) * POINTS_A_MAP
    assert frames[0] == 0
    assert frames[-1] > 90


def test_a_later_map_of_a_frame_takes_the_place_of_the_earlier_one() -> None:
    growing = GrowingCloud()
    for side in (2, 3):
        for frame_idx in range(100):
            growing.add(map_of(frame_idx, side=side))
    cloud = growing.cloud(trajectory_of(100))
    frames, counts = np.unique(cloud.first_frame, return_counts=True)
    assert len(frames) <= MAX_MAPS
    assert (np.diff(frames) == np.diff(frames)[0]).all()
    assert (counts == 9).all()


def test_a_job_is_watched_without_losing_its_last_maps() -> None:
    now_s = [0.0]
    told: list[tuple[int, Trajectory]] = []
    watch = CloudWatch(lambda cloud, poses: told.append((cloud.num_points, poses)), now=lambda: now_s[0])
    passed: list[ProgressEvent] = []
    events, event = watch.following(passed.append), ProgressEvent(stage="tracking", done=1, total=2)
    first, second = trajectory_of(4), trajectory_of(4)
    watch.take(map_of(0), first)
    watch.take(map_of(1), first)
    events(event)
    assert told == [] and passed == [event], "too early"
    now_s[0] += INTERVAL_S
    events(event)
    assert told == [(32, first)]
    now_s[0] += INTERVAL_S
    events(event)
    assert len(told) == 1, "nothing new"
    watch.take(map_of(2), second)
    assert told[1:] == [(48, second)]
