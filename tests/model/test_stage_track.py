from __future__ import annotations

import pytest

from l3rocc_engine.progress import ProgressEvent
from l3rocc_studio.model.stage_track import StageState, StageTracker


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def event(stage: str, done: int = 0, total: int = 4) -> ProgressEvent:
    return ProgressEvent(stage=stage, done=done, total=total, message=f"{stage} {done}")


def states(tracker: StageTracker) -> dict[str, StageState]:
    return {row.name: row.state for row in tracker.snapshot().rows}


def test_stages_are_waiting_running_and_done_with_their_seconds(clock: Clock) -> None:
    tracker = StageTracker({"poses": 2.0, "depth": 10.0, "cloud": 5.0}, now=clock)
    assert tracker.snapshot().left_s == 17.0
    tracker.note(event("poses"))
    clock.now_s += 4.0
    tracker.note(event("depth", 1))
    clock.now_s += 3.0
    tracker.note(event("depth", 2))
    track = tracker.snapshot()
    assert states(tracker) == {
        "poses": StageState.DONE,
        "depth": StageState.RUNNING,
        "cloud": StageState.WAITING,
    }
    assert track.rows[0].seconds == 4.0
    assert track.running is not None and track.running.message == "depth 2"
    # Depth is half done after 3 s; the cloud will take twice as long as expected, as the poses did.
    assert track.left_s == pytest.approx(3.0 + 2 * 5.0)
    assert track.fraction == pytest.approx(7.0 / 20.0)


def test_what_was_passed_over_was_kept_from_before(clock: Clock) -> None:
    tracker = StageTracker({"poses": 2.0, "cloud": 5.0, "world": 1.0}, kept=("keyframes",), now=clock)
    tracker.note(event("cloud"))
    assert states(tracker)["poses"] is StageState.KEPT
    assert states(tracker)["keyframes"] is StageState.KEPT
    tracker.finish()
    assert states(tracker) == {
        "keyframes": StageState.KEPT,
        "poses": StageState.KEPT,
        "cloud": StageState.DONE,
        "world": StageState.KEPT,
    }
    assert tracker.snapshot().left_s == 0.0


def test_stages_that_nobody_expected_come_in_as_they_are_met(clock: Clock) -> None:
    tracker = StageTracker({"depth": 1.0, "cloud": 1.0}, now=clock)
    for name in ("backend", "poses", "depth", "fill"):
        tracker.note(event(name, total=0))
    assert [row.name for row in tracker.snapshot().rows] == ["poses", "depth", "fill", "cloud"]
    assert tracker.snapshot().left_s is None, "nothing is known of the filling"
    assert StageTracker().snapshot().left_s is None


def test_what_was_not_kept_after_all_waits_with_all_that_follows(clock: Clock) -> None:
    tracker = StageTracker({"cloud": 1.0}, kept=("keyframes", "poses", "depth"), now=clock)
    tracker.note(event("poses"))
    assert states(tracker) == {
        "keyframes": StageState.KEPT,
        "poses": StageState.RUNNING,
        "depth": StageState.WAITING,
        "cloud": StageState.WAITING,
    }


def test_what_is_expected_may_be_told_later(clock: Clock) -> None:
    tracker = StageTracker(now=clock)
    tracker.note(event("poses"))
    clock.now_s += 2.0
    tracker.note(event("depth"))
    tracker.expect({"features": 1.0, "poses": 1.0, "depth": 4.0, "cloud": 3.0}, kept=("keyframes",))
    assert states(tracker) == {
        "keyframes": StageState.KEPT,
        "features": StageState.KEPT,
        "poses": StageState.DONE,
        "depth": StageState.RUNNING,
        "cloud": StageState.WAITING,
    }
    assert tracker.snapshot().left_s == pytest.approx(2 * 4.0 + 2 * 3.0)


@pytest.mark.parametrize("state", [StageState.STOPPED, StageState.FAILED])
def test_a_job_without_a_result_says_where_it_ended(clock: Clock, state: StageState) -> None:
    tracker = StageTracker({"poses": 2.0, "depth": 4.0, "cloud": 3.0}, now=clock)
    tracker.note(event("poses"))
    tracker.note(event("depth"))
    clock.now_s += 3.0
    tracker.stop(state)
    assert states(tracker) == {"poses": StageState.DONE, "depth": state, "cloud": StageState.WAITING}
    assert tracker.snapshot().rows[1].seconds == 3.0
