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
from l3rocc_engine.pipeline.stage import finished_stage, stage_key

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


def stage_settings(backend_name: str, config: PipelineConfig) -> dict[str, dict[str, object]]:
    """What of the settings each stage heeds itself; what the stages before it heed counts for it as well."""
    own = dict(
        zip(("weights_file", "network_frames", "network_pixels"), result_key(backend_name, config), strict=False)
    )
    edges = {"edge_depth_step": config.edge_depth_step, "edge_turn_deg": config.edge_turn_deg}
    cloud: dict[str, object] = {
        "min_confidence": config.min_confidence,
        "voxel_size": config.voxel_size,
        "pc_range": surface_reach(config.grid),
        **(edges if backend_name == "pi3" else {}),
        "camera_height": config.camera_height,
        "scale_points": config.scale_points,
        "scale_distance": config.scale_distance,
        "mesh": (config.depth, config.min_density, config.max_nn, config.downsample) if config.mesh else (),
    }
    return {
        "reconstruction": {"backend": backend_name, "interval": config.interval, "fps": config.fps, **own},
        "cloud": cloud,
        "occupancy": {"pc_range": config.pc_range},
    }


def stage_keys(source: FrameSource, backend_name: str, config: PipelineConfig) -> dict[str, str]:
    """The key of each stage: equal keys mean equal results."""
    keys: dict[str, str] = {}
    before: tuple[str, ...] = (__version__, source.fingerprint)
    for name, heeded in stage_settings(backend_name, config).items():
        keys[name] = stage_key(*before, *heeded.values())
        before = (keys[name],)
    return keys


def changed_settings(
    before: tuple[str, PipelineConfig], after: tuple[str, PipelineConfig]
) -> dict[str, tuple[str, ...]]:
    """Names of the settings that make a result of a stage another one, by stage; what follows it changes too.

    Parameters
    ----------
    before, after
        The backend's name and the settings of two runs of one source.
    """
    old, new = stage_settings(*before), stage_settings(*after)
    changed = {
        # What only one of two backends heeds comes and goes with it.
        name: tuple(key for key, value in new[name].items() if key in old[name] and old[name][key] != value)
        for name in STAGES
    }
    if before[1].frame_range != after[1].frame_range:
        changed["reconstruction"] = ("frame_range", *changed["reconstruction"])
    return changed


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
