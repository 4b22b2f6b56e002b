from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.frame_range import RangeSource
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.run import Run
from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.session import Session
from tests.synthetic.run_factory import make_run

LOCATION = RunLocation(path=Path("room.mp4"), workdir=Path("work"), config={})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


def test_opening_a_source_fills_the_timeline_and_drops_the_old_result(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_run(run, LOCATION)
    heard: list[str] = []
    session.source_changed.connect(lambda: heard.append("source"))
    session.run_changed.connect(lambda: heard.append("run"))
    session.open_source(run.source)
    assert heard == ["source", "run"]
    assert session.timeline.num_frames == run.source.num_frames
    assert session.run is None
    assert session.run_location is None


def test_a_finished_run_keeps_the_frame_where_it_is(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_source(run.source)
    session.timeline.seek(5)
    session.finish_run(run, LOCATION)
    assert session.timeline.current == 5
    assert session.run_location is LOCATION


def test_a_result_brings_its_settings_and_stays_when_they_change(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_run(run, LOCATION)
    assert session.config == run.config
    session.set_config(dataclasses.replace(run.config, voxel_size=0.2))
    assert session.run is run
    assert session.config != run.config


def test_equal_settings_and_states_are_not_announced() -> None:
    session = Session(PipelineConfig())
    heard: list[object] = []
    session.config_changed.connect(lambda: heard.append("config"))
    session.job_changed.connect(heard.append)
    session.set_config(PipelineConfig())
    session.set_job(JobState(kind=JobKind.PROCESS))
    assert heard == []
    session.set_job(JobState(kind=JobKind.PROCESS, phase=JobPhase.RUNNING))
    assert heard == [JobKind.PROCESS]
    assert [job.kind for job in session.active_jobs] == [JobKind.PROCESS]


def test_closing_empties_everything(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_run(run, LOCATION)
    session.close()
    assert (session.source, session.run, session.timeline.num_frames) == (None, None, 0)


def test_a_run_of_a_range_knows_its_frames_on_the_timeline(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_source(run.source)
    assert len(session.run_frames) == 0
    part = dataclasses.replace(
        run,
        source=RangeSource(run.source, 4, 7),
        trajectory=trajectory_part(run, 4, 7),
        config=run.config.with_changes({"frame_range": [4, 7]}),
    )
    session.finish_run(part, LOCATION)
    assert session.run_frames == range(4, 8)
    assert [session.run_frame(frame_idx) for frame_idx in (3, 4, 7, 8)] == [None, 0, 3, None]
    session.open_run(part, LOCATION)
    assert session.source is run.source, "the whole source is on the timeline"
    assert session.timeline.num_frames == run.source.num_frames
    assert session.run_frames == range(4, 8)
    assert session.timeline.range == (4, 7) and session.timeline.current == 4
    session.open_run(run, LOCATION)
    assert session.run_frames == range(run.num_frames)


def trajectory_part(run: Run, first: int, last: int) -> Trajectory:
    part, whole = slice(first, last + 1), run.trajectory
    return Trajectory(
        world_from_cam=whole.world_from_cam[part],
        timestamps_s=whole.timestamps_s[part],
        is_interpolated=whole.is_interpolated[part],
    )


def test_marks_go_with_the_source(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_source(run.source)
    session.marks.put(Mark(frame_idx=2, name="door"))
    session.finish_run(run, LOCATION)
    assert session.marks.all
    session.open_source(run.source)
    assert not session.marks.all


def test_the_range_in_the_runs_own_frames(run: Run) -> None:
    session = Session(PipelineConfig())
    session.open_source(run.source)
    part = dataclasses.replace(run, source=RangeSource(run.source, 4, 7), trajectory=trajectory_part(run, 4, 7))
    session.finish_run(part, LOCATION)
    assert session.selected_run_frames == (0, 3)
    session.timeline.set_range(5, 11)
    assert session.selected_run_frames == (1, 3)
    session.timeline.set_range(9, 11)
    assert session.selected_run_frames == (0, 3), "none of them was processed"
