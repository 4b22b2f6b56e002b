"""The cloud as far as it is known while the engine still works on it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.geometry.se3 import transform
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import EventSink, ProgressEvent
from l3rocc_engine.reconstruction import PointMap

MIN_CONFIDENCE = 0.3
POINTS_A_MAP = 6000
MAX_MAPS = 24
INTERVAL_S = 1.0
"""Making a cloud ready to be shown takes about a tenth of this from the work itself."""


class GrowingCloud:
    """Collects thinned point maps; used by one thread.

    A later map of a frame takes the place of an earlier one. Of many frames every other one is left out again, so that
    it never holds more than ``MAX_MAPS`` of them and always covers the whole way.
    """

    def __init__(self) -> None:
        self._maps: dict[int, tuple[NDArray[np.float32], NDArray[np.uint8]]] = {}
        self._numbers: dict[int, int] = {}
        self._every = 1

    def add(self, point_map: PointMap) -> None:
        """Take a point map in."""
        frame_idx = point_map.frame_idx
        if self._numbers.setdefault(frame_idx, len(self._numbers)) % self._every:
            return
        self._maps[frame_idx] = _thinned(point_map)
        if len(self._maps) > MAX_MAPS:
            self._every *= 2
            self._maps = {index: part for index, part in self._maps.items() if not self._numbers[index] % self._every}

    def cloud(self, trajectory: Trajectory) -> PointCloud:
        """All points so far in the world of these poses, (N, 3) in its units.

        A trajectory that does not reach a map's frame yet leaves that map out.
        """
        known = {index: part for index, part in self._maps.items() if index < trajectory.num_frames}
        points, colors, frames = [np.zeros((0, 3))], [np.zeros((0, 3), dtype=np.uint8)], [np.zeros(0)]
        for index, (points_cam, colors_of) in known.items():
            points.append(transform(trajectory.world_from_cam[index], points_cam))
            colors.append(colors_of)
            frames.append(np.full(len(points_cam), index))
        joined = np.concatenate(points).astype(np.float32)
        return PointCloud(
            points_world=joined,
            colors=np.concatenate(colors),
            confidence=np.ones(len(joined), dtype=np.float32),
            first_frame=np.concatenate(frames).astype(np.int32),
        )


class CloudWatch:
    """Passes a running job's cloud on when there is more of it to see; on the job's thread.

    Parameters
    ----------
    tell
        Given the cloud and the poses so far, at most every ``INTERVAL_S``.
    now
        The clock.
    """

    def __init__(
        self, tell: Callable[[PointCloud, Trajectory], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell, self._now = tell, now
        self._cloud = GrowingCloud()
        self._poses: Trajectory | None = None
        self._next_s: float | None = None

    def take(self, point_map: PointMap, trajectory: Trajectory) -> None:
        """Take a point map in, and the poses known by now."""
        self._cloud.add(point_map)
        self._poses = trajectory
        if self._next_s is None:  # one map alone is not worth a look
            self._next_s = self._now() + INTERVAL_S
        self._tell_in_time()

    def following(self, events: EventSink) -> EventSink:
        """A sink that passes the events on and with them what came since the cloud was told last."""

        def sink(event: ProgressEvent) -> None:
            events(event)
            self._tell_in_time()

        return sink

    def _tell_in_time(self) -> None:
        if self._poses is None or self._next_s is None or self._now() < self._next_s:
            return
        cloud, poses, self._poses = self._cloud.cloud(self._poses), self._poses, None
        if cloud.num_points:
            self._tell(cloud, poses)
            self._next_s = self._now() + INTERVAL_S


def _thinned(point_map: PointMap) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """An even part of the pixels that can be trusted: points (N, 3) in the camera frame, and colours."""
    is_sure = (point_map.confidence >= MIN_CONFIDENCE) & np.isfinite(point_map.points_cam).all(axis=-1)
    rows = np.flatnonzero(is_sure)
    rows = rows[np.linspace(0, len(rows) - 1, min(POINTS_A_MAP, len(rows))).astype(np.intp)]
    return point_map.points_cam.reshape(-1, 3)[rows].copy(), point_map.colors.reshape(-1, 3)[rows].copy()
