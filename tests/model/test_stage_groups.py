from __future__ import annotations

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.pipeline.forecast import Forecast
from l3rocc_engine.pipeline.workload import Workload
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.stage_groups import StageGroup, grouped, standing, unchanged
from l3rocc_studio.model.stage_track import StageRow, StageState, StageTrack

WORKLOAD = Workload(
    backend="dataset",
    num_frames=12,
    frame_pixels=640 * 480,
    num_keyframes=4,
    map_pixels=480 * 272,
    num_voxels=1_000_000,
    has_depth=True,
)
STEPS = ("keyframes", "depth", "cloud", "occupancy", "world")
NO_TRACK = StageTrack()


def outlook_keeping(*kept: str) -> Outlook:
    forecast = Forecast(
        workload=WORKLOAD,
        stage_s={step: 2.0 for step in STEPS if step not in kept},
        memory_bytes=1,
        disk_bytes=1,
        num_runs=1,
    )
    return Outlook(config=PipelineConfig(), kept_steps=kept, forecast=forecast)


def group(*states: StageState) -> StageGroup:
    rows = tuple(StageRow(name=name, state=state) for name, state in zip(STEPS, states, strict=False))
    return StageGroup(name="reconstruction", rows=rows)


def states(track: StageTrack) -> dict[str, StageState]:
    return {each.name: each.state for each in grouped(track)}


def test_stages_are_grouped_by_the_result_that_is_kept() -> None:
    groups = grouped(StageTrack(rows=tuple(StageRow(name=step, expected_s=2.0) for step in (*STEPS, "mesh"))))
    assert {each.name: tuple(row.name for row in each.rows) for each in groups} == {
        "reconstruction": ("keyframes", "depth"),
        "cloud": ("cloud", "mesh"),
        "occupancy": ("occupancy", "world"),
    }
    assert [each.left_s for each in groups] == [4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ((StageState.DONE, StageState.DONE), StageState.DONE),
        ((StageState.KEPT, StageState.DONE), StageState.DONE),
        ((StageState.KEPT, StageState.KEPT), StageState.KEPT),
        ((StageState.DONE, StageState.RUNNING), StageState.RUNNING),
        ((StageState.DONE, StageState.WAITING), StageState.RUNNING),
        ((StageState.WAITING, StageState.WAITING), StageState.WAITING),
        ((StageState.DONE, StageState.FAILED), StageState.FAILED),
        ((StageState.STOPPED, StageState.WAITING), StageState.STOPPED),
        ((StageState.DONE, StageState.STALE), StageState.STALE),
    ],
)
def test_a_group_stands_where_its_worst_stage_stands(parts: tuple[StageState, StageState], whole: StageState) -> None:
    assert group(*parts).state is whole


def test_what_an_edit_makes_stale_will_run_again_and_the_rest_is_done() -> None:
    track = standing(outlook_keeping("keyframes", "depth"), {"keyframes": 1.5, "depth": 3.0}, NO_TRACK, has_result=True)
    assert states(track) == {
        "reconstruction": StageState.DONE,
        "cloud": StageState.STALE,
        "occupancy": StageState.STALE,
    }
    made, cloud, _occupancy = grouped(track)
    assert (made.seconds, cloud.left_s) == (4.5, 2.0)


def test_without_a_result_nothing_is_stale() -> None:
    assert set(states(standing(outlook_keeping(), {}, NO_TRACK, has_result=False)).values()) == {StageState.WAITING}
    kept = standing(outlook_keeping("keyframes", "depth"), {}, NO_TRACK, has_result=False)
    assert states(kept)["reconstruction"] is StageState.KEPT


def test_where_the_last_job_failed_is_kept_in_view() -> None:
    ended = StageTrack(
        rows=(
            StageRow(name="keyframes", state=StageState.DONE, seconds=1.0),
            StageRow(name="depth", state=StageState.FAILED, seconds=2.0),
            StageRow(name="cloud"),
        )
    )
    track = standing(outlook_keeping(), {}, ended, has_result=False)
    assert states(track) == {
        "reconstruction": StageState.FAILED,
        "cloud": StageState.WAITING,
        "occupancy": StageState.WAITING,
    }
    assert grouped(track)[0].rows == ended.rows[:2], "with the time that each step took"


def test_refused_settings_have_no_stages() -> None:
    refused = Outlook(config=PipelineConfig(), refusal="The weights are not there.")
    assert standing(refused, {}, NO_TRACK, has_result=True).rows == ()


def test_what_comes_before_the_first_change_is_unchanged() -> None:
    changed = {"reconstruction": (), "cloud": ("voxel_size",), "occupancy": ()}
    assert unchanged(Outlook(config=PipelineConfig(), changed=changed)) == ("reconstruction",)
    assert unchanged(Outlook(config=PipelineConfig(), changed=dict.fromkeys(changed, ()))) == tuple(changed)
    assert unchanged(Outlook(config=PipelineConfig())) == ()
