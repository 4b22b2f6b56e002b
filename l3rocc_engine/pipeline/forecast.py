"""What a run will cost, told before it starts: time, memory and disk, from what stages cost on this machine before."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.pipeline.workload import Workload

SECONDS_PER_UNIT: Mapping[str, float] = {
    "keyframes": 0.011,
    "features": 1.7,
    "matching": 0.5,
    "poses": 0.25,
    "tracking": 0.023,
    "depth": 3.9,
    "consistency": 2.6,
    "fill": 0.8,
    "cloud": 1.3,
    "mesh": 6.0,
    "occupancy": 0.012,
    "world": 0.003,
    "network": 60.0,
}
"""Measured on two server cores; see ``Workload.units`` for the units. Only the first runs on a machine need them."""
FEWEST_S = 0.02
"""Shorter stages say nothing about the machine."""
NUM_REMEMBERED = 8
BASE_MEMORY_BYTES = 700 << 20
"""Libraries, decoded frames and the matching volumes, which have a budget of their own."""
MEMORY_PER_MAP_PIXEL, MEMORY_PER_VOXEL, MESH_MEMORY_PER_MAP_PIXEL = 60, 10, 250
DISK_PER_MAP_PIXEL, DISK_PER_VOXEL_FRAME = 21, 0.012
SHARE_OF_FREE = 0.85
"""Of the memory and of the disk that is free; a run must not take the last of it."""
_COARSER_VOXELS = (0.02, 0.025, 0.04, 0.05, 0.1, 0.2, 0.25, 0.5)
_LONGER_INTERVALS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """What a finished run had to do and how long each stage took."""

    workload: Workload
    stage_s: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCosts:
    """How this machine compares with the one that the built-in numbers were measured on.

    Attributes
    ----------
    factors
        By backend and stage, where they were measured.
    overall
        For all other stages.
    num_runs
        Runs that the factors were learned from; 0 where nothing is known of this machine.
    """

    factors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    overall: float = 1.0
    num_runs: int = 0

    def seconds(self, workload: Workload, stage: str) -> float:
        """Expected time of a stage."""
        factor = self.factors.get((workload.backend, stage), self.overall)
        return SECONDS_PER_UNIT.get(stage, 1.0) * workload.units(stage) * factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a run is expected to cost.

    Attributes
    ----------
    workload
        What it has to do.
    stage_s
        Seconds a stage, in the order in which they run; stages that are kept from before are left out.
    memory_bytes
        Largest memory.
    disk_bytes
        Size of the working folder.
    num_runs
        Runs on this machine that the times were learned from; 0 for rough numbers of another machine.
    """

    workload: Workload
    stage_s: Mapping[str, float]
    memory_bytes: int
    disk_bytes: int
    num_runs: int

    @property
    def seconds(self) -> float:
        """Expected time in all."""
        return sum(self.stage_s.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What may be used of this machine, in bytes."""

    memory_bytes: int
    disk_bytes: int

    def lacks(self, forecast: Forecast) -> tuple[str, ...]:
        """Which of ``memory`` and ``disk`` is too small; empty if all fits."""
        wanted = {
            "memory": (forecast.memory_bytes, self.memory_bytes),
            "disk": (forecast.disk_bytes, self.disk_bytes),
        }
        return tuple(name for name, (need, free) in wanted.items() if need > SHARE_OF_FREE * free)


def learn_costs(runs: Iterable[PastRun]) -> MachineCosts:
    """Compare past runs, newest first, with the built-in numbers; the median of the last few counts."""
    ratios: dict[tuple[str, str], list[float]] = {}
    num_runs = 0
    for run in runs:
        num_runs += 1
        for stage, seconds in run.stage_s.items():
            expected = SECONDS_PER_UNIT.get(stage, 0.0) * run.workload.units(stage)
            if expected > 0.0 and seconds >= FEWEST_S:
                ratios.setdefault((run.workload.backend, stage), []).append(seconds / expected)
    factors = {key: statistics.median(values[:NUM_REMEMBERED]) for key, values in ratios.items()}
    overall = statistics.median(factors.values()) if factors else 1.0
    return MachineCosts(factors=factors, overall=overall, num_runs=num_runs if factors else 0)


def make_forecast(
    workload: Workload,
    costs: MachineCosts,
    *,
    kept_stages: Iterable[str] = (),
) -> Forecast:
    """Expect time, memory and disk of a run.

    Parameters
    ----------
    workload, costs
        What is to be done, and how fast this machine is.
    kept_stages
        Stages whose results are there already.
    """
    kept = set(kept_stages)
    stage_s = {stage: costs.seconds(workload, stage) for stage in workload.stages if stage not in kept}
    maps = workload.num_keyframes * workload.map_pixels
    memory = BASE_MEMORY_BYTES + maps * MEMORY_PER_MAP_PIXEL + workload.num_voxels * MEMORY_PER_VOXEL
    if workload.has_mesh:
        memory += maps * MESH_MEMORY_PER_MAP_PIXEL
    disk = maps * DISK_PER_MAP_PIXEL + workload.num_frames * workload.num_voxels * DISK_PER_VOXEL_FRAME
    return Forecast(
        workload=workload,
        stage_s=stage_s,
        memory_bytes=int(memory),
        disk_bytes=int(disk),
        num_runs=costs.num_runs,
    )


def fitting_plan(
    workload: Workload, config: PipelineConfig, room: Room, costs: MachineCosts
) -> tuple[PipelineConfig, Forecast] | None:
    """The gentlest change of the settings with which a run fits, or None if none does.

    Coarser voxels, keyframes further apart and no mesh are tried, those first that take the least away.
    """
    for candidate in _gentlest_first(config):
        changed = replace(
            workload,
            num_keyframes=max(2, round(workload.num_keyframes * config.interval / candidate.interval)),
            num_voxels=candidate.grid.num_voxels,
            has_mesh=candidate.mesh,
        )
        forecast = make_forecast(changed, costs)
        if not room.lacks(forecast):
            return candidate, forecast
    return None


def _gentlest_first(config: PipelineConfig) -> list[PipelineConfig]:
    voxels = [size for size in _COARSER_VOXELS if size >= config.voxel_size] or [config.voxel_size]
    found: list[tuple[float, PipelineConfig]] = []
    for mesh in {config.mesh, False}:
        for size in (config.voxel_size, *voxels):
            for times in _LONGER_INTERVALS:
                changes = {"mesh": mesh, "voxel_size": size, "interval": min(500, config.interval * times)}
                harm = size / config.voxel_size + times + (0.0 if mesh is config.mesh else 0.5)
                try:
                    found.append((harm, config.with_changes(changes)))
                except ConfigError:
                    continue  # a size that does not divide the range
    found.sort(key=lambda entry: entry[0])
    return [candidate for _harm, candidate in found if candidate != config]
