"""A new scale for a finished run; synchronous, to be called on a thread of the caller's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.scale_wish import ScaleWish, TwoPointWish
from l3rocc_studio.services.job_service import FinishedRun

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.run import Run

SCALE_KEYS = ("scale_points", "scale_distance", "camera_height")


def scaled_settings(run: Run, wish: ScaleWish) -> PipelineConfig:
    """The run's settings with the wished scale; processing with them redoes cloud and occupancy only.

    Raises
    ------
    InputError
        If the two places are the same.
    """
    from l3rocc_engine.pipeline.run_scale import settings_with_two_points

    if isinstance(wish, TwoPointWish):
        return settings_with_two_points(run, wish.first, wish.second, wish.metres)
    return run.config.with_changes({"camera_height": wish.metres, "scale_distance": 0.0})


def with_scale_of(config: PipelineConfig, scaled: PipelineConfig) -> PipelineConfig:
    """Settings with another's scale and everything else as it was."""
    values = scaled.to_dict()
    return config.with_changes({key: values[key] for key in SCALE_KEYS})


def rescale_dataset_run(
    run: Run, location: RunLocation, wish: ScaleWish, *, events: EventSink, cancel: CancelToken
) -> FinishedRun:
    """Rescale a run that lies in a dataset folder, of which there are no stages; the folder stays as it is.

    Raises
    ------
    InputError
        If the scale cannot be found.
    Cancelled
        If ``cancel`` was set.
    """
    from l3rocc_engine.pipeline.run_scale import rescale_by_camera_height, rescale_by_two_points

    if isinstance(wish, TwoPointWish):
        scaled = rescale_by_two_points(run, wish.first, wish.second, wish.metres, events=events, cancel=cancel)
    else:
        scaled = rescale_by_camera_height(run, wish.metres, events=events, cancel=cancel)
    return FinishedRun(run=scaled, location=replace(location, config=scaled.config.to_dict()))


def as_located(
    run: Run, location: RunLocation, *, events: EventSink = no_events, cancel: CancelToken | None = None
) -> Run:
    """A run as it was read from its dataset folder, brought to the scale and range that its location asks for, if any.

    Raises
    ------
    L3roccError
        If the scale cannot be found.
    Cancelled
        If ``cancel`` was set.
    """
    from l3rocc_engine.config import config_from_dict
    from l3rocc_engine.pipeline.run_range import run_in_range

    if not location.config:
        return run
    wanted = config_from_dict(location.config, origin="the run")
    if with_scale_of(run.config, wanted).digest != run.config.digest:
        run = _scaled_as(run, wanted, events, cancel)
    if run.config.pc_range != wanted.pc_range:
        run = run_in_range(run, wanted.pc_range, events=events, cancel=cancel)
    return run


def _scaled_as(run: Run, wanted: PipelineConfig, events: EventSink, cancel: CancelToken | None) -> Run:
    from l3rocc_engine.pipeline.run_scale import rescale_by_camera_height, rescale_by_two_points

    if wanted.scale_distance > 0:
        ends = run.scale.sim3.apply_points(np.reshape(wanted.scale_points, (2, 3)))
        return rescale_by_two_points(run, ends[0], ends[1], wanted.scale_distance, events=events, cancel=cancel)
    return rescale_by_camera_height(run, wanted.camera_height, events=events, cancel=cancel)
