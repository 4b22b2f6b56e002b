from __future__ import annotations

from l3rocc_engine.progress import ProgressEvent
from l3rocc_studio.services.growing_occupancy import INTERVAL_S, OccupancyWatch


def event(done: int, stage: str = "occupancy") -> ProgressEvent:
    return ProgressEvent(stage=stage, done=done, total=5)


def test_the_first_the_last_and_some_between_are_told() -> None:
    told: list[int] = []
    passed: list[ProgressEvent] = []
    clock, done = [0.0], [0]
    watch = OccupancyWatch(lambda _run: told.append(done[0]), now=lambda: clock[0])
    sink = watch.following(passed.append)
    events = [event(3, "depth"), *(event(n) for n in range(6))]
    sink(event(1))
    assert not told, "there is no run yet"
    watch.begin(object())  # type: ignore[arg-type]
    for one in events:
        done[0] = one.done
        sink(one)
        clock[0] += INTERVAL_S * 0.4
    assert told == [1, 4, 5]
    assert passed == [event(1), *events]
