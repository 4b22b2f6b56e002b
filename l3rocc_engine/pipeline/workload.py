"""How much there is to do in a run, counted before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from l3rocc_engine.backends.builtin.keyframes import FEWEST, MOST
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.progress import result_of

_MEGA = 1e6
_DEPTH_STAGES = ("features", "matching", "poses", "depth", "consistency", "fill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What the cost of a run depends on.

    Attributes
    ----------
    backend
        Name of the backend.
    num_frames, frame_pixels
        Of the source, or of the range that is processed.
    num_keyframes, map_pixels
        Point maps, and pixels of each.
    num_voxels
        Cells of the egocentric grid.
    has_depth
        Whether the source brings depth maps.
    has_mesh
        Whether surfaces are meshed.
    """

    backend: str
    num_frames: int
    frame_pixels: int
    num_keyframes: int
    map_pixels: int
    num_voxels: int
    has_depth: bool = False
    has_mesh: bool = False

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages that report progress, in their order."""
        if self.backend == "pi3":
            before: tuple[str, ...] = ("network",)
        elif self.has_depth and self.backend == "dataset":
            before = ("keyframes", "depth")
        else:
            before = ("keyframes", *_DEPTH_STAGES)
            if self.backend == "builtin":
                before = (*before[:4], "tracking", *before[4:])
        return (*before, "cloud", *(("mesh",) if self.has_mesh else ()), "occupancy", "world")

    def units(self, stage: str) -> float:
        """Size of a stage, in the unit that its time grows with."""
        maps = self.num_keyframes * self.map_pixels / _MEGA
        if stage == "keyframes":
            return self.num_frames * (0.5 + self.frame_pixels / _MEGA)
        if stage in ("features", "matching"):
            # Pictures are reduced to 800 pixels at most for features.
            return self.num_keyframes * min(self.frame_pixels / _MEGA, 0.48)
        if stage == "poses":
            return float(self.num_keyframes)
        if stage == "tracking":
            return float(self.num_frames)
        if stage in ("occupancy", "world"):
            return self.num_frames * (0.5 + self.num_voxels / (10 * _MEGA))
        if stage == "cloud":
            # Finer voxels want more points, as the square of their number along an edge.
            return maps * (0.4 + 0.6 * (self.num_voxels / (5 * _MEGA)) ** (2 / 3))
        return maps


def steps_of_stage(stage: str, workload: Workload) -> tuple[str, ...]:
    """The progress steps of one of the stages whose results are kept: ``reconstruction``, ``cloud``, ``occupancy``."""
    return tuple(step for step in workload.stages if result_of(step) == stage)


def workload_of(source: FrameSource, config: PipelineConfig, backend: str) -> Workload:
    """Count what a run of this source with these settings would have to do."""
    first, last = config.frame_range or (0, source.num_frames - 1)
    count = max(1, min(last, source.num_frames - 1) - first + 1)
    width, height = source.size_px
    largest = config.network_pixels if backend == "pi3" else DenseSettings().max_pixels
    return Workload(
        backend=backend,
        num_frames=count,
        frame_pixels=width * height,
        num_keyframes=expected_keyframes(count, config.interval, backend),
        map_pixels=min(width * height, largest),
        num_voxels=config.grid.num_voxels,
        has_depth=source.cameras is not None and source.cameras.depth is not None,
        has_mesh=config.mesh,
    )


def expected_keyframes(num_frames: int, interval: int, backend: str) -> int:
    """How many keyframes a clip gets if it moves evenly."""
    regular = (num_frames - 1) // interval + (2 if (num_frames - 1) % interval else 1)
    if backend == "pi3":
        return min(num_frames, regular)
    return min(max(regular, min(FEWEST, num_frames)), MOST)
