"""Which stages a job has been through, which one runs, and what is still to come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from l3rocc_engine.progress import EventSink, ProgressEvent

PASSING_STAGES = frozenset({"open", "backend"})
"""Stages that are over at once and are not worth a line."""
_PACE_LIMITS = (0.25, 8.0)


class StageState(Enum):
    """Where a stage stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    KEPT = "kept"
    STALE = "stale"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage of a job.

    Attributes
    ----------
    name
        Stable name, as in progress events.
    state
        Where it stands; ``KEPT`` if an earlier result is used, ``STALE`` if it was made but the settings ask for
        another result now.
    seconds
        Time it took, or has taken so far.
    expected_s
        What was expected beforehand, or None.
    fraction
        Done share in [0, 1] while it runs, or None while that is not known.
    message
        What it is doing right now.
    """

    name: str
    state: StageState = StageState.WAITING
    seconds: float = 0.0
    expected_s: float | None = None
    fraction: float | None = None
    message: str = ""

    @property
    def left_s(self) -> float | None:
        """Time left by its own progress, or by what was expected while that says too little."""
        if self.state in (StageState.WAITING, StageState.STALE):
            return self.expected_s
        if self.state is not StageState.RUNNING:
            return 0.0
        if self.fraction and self.fraction > 0.05:
            return self.seconds * (1.0 - self.fraction) / self.fraction
        return None if self.expected_s is None else max(0.0, self.expected_s - self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrack:
    """A snapshot of all stages of one job, in the order in which they run."""

    rows: tuple[StageRow, ...] = ()

    @property
    def running(self) -> StageRow | None:
        """The stage that runs."""
        return next((row for row in self.rows if row.state is StageState.RUNNING), None)

    @property
    def left_s(self) -> float | None:
        """Time left of the whole job, or None where stages to come are not known."""
        parts = [row.left_s for row in self.rows]
        known = [part for part in parts if part is not None]
        return sum(known) if parts and len(known) == len(parts) else None

    @property
    def fraction(self) -> float | None:
        """Done share of the whole job by time, or None where that is not known."""
        left_s = self.left_s
        if left_s is None:
            return None
        spent_s = sum(row.seconds for row in self.rows)
        return spent_s / (spent_s + left_s) if spent_s + left_s > 0 else 0.0


class StageTracker:
    """Follows a job's progress events on its thread; anyone may take a snapshot.

    Parameters
    ----------
    expected_s
        Stages in their order with the seconds expected of each.
    kept
        Names of those whose earlier results will be used.
    now
        Clock, in seconds.
    """

    def __init__(
        self,
        expected_s: Mapping[str, float] | None = None,
        kept: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._since_s = now()
        self._rows: list[StageRow] = []
        self.expect(expected_s or {}, kept)

    def expect(self, expected_s: Mapping[str, float], kept: Sequence[str] = ()) -> None:
        """Say what is to come: before the first stage begins, or later, which leaves what was met as it is."""
        rows = [StageRow(name=name, state=StageState.KEPT) for name in kept]
        rows += [StageRow(name=name, expected_s=seconds) for name, seconds in expected_s.items()]
        with self._lock:
            met = {row.name: row for row in self._rows if row.state is not StageState.WAITING}
            reached = max((place for place, row in enumerate(rows) if row.name in met), default=-1)
            unforeseen = [row for name, row in met.items() if name not in {row.name for row in rows}]
            self._rows = unforeseen + [
                replace(met[row.name], expected_s=row.expected_s)
                if row.name in met
                else (_skipped(row) if place < reached else row)
                for place, row in enumerate(rows)
            ]

    def note(self, event: ProgressEvent) -> None:
        """Take an event in."""
        if event.stage in PASSING_STAGES:
            return
        with self._lock:
            place = next((i for i, row in enumerate(self._rows) if row.name == event.stage), None)
            if place is None or self._rows[place].state is not StageState.RUNNING:
                place = self._enter(event.stage, place)
            fraction = min(1.0, event.done / event.total) if event.total else None
            self._rows[place] = replace(self._rows[place], fraction=fraction, message=event.message)

    def before(self, events: EventSink) -> EventSink:
        """A sink that notes every event, and only then hands it on: on its way to a window one may overtake another."""

        def follow(event: ProgressEvent) -> None:
            self.note(event)
            events(event)

        return follow

    def finish(self) -> None:
        """The job has succeeded: nothing runs any more, and what was not entered was not needed."""
        with self._lock:
            self._close_running()
            self._rows = [_skipped(row) for row in self._rows]

    def stop(self, state: StageState) -> None:
        """The job came to no result: what ran was ``STOPPED`` or has ``FAILED``."""
        with self._lock:
            self._close_running(state)

    def snapshot(self) -> StageTrack:
        """How it stands now; what is still expected is corrected by how slow the finished stages were."""
        with self._lock:
            seconds, pace, rows = self._now() - self._since_s, _pace(self._rows), list(self._rows)
        rows = [replace(row, seconds=seconds) if row.state is StageState.RUNNING else row for row in rows]
        ahead = (StageState.RUNNING, StageState.WAITING)
        return StageTrack(
            rows=tuple(
                replace(row, expected_s=pace * row.expected_s) if row.state in ahead and row.expected_s else row
                for row in rows
            )
        )

    def _enter(self, stage: str, place: int | None) -> int:
        self._close_running()
        self._since_s = self._now()
        if place is None:
            known = [i for i, row in enumerate(self._rows) if row.state is not StageState.WAITING]
            place = known[-1] + 1 if known else 0
            self._rows.insert(place, StageRow(name=stage))
        is_kept_no_more = self._rows[place].state is StageState.KEPT
        self._rows = [_skipped(row) if i < place else row for i, row in enumerate(self._rows)]
        if is_kept_no_more:  # nor is what follows it
            self._rows = [_waiting(row) if i > place else row for i, row in enumerate(self._rows)]
        self._rows[place] = replace(self._rows[place], state=StageState.RUNNING)
        return place

    def _close_running(self, state: StageState = StageState.DONE) -> None:
        seconds = self._now() - self._since_s
        self._rows = [
            replace(row, state=state, seconds=seconds, message="") if row.state is StageState.RUNNING else row
            for row in self._rows
        ]


def _pace(rows: Sequence[StageRow]) -> float:
    """How much slower than expected the finished stages were."""
    done = [row for row in rows if row.state is StageState.DONE and row.expected_s]
    expected_s = sum(row.expected_s or 0.0 for row in done)
    if not expected_s:
        return 1.0
    low, high = _PACE_LIMITS
    return min(max(sum(row.seconds for row in done) / expected_s, low), high)


def _skipped(row: StageRow) -> StageRow:
    return replace(row, state=StageState.KEPT) if row.state is StageState.WAITING else row


def _waiting(row: StageRow) -> StageRow:
    return replace(row, state=StageState.WAITING) if row.state is StageState.KEPT else row
