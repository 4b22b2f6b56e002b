"""A folder in the studio's queue and the same folder in a batch: the same inputs, and the same results."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from l3rocc_engine import pipeline
from l3rocc_engine.batch.result import UnitResult
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.batch.work import UnitTask, work_on
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.dataset import open_dataset
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_engine.run import Run
from l3rocc_studio.model.queue_item import QueueItem
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.job_service import JobService, load_run
from l3rocc_studio.services.queue_work import process_item
from l3rocc_studio.services.workspace import Workspace
from tests.engine.batch.tree import write_tree
from tests.synthetic.run_factory import CONFIG, make_run
from tests.synthetic.sources import WallBackend


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two trajectories, a dataset of two episodes and a video, in folders of different depth."""
    root = tmp_path / "tree"
    write_tree(root, tmp_path / "video", 2)
    several = root / "group" / "several"
    shutil.copytree(root / "group" / "scene" / "trajectory_0", several)
    for name in ("data/chunk-000/episode_{}.parquet", "videos/chunk-000/observation.video.trajectory/episode_{}.mp4"):
        shutil.copy(several / name.format("000000"), several / name.format("000001"))
    make_run(root / "videos", num_frames=6)
    return root


class Quiet:
    """A log that nobody reads."""

    def write(self, text: str) -> None:
        assert text


def test_both_find_the_same(tree: Path, tmp_path: Path) -> None:
    jobs = JobService(Workspace(root=tmp_path / "home"))
    queued = jobs.find_several(tree, CancelToken())
    units = [unit for target in list_targets(tree) for unit in target.units]
    assert [(each.path, each.episode) for each in queued] == [(unit.path, unit.episode) for unit in units]
    assert sorted(unit.name for unit in units) == [
        "group/scene/trajectory_0",
        "group/scene/trajectory_1",
        "group/several#000000",
        "group/several#000001",
        "videos/room",
    ]


def test_both_make_the_same(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = {"choose": lambda _source, _config: (WallBackend(), "for the test")}

    def with_wall(*inputs: Any, **options: Any) -> Run:
        """As the pipeline, whoever the caller would choose."""
        return process_source(*inputs, **{**options, **wall})

    monkeypatch.setattr(pipeline, "process_source", with_wall)
    video = tree / "videos"
    item = QueueItem(path=video / "room.mp4", name="room", config=CONFIG.to_dict())
    jobs = JobService(Workspace(root=tmp_path / "home"))
    made = process_item(item, jobs, Quiet(), events=no_events, cancel=CancelToken())

    def perform(task: UnitTask, events: EventSink, _cancel: CancelToken) -> UnitResult:
        return work_on(events, task)

    workers = Workers(count=1, threads_each=0)
    summary = run_batch(list_targets(video), tmp_path / "out", BatchSettings(config=CONFIG), workers, perform=perform)
    assert not summary.has_failed
    location = RunLocation(path=item.path, workdir=made.workdir, config=item.config)
    assert_equal(load_run(location), open_dataset(tmp_path / "out" / "room"))


def assert_equal(queued: Run, batched: Run) -> None:
    assert (queued.occupancy.occupied != batched.occupancy.occupied).nnz == 0
    assert (queued.occupancy.visible_packed == batched.occupancy.visible_packed).all()
    assert (queued.world.centres_world == batched.world.centres_world).all()
    assert (queued.trajectory.world_from_cam == batched.trajectory.world_from_cam).all()
    assert queued.cloud.num_points == batched.cloud.num_points
    assert queued.intrinsics == batched.intrinsics
