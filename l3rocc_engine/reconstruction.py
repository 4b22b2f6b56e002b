"""What every backend makes: poses for all frames and point maps with confidence at keyframes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.geometry.zoom import ZoomTrack


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMap:
    """One keyframe's pixels in space, unfiltered.

    Attributes
    ----------
    frame_idx
        Source frame it belongs to.
    points_cam
        (H, W, 3) float32, camera frame, NaN where there is no depth.
    confidence
        (H, W) float32 in [0, 1], 0 where there is no depth.
    colors
        (H, W, 3) uint8 RGB.
    """

    frame_idx: int
    points_cam: NDArray[np.float32]
    confidence: NDArray[np.float32]
    colors: NDArray[np.uint8]

    def __post_init__(self) -> None:
        h, w = self.confidence.shape
        if self.points_cam.shape != (h, w, 3) or self.colors.shape != (h, w, 3):
            raise InputError(
                f"The point map of frame {self.frame_idx} mixes sizes: points {self.points_cam.shape}, "
                f"confidence {self.confidence.shape}, colours {self.colors.shape}."
            )


class ScaleMethod(Enum):
    """Where the size of the world comes from."""

    UNKNOWN = "unknown"
    DATASET = "dataset"
    GROUND_TRUTH = "ground_truth"
    TWO_POINT = "two_point"
    CAMERA_HEIGHT = "camera_height"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The one similarity that was applied to cloud, poses and grid together, and how it was found.

    ``UNKNOWN`` means model units: distances are right relative to each other only.
    """

    sim3: Sim3 = field(default_factory=Sim3)
    method: ScaleMethod = ScaleMethod.UNKNOWN
    residual: float | None = None

    @property
    def is_metric(self) -> bool:
        """Whether one unit is one metre."""
        return self.method is not ScaleMethod.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """The scene as a backend found it, before thresholds and fusion.

    Attributes
    ----------
    point_maps
        One a keyframe in order of frames; may load lazily, so iterate rather than hold.
    trajectory
        ``world_from_cam`` of every source frame.
    intrinsics
        Shared camera, for the source's picture size; the typical one where the zoom changes.
    zoom
        The camera of every frame, where the zoom changes.
    view_rays
        (R, 3) float32 directions that the pixels really look along, camera frame, where they are not a pinhole's.
    has_floating_points
        Whether pixels between a near and a far surface hold points that belong to neither, so that an edge filter is
        wanted when the cloud is made.
    scale
        Already applied to ``trajectory`` and ``point_maps``.
    backend
        Name of the backend that made it.
    world_up
        Unit vector against gravity in the world, where known or estimated.
    tracks
        Points of structure from motion with the pixels that observed them, where there are any.
    notes
        Sentences for the user about what was done, not as asked, or left out.
    measures
        Named numbers worth keeping with the run: frames registered, reprojection error, density, and so on.
    """

    point_maps: Sequence[PointMap]
    trajectory: Trajectory
    intrinsics: Intrinsics
    backend: str
    scale: Scale = field(default_factory=Scale)
    world_up: tuple[float, float, float] | None = None
    tracks: PointTracks | None = None
    notes: tuple[str, ...] = ()
    measures: dict[str, float] = field(default_factory=dict)
    zoom: ZoomTrack | None = None
    view_rays: NDArray[np.float32] | None = None
    has_floating_points: bool = False
