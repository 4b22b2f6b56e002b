"""Another range for a run that lies in a dataset folder; synchronous, for a thread of the caller's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.job_service import FinishedRun

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.run import Run


def needs_rays_alone(run: Run | None, location: RunLocation | None, config: PipelineConfig) -> bool:
    """Whether settings ask of a run in a dataset folder, which has no stages, for nothing but another range."""
    if run is None or location is None or not location.is_dataset or run.config.pc_range == config.pc_range:
        return False
    return run.config.with_changes({"pc_range": list(config.pc_range)}).digest == config.digest


def recast_dataset_run(
    run: Run, location: RunLocation, config: PipelineConfig, *, events: EventSink, cancel: CancelToken
) -> FinishedRun:
    """Cast the rays of a run in the range of these settings; its dataset folder stays as it is.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    from l3rocc_engine.pipeline.run_range import run_in_range

    made = run_in_range(run, config.pc_range, events=events, cancel=cancel)
    return FinishedRun(run=made, location=replace(location, config=made.config.to_dict()))
