"""The share of a unit that is done."""

from __future__ import annotations

from l3rocc_engine.batch.portion import UNIT, WHOLE, Portion
from l3rocc_engine.pipeline.forecast import SECONDS_PER_UNIT
from l3rocc_engine.pipeline.workload import Workload
from l3rocc_engine.progress import ProgressEvent

WORKLOAD = Workload(
    backend="builtin",
    num_frames=100,
    frame_pixels=640 * 480,
    num_keyframes=20,
    map_pixels=200_000,
    num_voxels=1_000_000,
    has_depth=False,
    has_mesh=False,
)


def shares(events: list[ProgressEvent]) -> list[float]:
    return [event.done / event.total for event in events if event.stage == UNIT]


def test_it_grows_through_all_stages_by_what_they_take() -> None:
    told: list[ProgressEvent] = []
    portion = Portion(told.append)
    portion.expect(WORKLOAD)
    given = [ProgressEvent(stage=stage, done=done, total=2) for stage in WORKLOAD.stages for done in range(3)]
    for event in given:
        portion(event)
    assert [event for event in told if event.stage != UNIT] == given
    found = shares(told)
    assert found == sorted(set(found))
    assert 0.98 < found[-1] < 1.0, "it is not written yet"
    taken = [SECONDS_PER_UNIT[stage] * WORKLOAD.units(stage) for stage in WORKLOAD.stages]
    until_depth = sum(taken[: WORKLOAD.stages.index("depth")]) / sum(taken)
    first_of_depth = next(number for number, event in enumerate(told) if event.stage == "depth")
    assert abs(shares(told[:first_of_depth])[-1] - 0.99 * until_depth) < 2 / WHOLE


def test_stages_that_were_kept_are_done_and_others_say_nothing() -> None:
    told: list[ProgressEvent] = []
    portion = Portion(told.append)
    portion(ProgressEvent(stage="depth", done=1, total=2))
    assert shares(told) == [], "nobody knows yet what there is to do"
    portion.expect(WORKLOAD)
    portion(ProgressEvent(stage="occupancy", done=1, total=4))
    portion(ProgressEvent(stage="depth", done=1, total=2))
    portion(ProgressEvent(stage="dataset", done=1, total=2))
    portion(ProgressEvent(stage="backend", done=0, total=0, message="a reason"))
    (share,) = shares(told)
    assert share > 0.9
