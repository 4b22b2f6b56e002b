"""Processing one entry of the queue, with a log of what happened."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from l3rocc_engine.config import PipelineConfig, config_from_dict
from l3rocc_engine.errors import Cancelled, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, stage_label
from l3rocc_studio.model.queue_item import ItemResult, QueueItem
from l3rocc_studio.services.job_service import FinishedRun, JobService

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource

OpenSink = Callable[["FrameSource", PipelineConfig], object]


def _ignore(_source: FrameSource, _config: PipelineConfig) -> None:
    """Nobody wants to know."""


class Log(Protocol):
    """Takes lines."""

    def write(self, text: str) -> None:
        """Add a line."""
        ...


def process_item(
    item: QueueItem,
    jobs: JobService,
    log: Log,
    *,
    events: EventSink,
    cancel: CancelToken,
    on_open: OpenSink = _ignore,
) -> ItemResult:
    """Open an entry's input, process it with the entry's settings, close it again.

    Finished stages of an earlier try are used. The log gets a line a stage, and how it ended. ``on_open`` is told of
    the source and the settings before the work begins, as for a forecast.

    Raises
    ------
    L3roccError
        If it cannot be processed.
    Cancelled
        If ``cancel`` was set.
    """
    started_s = time.monotonic()
    log.write(f"Started: {item.path}" + (f", episode {item.episode}" if item.episode is not None else ""))
    follower = _StageLog(log, events)
    try:
        finished = _process(item, jobs, follower, cancel, on_open)
    except Cancelled:
        log.write("Stopped. Finished stages are kept.")
        raise
    except L3roccError as error:
        log.write(f"Failed: {error}")
        raise
    except BaseException:
        log.write(f"Failed by a mistake in the program:\n{traceback.format_exc()}")
        raise
    finally:
        follower.close()
    result = _result(finished, time.monotonic() - started_s)
    for note in result.notes:
        log.write(f"Note: {note}")
    log.write(
        f"Done in {result.seconds:.1f} s: {result.num_points:,} points, {result.num_keyframes} keyframes of "
        f"{result.num_frames} frames. Peak memory {finished.run.record.peak_memory_bytes / 2**20:,.0f} MiB."
    )
    return result


def _process(
    item: QueueItem, jobs: JobService, events: EventSink, cancel: CancelToken, on_open: OpenSink
) -> FinishedRun:
    config = config_from_dict(item.config, origin="the queue")
    source = jobs.open_source(item.path, config.fps, events=events, cancel=cancel, episode=item.episode)
    try:
        on_open(source, config)
        return jobs.process(source, config, events=events, cancel=cancel)
    finally:
        source.close()


def _result(finished: FinishedRun, seconds: float) -> ItemResult:
    run, location = finished.run, finished.location
    return ItemResult(
        workdir=location.workdir or location.path,
        backend=run.record.backend,
        reason=run.record.reason,
        num_frames=run.num_frames,
        num_keyframes=len(run.record.keyframes),
        num_points=run.cloud.num_points,
        is_metric=run.scale.is_metric,
        seconds=round(seconds, 2),
        notes=run.record.notes,
    )


class _StageLog:
    """An event sink that writes a line when a stage ends, and passes all events on."""

    def __init__(self, log: Log, sink: EventSink) -> None:
        self._log = log
        self._sink = sink
        self._stage = ""
        self._since_s = 0.0

    def __call__(self, event: ProgressEvent) -> None:
        if event.stage != self._stage:
            self.close()
            self._stage, self._since_s = event.stage, time.monotonic()
            if event.message:
                self._log.write(event.message)
        self._sink(event)

    def close(self) -> None:
        """The last stage has ended, one way or the other."""
        if self._stage:
            self._log.write(f"{stage_label(self._stage)}: {time.monotonic() - self._since_s:.1f} s")
            self._stage = ""
