"""What a batch will take, from a few of its units that are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from l3rocc_engine.backends.registry import choose_backend
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import BatchUnit
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.errors import L3roccError
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.pipeline.forecast import MachineCosts, make_forecast
from l3rocc_engine.pipeline.workload import Workload, workload_of
from l3rocc_engine.progress import CancelToken

SAMPLED_UNITS = 12
BYTES_PER_VOXEL_FRAME = 0.012
BYTES_PER_MAP_PIXEL = 5.0
"""Of occupancy and of the cloud at the usual voxel size, measured: 8 to 15 thousandths, and 1 to 5."""
_USUAL_VOXEL = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGlance:
    """What a look at one unit showed.

    Attributes
    ----------
    unit
        Which.
    num_frames, backend, seconds, memory_bytes, result_bytes
        What it has, what would work on it, and what that is expected to take alone on this machine and to leave.
    problem
        Why it cannot be opened; empty if it can.
    """

    unit: BatchUnit
    num_frames: int = 0
    backend: str = ""
    seconds: float = 0.0
    memory_bytes: int = 0
    result_bytes: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchForecast:
    """What a batch will take.

    Attributes
    ----------
    num_units
        Units to be processed.
    glances
        Those that were looked at.
    seconds
        Expected time of all with the workers at hand.
    disk_bytes
        Expected size of what comes out, carried files left out.
    """

    num_units: int
    glances: tuple[UnitGlance, ...]
    seconds: float
    disk_bytes: int


def forecast_batch(
    units: Sequence[BatchUnit], settings: BatchSettings, workers: Workers, *, cancel: CancelToken | None = None
) -> BatchForecast:
    """Look at some units, evenly chosen, and expect the others to be like them.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    token = cancel or CancelToken()
    if not units:
        return BatchForecast(num_units=0, glances=(), seconds=0.0, disk_bytes=0)
    places = np.unique(np.linspace(0, len(units) - 1, min(SAMPLED_UNITS, len(units))).round().astype(int))
    glances = []
    for place in places.tolist():
        token.check()
        glances.append(_glance(units[place], settings, token))
    usable = [glance for glance in glances if not glance.problem]
    mean_s = float(np.mean([glance.seconds for glance in usable])) if usable else 0.0
    mean_bytes = float(np.mean([glance.result_bytes for glance in usable])) if usable else 0.0
    share = len(usable) / max(1, len(glances))
    return BatchForecast(
        num_units=len(units),
        glances=tuple(glances),
        seconds=mean_s * share * len(units) / workers.count,
        disk_bytes=int(mean_bytes * share * len(units)),
    )


def _glance(unit: BatchUnit, settings: BatchSettings, cancel: CancelToken) -> UnitGlance:
    try:
        source = open_source(unit.path, fps=settings.config.fps, episode=unit.episode, cancel=cancel)
    except L3roccError as error:
        return UnitGlance(unit=unit, problem=error.message)
    try:
        backend, _ = choose_backend(source, settings.config)
        workload = workload_of(source, settings.config, backend.name)
        forecast = make_forecast(workload, MachineCosts())
        return UnitGlance(
            unit=unit,
            num_frames=source.num_frames,
            backend=backend.name,
            seconds=forecast.seconds,
            memory_bytes=forecast.memory_bytes,
            result_bytes=_result_bytes(workload, settings.config.voxel_size),
        )
    except L3roccError as error:
        return UnitGlance(unit=unit, problem=error.message)
    finally:
        source.close()


def _result_bytes(workload: Workload, voxel_size: float) -> float:
    """Occupancy of all frames, and a cloud whose points are as many as the surfaces have voxels, or pixels."""
    density = min(1.0, (_USUAL_VOXEL / voxel_size) ** 2)
    cloud = workload.num_keyframes * workload.map_pixels * density * BYTES_PER_MAP_PIXEL
    return workload.num_frames * workload.num_voxels * BYTES_PER_VOXEL_FRAME + cloud
