"""Every stage on the bundled sample, with the wall seconds that the run itself notes down. Part of ``benchmarks``.

The quick way takes true depth instead of a reconstruction, which is what takes minutes.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.measure import Row, cost_of, peak_mb, reset_peak
from l3rocc_engine.backends.protocol import Backend, PointMapSink
from l3rocc_engine.backends.registry import choose_backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy import warm
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent
from l3rocc_engine.reconstruction import PointMap, Reconstruction
from l3rocc_engine.run import Run
from l3rocc_engine.sample import SampleTruth, load_sample_truth, sample_video_path

QUICK_VOXEL_M = 0.1


class TruthBackend:
    """Hands out the sample's own depth at every twentieth frame."""

    name = "truth"

    def refusal(self, source: FrameSource, config: PipelineConfig) -> str | None:
        return None

    def reconstruct(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> Reconstruction:
        truth = load_sample_truth()
        maps = [self._point_map(truth, frame_idx) for frame_idx in range(0, truth.num_frames, 20)]
        trajectory = Trajectory(
            world_from_cam=truth.world_from_cam,
            timestamps_s=truth.timestamps_s,
            is_interpolated=np.zeros(truth.num_frames, dtype=bool),
        )
        return Reconstruction(point_maps=maps, trajectory=trajectory, intrinsics=truth.intrinsics, backend=self.name)

    @staticmethod
    def _point_map(truth: SampleTruth, frame_idx: int) -> PointMap:
        depth_m = truth.depth_m(frame_idx)
        height, width = depth_m.shape
        rays = truth.intrinsics.scaled_to(width, height).rays_cam().reshape(height, width, 3)
        return PointMap(
            frame_idx=frame_idx,
            points_cam=(rays / rays[..., 2:] * depth_m[..., None]).astype(np.float32),
            confidence=(depth_m > 0).astype(np.float32),
            colors=np.full((height, width, 3), 128, dtype=np.uint8),
        )


class PeakWatch:
    """Notes the largest memory of this process during each stage; children are not in it."""

    def __init__(self) -> None:
        self.peaks_mb: dict[str, float] = {}
        self._stage = ""

    def note(self, event: ProgressEvent) -> None:
        """A stage that begins ends the one before."""
        if event.stage != self._stage:
            self.end()
            self._stage = event.stage

    def end(self) -> None:
        """The stage is over."""
        self.peaks_mb[self._stage] = max(peak_mb(), self.peaks_mb.get(self._stage, 0.0))
        reset_peak()


def rows(*, is_quick: bool) -> list[Row]:
    """The built-in backend, which needs no weights; quick means true depth and larger voxels, the clip is the same."""
    config, choose = PipelineConfig(backend="builtin"), choose_backend
    if is_quick:
        config = replace(config, voxel_size=QUICK_VOXEL_M)

        def choose(source: FrameSource, config: PipelineConfig) -> tuple[Backend, str]:
            return TruthBackend(), "quick benchmark"

    warm()
    made: list[Run] = []
    with tempfile.TemporaryDirectory() as name:
        source = open_source(sample_video_path())
        watch = PeakWatch()
        cost = cost_of(
            lambda: made.append(process_source(source, config, Path(name), choose=choose, events=watch.note)), 1
        )
        watch.end()
        source.close()
    text = f"bundled clip, {made[0].num_frames} frames"
    stages = [
        Row(name=f"stage {stage}", value=seconds, unit="s", input=text, peak_mb=watch.peaks_mb.get(stage, 0.0))
        for stage, seconds in made[0].record.stage_s.items()
    ]
    whole = replace(cost, peak_mb=max(watch.peaks_mb.values()))  # each stage began the count anew
    return [whole.row("all stages", unit="s", input=text, note=f"{cost.cpu_ms / 1e3:.1f} s CPU"), *stages]
