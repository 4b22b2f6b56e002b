"""What a batch says while it runs: each run as it ends, those under way with their stage, and the time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from l3rocc_engine.batch.portion import UNIT, WHOLE
from l3rocc_engine.batch.report import Outcome
from l3rocc_engine.batch.result import UnitStatus
from l3rocc_engine.progress import EventSink, ProgressEvent, stage_label
from l3rocc_studio.cli.console import Reporter, Row, duration

MOST_ROWS = 12
"""Rows that a terminal has room for; a cluster may be at hundreds of runs."""
_LEAST_SHARE = 0.05
"""Of one run, before anything is said of the time left."""


class BatchBoard:
    """Told of everything by the workers' threads.

    Parameters
    ----------
    reporter
        Where it goes.
    total
        Runs in all. What was finished before takes no time and does not count.
    now
        The clock, in seconds.
    """

    def __init__(self, reporter: Reporter, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._reporter, self._total, self._now = reporter, total, now
        self._done = 0
        self._gained = 0.0
        self._under_way: list[_UnderWay] = []
        self._settling: set[str] = set()
        self._started_s = now()
        self._lock = threading.Lock()
        reporter.event(ProgressEvent(stage="batch", done=0, total=total))

    def add(self, outcome: Outcome) -> None:
        """One run ended."""
        with self._lock:
            result = outcome.result
            if result.status is UnitStatus.ELSEWHERE:
                self._reporter.remark(f"{result.unit} is waited for: {result.message}")
                return
            if result.status is UnitStatus.KEPT:
                self._total -= 1
                return
            self._done += 1
            self._settling.discard(result.unit)
            if result.status is UnitStatus.FAILED:
                self._reporter.remark(f"{result.unit} failed: {result.message}")
            self._reporter.event(ProgressEvent(stage="batch", done=self._done, total=self._total))
            self._show()

    @contextmanager
    def follow(self, unit: str) -> Iterator[EventSink]:
        """Show a run while it is under way."""
        run = _UnderWay(unit, self._now)
        with self._lock:
            self._under_way.append(run)
            self._settling.discard(unit)
            self._show()

        def sink(event: ProgressEvent) -> None:
            with self._lock:
                run.tell(event)
                self._show()

        try:
            yield sink
            run.share = 1.0
        finally:
            with self._lock:
                self._under_way.remove(run)
                self._gained += run.share - run.share_at_first
                if run.share == 1.0:
                    self._settling.add(unit)  # published in a moment, and told then
                self._show()

    def _show(self) -> None:
        self._reporter.under_way([run.row() for run in self._under_way[:MOST_ROWS]], self._left_s())

    def _left_s(self) -> float | None:
        """By what was done since the beginning; what an earlier batch had done of a run is no measure."""
        gained = self._gained + sum(run.share - run.share_at_first for run in self._under_way)
        left = self._total - self._done - len(self._settling) - sum(run.share for run in self._under_way)
        if gained < _LEAST_SHARE or left <= 0.0:
            return None
        return left * (self._now() - self._started_s) / gained


class _UnderWay:
    def __init__(self, name: str, now: Callable[[], float]) -> None:
        self._name, self._now = name, now
        self._stage = ""
        self._first: tuple[float, float] | None = None
        self.share = 0.0

    @property
    def share_at_first(self) -> float:
        """What was done of it when it began, from an earlier time."""
        return 0.0 if self._first is None else self._first[1]

    def tell(self, event: ProgressEvent) -> None:
        """How far it is."""
        if event.stage == UNIT:
            self.share = event.done / WHOLE
            self._first = self._first or (self._now(), self.share)
        elif event.total:
            self._stage = event.stage

    def row(self) -> Row:
        """As a line of the terminal."""
        words = [stage_label(self._stage)] if self._stage else []
        if self._first is not None:
            begun_s, begun = self._first
            gained = self.share - begun
            if gained >= _LEAST_SHARE:
                left_s = (self._now() - begun_s) * (1.0 - self.share) / gained
                words.append(f"{duration(left_s)} left")
        share = None if self._first is None else self.share
        return Row(name=self._name, share=share, text=", ".join(words))
