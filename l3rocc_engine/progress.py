"""Progress out of a running job and the wish to stop into it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from l3rocc_engine.errors import Cancelled

STAGE_LABELS = {
    "download": "Downloading",
    "copy": "Copying",
    "backend": "Choosing a backend",
    "keyframes": "Choosing keyframes",
    "network": "Running the network",
    "joining": "Joining chunks",
    "features": "Finding features",
    "matching": "Matching features",
    "poses": "Solving camera poses",
    "tracking": "Placing other frames",
    "depth": "Estimating depth",
    "consistency": "Cross-checking depth",
    "fill": "Filling flat surfaces",
    "cloud": "Fusing the cloud",
    "mesh": "Meshing surfaces",
    "occupancy": "Casting rays",
    "world": "Building the world map",
    "video": "Encoding video",
    "dataset": "Writing the dataset",
    "render": "Rendering panels",
    "visual": "Writing frames",
    "images": "Writing pictures",
    "normals": "Estimating normals",
    "export": "Writing",
    "check": "Checking",
    "batch": "Runs",
    "merge": "Merging episodes",
}


def stage_label(stage: str) -> str:
    """What a stage does, for people; an unknown name is shown as it is."""
    return STAGE_LABELS.get(stage, stage.replace("_", " ").capitalize())


_LATER_RESULTS = {"cloud": "cloud", "mesh": "cloud", "occupancy": "occupancy", "world": "occupancy"}


def result_of(stage: str) -> str:
    """Which of the results that are kept on disk a stage works on: ``reconstruction``, ``cloud`` or ``occupancy``."""
    return _LATER_RESULTS.get(stage, "reconstruction")


StepProgress = Callable[[int, int], None]
"""``(done, total)`` of one loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEvent:
    """How far one stage of a job is.

    Attributes
    ----------
    stage
        Stable machine name such as ``"depth"``; the label for people is ``stage_label(stage)``.
    done, total
        Units finished and units in all; ``total`` 0 means that the amount is not known yet.
    message
        What is being done right now, for people; may be empty.
    """

    stage: str
    done: int
    total: int
    message: str = ""


EventSink = Callable[[ProgressEvent], None]


def no_progress(_done: int, _total: int) -> None:
    """Sink for callers that do not want step progress."""


def no_events(_event: ProgressEvent) -> None:
    """Sink for callers that do not want progress events."""


def steps_of(sink: EventSink, stage: str, message: str = "") -> StepProgress:
    """Turn an event sink into the ``(done, total)`` callable of one stage."""

    def report(done: int, total: int) -> None:
        sink(ProgressEvent(stage=stage, done=done, total=total, message=message))

    return report


class CancelToken:
    """A flag that any thread may raise; long work asks for it at least every half second."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the job to stop."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether somebody asked the job to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Stop here if asked to.

        Raises
        ------
        Cancelled
            If :meth:`set` was called.
        """
        if self._event.is_set():
            raise Cancelled("Stopped on request.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """A progress event with the clock added: seconds spent in the stage and an estimate of those left."""

    event: ProgressEvent
    elapsed_s: float
    left_s: float | None

    @property
    def fraction(self) -> float:
        """Done share of the stage in [0, 1]; 0 while the total is unknown."""
        return min(1.0, self.event.done / self.event.total) if self.event.total else 0.0


class StageClock:
    """Adds elapsed and remaining time to the progress events of one job."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._stage = ""
        self._started_s = 0.0
        self._done_before = 0

    def status(self, event: ProgressEvent) -> StageStatus:
        """Time one event; a new stage name restarts the clock."""
        now_s = self._now()
        if event.stage != self._stage:
            self._stage, self._started_s, self._done_before = event.stage, now_s, event.done
        elapsed_s = now_s - self._started_s
        left_s = None
        gained = event.done - self._done_before  # a download that goes on has much done before it starts
        if event.total and gained > 0:
            left_s = elapsed_s * (event.total - event.done) / gained
        return StageStatus(event=event, elapsed_s=elapsed_s, left_s=left_s)
