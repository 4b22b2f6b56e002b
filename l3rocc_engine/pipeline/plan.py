"""Which stages a run has, what each depends on, and which are finished already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine import __version__
from l3rocc_engine.backends.registry import result_key
from l3rocc_engine.cloud.fuse import surface_reach
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.frame_range import in_range
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.pipeline.store import finished_stage, stage_key

STAGES = ("reconstruction", "cloud", "occupancy")
"""Each needs the result of the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """One stage of a run that may not have been made yet.

    Attributes
    ----------
    name, key
        Which stage, and the hash of all that its result depends on.
    folder
        Where its result is or would be.
    is_finished
        Whether it is there, so that it will not be made again.
    """

    name: str
    key: str
    folder: Path
    is_finished: bool


def stage_keys(source: FrameSource, backend_name: str, config: PipelineConfig) -> dict[str, str]:
    """The key of each stage: equal keys mean equal results."""
    own = result_key(backend_name, config)
    reconstruction = stage_key(__version__, source.fingerprint, backend_name, config.interval, config.fps, *own)
    mesh = (config.depth, config.min_density, config.max_nn, config.downsample) if config.mesh else ()
    edges = (config.edge_depth_step, config.edge_turn_deg) if backend_name == "pi3" else ()
    scale = (config.camera_height, config.scale_points, config.scale_distance)
    density = (config.voxel_size, surface_reach(config.grid))
    cloud = stage_key(reconstruction, config.min_confidence, *density, *edges, *scale, mesh)
    return {"reconstruction": reconstruction, "cloud": cloud, "occupancy": stage_key(cloud, config.pc_range)}


def plan_stages(
    source: FrameSource, backend_name: str, config: PipelineConfig, workdir: Path
) -> tuple[PlannedStage, ...]:
    """What a run would do with what lies in its folder; looks only, makes nothing."""
    planned = []
    wanted = in_range(source, config.frame_range)
    for name, key in stage_keys(wanted, backend_name, config).items():
        folder = workdir / name / key
        planned.append(
            PlannedStage(name=name, key=key, folder=folder, is_finished=finished_stage(folder, key) is not None)
        )
    return tuple(planned)
