"""A finished run as panels, renderers and writers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.intrinsics import Intrinsics, visibility_rays
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.geometry.zoom import ZoomTrack, camera_rows
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.occupancy.world import WorldMap
from l3rocc_engine.reconstruction import PointMap, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What made the run and what it cost; written as ``run.json``.

    Attributes
    ----------
    backend, reason
        The backend used and why it was chosen.
    versions
        Program and library versions.
    stage_s
        Seconds a stage.
    peak_memory_bytes
        Largest resident memory of the process and of its children, whichever is larger.
    notes
        Sentences for the user.
    measures
        Named numbers from the backend and the later stages.
    keyframes
        Source frames that have a point map.
    """

    backend: str
    reason: str
    versions: dict[str, str] = field(default_factory=dict)
    stage_s: dict[str, float] = field(default_factory=dict)
    peak_memory_bytes: int = 0
    notes: tuple[str, ...] = ()
    measures: dict[str, float] = field(default_factory=dict)
    keyframes: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "backend": self.backend,
            "reason": self.reason,
            "versions": self.versions,
            "stage_s": self.stage_s,
            "peak_memory_bytes": self.peak_memory_bytes,
            "notes": list(self.notes),
            "measures": self.measures,
            "keyframes": list(self.keyframes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingRun:
    """What can be shown of a run while its occupancy is being made; ``occupancy.num_ready`` frames are there.

    Any thread may read it. After a run that was stopped its frames are gone, and reading them raises ``InputError``.
    """

    config: PipelineConfig
    trajectory: Trajectory
    intrinsics: Intrinsics
    occupancy: OccupancySequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything of one run, ready to show or write; big parts are read from disk when asked for.

    ``point_maps`` are the keyframes' pixels in space, read from disk one at a time; a dataset folder has none.
    ``tracks`` are the points of structure from motion with the pixels that observed them, where the backend has them;
    ``zoom`` and ``view_rays`` those of :class:`l3rocc_engine.reconstruction.Reconstruction`, mostly None.
    """

    source: FrameSource
    config: PipelineConfig
    trajectory: Trajectory
    intrinsics: Intrinsics
    scale: Scale
    cloud: PointCloud
    occupancy: OccupancySequence
    world: WorldMap
    record: RunRecord
    world_up: tuple[float, float, float] | None = None
    tracks: PointTracks | None = None
    point_maps: Sequence[PointMap] = ()
    zoom: ZoomTrack | None = None
    view_rays: NDArray[np.float32] | None = None

    @property
    def num_frames(self) -> int:
        """Frames of the source, and so of every track."""
        return self.trajectory.num_frames

    def require_frames(self, frames: Sequence[int]) -> None:
        """Make sure that some frames are wanted, and the run has them all.

        Raises
        ------
        ConfigError
            If it has not.
        """
        ends = (frames[0], frames[-1]) if isinstance(frames, range) and frames else frames
        if frames and min(ends) >= 0 and max(ends) < self.num_frames:
            return
        asked = f"{min(ends)} to {max(ends)}" if frames else "none"
        raise ConfigError(f"The run has the frames 0 to {self.num_frames - 1}; requested: {asked}.")

    def intrinsics_at(self, frame_idx: int) -> Intrinsics:
        """The camera of one frame; the shared one unless the zoom changes."""
        return self.intrinsics if self.zoom is None else self.zoom.at(frame_idx)

    def camera_rows(self) -> NDArray[np.float64]:
        """(T, 4): fx, fy, cx, cy of every frame, in pixels of the source."""
        return camera_rows(self.intrinsics, self.zoom, self.num_frames)

    def rays_cam(self, frame_idx: int = 0) -> NDArray[np.float32]:
        """The visibility rays (R, 3) of one frame's camera."""
        return visibility_rays(self.intrinsics_at(frame_idx)) if self.view_rays is None else self.view_rays
