"""How many frames of a running job's occupancy can be looked at already."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from l3rocc_engine.progress import EventSink, ProgressEvent

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun

STAGE = "occupancy"
INTERVAL_S = 0.25


class OccupancyWatch:
    """Follows a job's progress on its thread and passes its growing run on when there is more of it to see.

    Parameters
    ----------
    tell
        Given the run after its first frame, then at most every ``INTERVAL_S``, and after its last frame.
    now
        The clock.
    """

    def __init__(self, tell: Callable[[GrowingRun], None], now: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._now = tell, now
        self._run: GrowingRun | None = None
        self._next_s = 0.0

    def begin(self, run: GrowingRun) -> None:
        """The job is about to cast its first rays."""
        self._run, self._next_s = run, 0.0

    def following(self, events: EventSink) -> EventSink:
        """A sink that passes the events on and looks at them."""

        def sink(event: ProgressEvent) -> None:
            events(event)
            run = self._run
            if run is None or event.stage != STAGE or not event.done:
                return
            if self._now() >= self._next_s or event.done == event.total:
                self._tell(run)
                self._next_s = self._now() + INTERVAL_S

        return sink
