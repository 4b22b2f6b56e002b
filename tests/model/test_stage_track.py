from __future__ import annotations

import itertools

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
    # Depth is half done after 3 s. 7 s for what 7 s were expected of: the cloud will take what was expected.
    assert track.left_s == pytest.approx(3.0 + 5.0)
    assert track.fraction == pytest.approx(7.0 / 15.0)


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
    # 2 s for 1 s, against a quarter of the 8 s that are expected in all.
    assert tracker.snapshot().left_s == pytest.approx((2.0 + 8.0 / 4) / (1.0 + 8.0 / 4) * (4.0 + 3.0))


def test_one_short_stage_that_was_slow_does_not_speak_for_the_whole_job(clock: Clock) -> None:
    tracker = StageTracker({"keyframes": 1.0, "depth": 40.0, "cloud": 14.0}, now=clock)
    assert tracker.snapshot().left_range_s == (55.0, 55.0), "nothing speaks for another time yet"
    tracker.note(event("keyframes"))
    clock.now_s += 6.0
    tracker.note(event("depth", 0, 100))
    left_s, ends = tracker.snapshot().left_s, tracker.snapshot().left_range_s
    assert left_s is not None and ends is not None
    assert 54.0 < left_s < 1.5 * 54.0, "not six times as long"
    assert ends == (pytest.approx(left_s), pytest.approx(6 * 54.0)), "but six times is what it may come to"
    told = [left_s]
    for done in range(5, 100, 5):  # and depth keeps to the plan
        clock.now_s += 2.0
        tracker.note(event("depth", done, 100))
        told.append(tracker.snapshot().left_s or 0.0)
    assert all(later < earlier for earlier, later in itertools.pairwise(told)), "it never swings back"
    ends = tracker.snapshot().left_range_s
    assert ends is not None and ends[1] < 1.3 * ends[0], "it is quite sure by now"


def test_a_busy_machine_may_take_longer_until_it_has_shown_how_long(clock: Clock) -> None:
    tracker = StageTracker(now=clock)
    tracker.expect({"depth": 40.0, "cloud": 15.0}, slowdown=4.0)
    assert tracker.snapshot().left_range_s == (55.0, 220.0)
    tracker.note(event("depth", 0))
    clock.now_s += 20.0
    tracker.note(event("depth", 2))
    clock.now_s += 20.0
    tracker.note(event("depth", 4))
    tracker.note(event("cloud", 0))
    ends = tracker.snapshot().left_range_s
    assert ends is not None and ends[0] == pytest.approx(15.0) and ends[1] < 2 * 15.0


@pytest.mark.parametrize("state", [StageState.STOPPED, StageState.FAILED])
def test_a_job_without_a_result_says_where_it_ended(clock: Clock, state: StageState) -> None:
    tracker = StageTracker({"poses": 2.0, "depth": 4.0, "cloud": 3.0}, now=clock)
    tracker.note(event("poses"))
    tracker.note(event("depth"))
    clock.now_s += 3.0
    tracker.stop(state)
    assert states(tracker) == {"poses": StageState.DONE, "depth": state, "cloud": StageState.WAITING}
    assert tracker.snapshot().rows[1].seconds == 3.0
