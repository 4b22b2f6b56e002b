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
_PRIOR_SHARE = 0.25
"""Of all that was expected: as much weight has the expectation against what was measured, so that one short stage that
was slow does not speak for all that follow."""


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
        """Time left; of the stage that runs by what was expected at first, and more and more by its own progress."""
        if self.state in (StageState.WAITING, StageState.STALE):
            return self.expected_s
        if self.state is not StageState.RUNNING:
            return 0.0
        done, planned_s = self.fraction or 0.0, self.expected_s
        if planned_s is None:
            return self.seconds * (1.0 - done) / done if done > 0.05 else None
        if not done:
            return max(0.0, planned_s - self.seconds)
        own_share = min(1.0, 2.0 * done)
        return (1.0 - done) * (own_share * self.seconds / done + (1.0 - own_share) * planned_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrack:
    """A snapshot of all stages of one job, in the order in which they run.

    Attributes
    ----------
    rows
        The stages; what is expected of those to come is at the present pace.
    slack
        By which factors what is to come may be faster and slower than that, both 1 where nothing speaks for it.
    """

    rows: tuple[StageRow, ...] = ()
    slack: tuple[float, float] = (1.0, 1.0)

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
    def left_range_s(self) -> tuple[float, float] | None:
        """Between which the time left lies as far as can be told, or None as :attr:`left_s`."""
        ends = [StageTrack(rows=tuple(_at_pace(row, factor) for row in self.rows)).left_s for factor in self.slack]
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

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
        self._slowdown = 1.0
        self.expect(expected_s or {}, kept)

    def expect(self, expected_s: Mapping[str, float], kept: Sequence[str] = (), slowdown: float = 1.0) -> None:
        """Say what is to come: before the first stage begins, or later, which leaves what was met as it is.

        ``slowdown`` is how much longer it may take because the machine has other work to do.
        """
        rows = [StageRow(name=name, state=StageState.KEPT) for name in kept]
        rows += [StageRow(name=name, expected_s=seconds) for name, seconds in expected_s.items()]
        with self._lock:
            self._slowdown = max(1.0, slowdown)
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
        """How it stands now; what is still expected is corrected by how slow the stages were so far."""
        with self._lock:
            seconds, rows, slowdown = self._now() - self._since_s, list(self._rows), self._slowdown
        rows = [replace(row, seconds=seconds) if row.state is StageState.RUNNING else row for row in rows]
        pace, slack = _pace(rows, slowdown)
        return StageTrack(rows=tuple(_at_pace(row, pace) for row in rows), slack=slack)

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


def _pace(rows: Sequence[StageRow], slowdown: float) -> tuple[float, tuple[float, float]]:
    """How much slower than expected the stages are, and by which factors that may be wrong downwards and upwards.

    What was measured counts against what was expected by how much of the job it is. Were it all that counts, the pace
    would be another one: that is how wrong it may be.
    """
    total_s = sum(row.expected_s or 0.0 for row in rows if row.state is not StageState.KEPT)
    measured = [_measured(row) for row in rows if row.expected_s]
    spent_s, planned_s = (sum(part) for part in zip(*measured, strict=True)) if measured else (0.0, 0.0)
    if not total_s:
        return 1.0, (1.0, 1.0)
    low, high = _PACE_LIMITS
    prior_s = _PRIOR_SHARE * total_s
    pace = min(max((spent_s + prior_s) / (planned_s + prior_s), low), high)
    alone = min(max(spent_s / planned_s, low), high) if planned_s else pace
    feared = 1.0 + (slowdown - 1.0) * (1.0 - planned_s / total_s)
    return pace, (min(1.0, alone / pace), max(1.0, alone / pace, feared / pace))


def _measured(row: StageRow) -> tuple[float, float]:
    """Seconds that a stage has taken, and those that were expected for as much of it."""
    planned_s = row.expected_s or 0.0
    if row.state is StageState.DONE:
        return row.seconds, planned_s
    if row.state is not StageState.RUNNING:
        return 0.0, 0.0
    if row.fraction:
        return row.seconds, row.fraction * planned_s
    # Without a share nothing is known but that it takes longer, once it does.
    return (row.seconds, planned_s) if row.seconds > planned_s else (0.0, 0.0)


def _at_pace(row: StageRow, pace: float) -> StageRow:
    is_ahead = row.state in (StageState.RUNNING, StageState.WAITING)
    return replace(row, expected_s=pace * row.expected_s) if is_ahead and row.expected_s else row


def _skipped(row: StageRow) -> StageRow:
    return replace(row, state=StageState.KEPT) if row.state is StageState.WAITING else row


def _waiting(row: StageRow) -> StageRow:
    return replace(row, state=StageState.WAITING) if row.state is StageState.KEPT else row
