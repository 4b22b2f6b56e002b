"""How much of a unit is done, out of what its stages are expected to take beside each other."""

from __future__ import annotations

from l3rocc_engine.pipeline.forecast import MachineCosts, make_forecast
from l3rocc_engine.pipeline.workload import Workload
from l3rocc_engine.progress import EventSink, ProgressEvent

UNIT = "unit"
"""Stage name of the events that tell of the whole unit."""
WHOLE = 1000
_MOST = 990
"""All stages are done, but nothing is written yet."""


class Portion:
    """A sink that passes events on, and adds one of stage :data:`UNIT` whenever the share that is done has grown.

    Parameters
    ----------
    sink
        Told of everything.
    """

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._spans: dict[str, tuple[float, float]] = {}
        self._done = 0

    def expect(self, workload: Workload) -> None:
        """Say what there is to do; before, no shares are told."""
        stage_s = make_forecast(workload, MachineCosts()).stage_s
        whole_s, begin = sum(stage_s.values()), 0.0
        for stage, seconds in stage_s.items():
            end = begin + seconds / whole_s if whole_s else begin
            self._spans[stage] = (begin, end)
            begin = end

    def __call__(self, event: ProgressEvent) -> None:
        """Pass an event on; a stage that is not expected says nothing of the whole."""
        self._sink(event)
        if event.stage not in self._spans or not event.total:
            return
        begin, end = self._spans[event.stage]
        done = int(_MOST * (begin + (end - begin) * min(1.0, event.done / event.total)))
        if done > self._done:
            self._done = done
            self._sink(ProgressEvent(stage=UNIT, done=done, total=WHOLE))
