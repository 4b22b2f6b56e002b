"""What a reconstruction costs and how well it fits the poses that came with the source.

python -m benchmarks.bench_reconstruction PATH [--backend auto|builtin|dataset] [--self-calibrate] [--sparse-only]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.measure import cpu_s
from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.backends.protocol import Backend
from l3rocc_engine.backends.registry import choose_backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import L3roccError
from l3rocc_engine.evaluation.trajectory import compare_trajectories
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, ProgressEvent


@dataclass
class Stopwatch:
    """Wall seconds of each stage, from its first event to that of the next stage."""

    stage: str = ""
    since_s: float = 0.0
    wall_s: dict[str, float] = field(default_factory=dict)

    def __call__(self, event: ProgressEvent) -> None:
        if event.stage != self.stage:
            self.stop()
            self.stage, self.since_s = event.stage, time.monotonic()

    def stop(self) -> None:
        if self.stage:
            self.wall_s[self.stage] = self.wall_s.get(self.stage, 0.0) + time.monotonic() - self.since_s
        self.stage = ""


def pose_errors(found: Trajectory, truth: Trajectory) -> dict[str, dict[str, float]]:
    """Errors after the best similarity: of all frames, and of the observed ones alone."""
    parts = {"all": np.ones(found.num_frames, bool), "observed": ~found.is_interpolated}
    report = {}
    for name, chosen in parts.items():
        error = compare_trajectories(found.world_from_cam[chosen], truth.world_from_cam[chosen])
        report[name] = {
            "frames": float(chosen.sum()),
            "ate_rmse_m": error.ate_rmse_m,
            "ate_max_m": error.ate_max_m,
            "path_m": error.path_length_m,
            "rotation_median_deg": error.rotation_median_deg,
            "scale": error.true_from_estimated.scale,
        }
    return report


def backend_for(source: FrameSource, arguments: argparse.Namespace) -> tuple[Backend, str]:
    if arguments.self_calibrate:
        return BuiltinBackend(use_known_camera=False), "asked to solve for the camera"
    return choose_backend(source, PipelineConfig(backend=arguments.backend, interval=arguments.interval))


def measured(name: str, report: dict[str, object], work: Callable[[], None]) -> None:
    wall, cpu = time.monotonic(), cpu_s()
    work()
    report[f"{name}_wall_s"], report[f"{name}_cpu_s"] = time.monotonic() - wall, cpu_s() - cpu


def bench(arguments: argparse.Namespace) -> dict[str, object]:
    source = open_source(arguments.path)
    backend, reason = backend_for(source, arguments)
    report: dict[str, object] = {"source": source.name, "frames": source.num_frames, "backend": backend.name}
    report["reason"] = reason
    watch = Stopwatch()
    config = PipelineConfig(interval=arguments.interval)

    def work() -> None:
        if arguments.sparse_only and isinstance(backend, BuiltinBackend):
            track = backend.track_cameras(source, config, events=watch, cancel=CancelToken())
            trajectory, report["measures"], report["notes"] = track.trajectory, track.measures, track.notes
        else:
            made = backend.reconstruct(source, config, events=watch, cancel=CancelToken())
            trajectory, report["measures"], report["notes"] = made.trajectory, made.measures, made.notes
        watch.stop()
        if source.cameras is not None:
            report["poses"] = pose_errors(trajectory, source.cameras.trajectory)

    try:
        measured("all", report, work)
    except L3roccError as error:
        report["refused"] = str(error)
    report["stage_wall_s"] = watch.wall_s
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--backend", default="auto", choices=("auto", "builtin", "dataset"))
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--self-calibrate", action="store_true", help="ignore the camera that came with the source")
    parser.add_argument("--sparse-only", action="store_true", help="stop before dense depth (builtin backend)")
    print(json.dumps(bench(parser.parse_args()), indent=2, default=list))


if __name__ == "__main__":
    main()
