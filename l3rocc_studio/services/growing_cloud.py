"""The cloud as far as it is known while the engine still works on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.geometry.se3 import transform
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.reconstruction import PointMap

MIN_CONFIDENCE = 0.3
POINTS_A_MAP = 6000
MAX_MAPS = 24


class GrowingCloud:
    """Collects thinned point maps; used by one thread.

    With many maps the later ones take the place of every other earlier one, so that it never holds more than
    ``MAX_MAPS`` of them and always covers the whole way.
    """

    def __init__(self) -> None:
        self._maps: dict[int, tuple[NDArray[np.float32], NDArray[np.uint8]]] = {}
        self._every = 1
        self._count = 0

    def add(self, point_map: PointMap) -> None:
        """Take a finished point map in."""
        self._count += 1
        if (self._count - 1) % self._every:
            return
        self._maps[point_map.frame_idx] = _thinned(point_map)
        if len(self._maps) > MAX_MAPS:
            self._maps = dict(list(self._maps.items())[::2])
            self._every *= 2

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


def _thinned(point_map: PointMap) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """An even part of the pixels that can be trusted: points (N, 3) in the camera frame, and colours."""
    is_sure = (point_map.confidence >= MIN_CONFIDENCE) & np.isfinite(point_map.points_cam).all(axis=-1)
    rows = np.flatnonzero(is_sure)
    rows = rows[np.linspace(0, len(rows) - 1, min(POINTS_A_MAP, len(rows))).astype(np.intp)]
    return point_map.points_cam.reshape(-1, 3)[rows].copy(), point_map.colors.reshape(-1, 3)[rows].copy()
