"""What is known of each point of a cloud, in the numbers that colours and filters go by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.model.looks import CloudColor, CloudFilter

FloatArray = NDArray[np.float32]
Span = tuple[float, float]
STRAY_SHARE = 0.01
"""Share of the points at either end that a colour scale does not stretch for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudMeasures:
    """Numbers of N points, each (N,) float32, in units of the run.

    Attributes
    ----------
    up
        (3,) float64 unit vector against gravity, world.
    confidence
        From 0 to 1.
    height
        Along ``up`` from the world's origin.
    distance
        From the camera that saw the point first.
    first_seen_s
        Time of that frame in the source.
    num_seen
        How many keyframes saw it; None where that was not noted.
    edge
        Strength of the depth edge that it lies on; None where that was not noted.
    spans
        Ends of the colour scales.
    """

    up: NDArray[np.float64]
    confidence: FloatArray
    height: FloatArray
    distance: FloatArray
    first_seen_s: FloatArray
    num_seen: FloatArray | None
    edge: FloatArray | None
    spans: dict[CloudColor, Span]

    @property
    def num_points(self) -> int:
        """N."""
        return len(self.confidence)

    def values(self, color: CloudColor) -> FloatArray | None:
        """The numbers that a colour tells; None for the points' own colours and for what was not noted.

        Depths are told by the distances at first sight, being of the same order.
        """
        return {
            CloudColor.RGB: None,
            CloudColor.HEIGHT: self.height,
            CloudColor.DEPTH: self.distance,
            CloudColor.CONFIDENCE: self.confidence,
            CloudColor.TIME: self.first_seen_s,
            CloudColor.COUNT: self.num_seen,
        }[color]

    def span(self, color: CloudColor) -> Span:
        """Ends of the colour scale: all values but for strays, and from 0 where 0 has a meaning."""
        return self.spans.get(color, (0.0, 1.0))

    def kept(self, filters: CloudFilter) -> NDArray[np.bool_]:
        """(N,) which points a filter leaves; a filter by what was not noted cuts nothing."""
        kept = self.confidence >= np.float32(filters.min_confidence)
        if filters.max_edge is not None and self.edge is not None:
            kept &= self.edge <= np.float32(filters.max_edge)
        if filters.max_distance is not None:
            kept &= self.distance <= np.float32(filters.max_distance)
        if filters.min_height is not None:
            kept &= self.height >= np.float32(filters.min_height)
        if filters.max_height is not None:
            kept &= self.height <= np.float32(filters.max_height)
        return kept


def measure_cloud(cloud: PointCloud, trajectory: Trajectory, up: NDArray[np.float64]) -> CloudMeasures:
    """Work the numbers of a cloud out, once; ``up`` is a unit vector (3,) of the world."""
    frames = np.clip(cloud.first_frame, 0, trajectory.num_frames - 1)
    distance = np.linalg.norm(cloud.points_world - trajectory.centres_world[frames], axis=1)
    times_s = np.asarray(trajectory.timestamps_s) - trajectory.timestamps_s[0]
    height = (cloud.points_world @ up.astype(np.float32)).astype(np.float32)
    num_seen = None if cloud.num_seen is None else cloud.num_seen.astype(np.float32)
    spans = {
        CloudColor.HEIGHT: _span(height),
        CloudColor.DEPTH: (0.0, _span(distance)[1]),
        CloudColor.CONFIDENCE: (0.0, 1.0),
        CloudColor.TIME: (0.0, max(float(times_s[-1]), 1e-3)),
    }
    if num_seen is not None:
        spans[CloudColor.COUNT] = (1.0, max(_span(num_seen)[1], 2.0))
    return CloudMeasures(
        up=up,
        confidence=cloud.confidence,
        height=height,
        distance=distance.astype(np.float32),
        first_seen_s=times_s[frames].astype(np.float32),
        num_seen=num_seen,
        edge=cloud.edge,
        spans=spans,
    )


def _span(values: NDArray[np.floating]) -> Span:
    """From the lowest to the highest value without strays; never empty."""
    if not len(values):
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(values, (STRAY_SHARE, 1.0 - STRAY_SHARE)))
    return low, high if high > low else low + 1.0
