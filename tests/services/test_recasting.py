"""A run in a dataset folder gets another range: the rays are cast anew, cloud and poses stay."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.pipeline.run_range import FAR_NOTE, run_in_range
from l3rocc_engine.progress import CancelToken, ProgressEvent, no_events
from l3rocc_engine.run import Run
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.scale_wish import TwoPointWish
from l3rocc_studio.services.recasting import needs_rays_alone, recast_dataset_run
from l3rocc_studio.services.rescaling import as_located, rescale_dataset_run
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture
def location(tmp_path: Path) -> RunLocation:
    return RunLocation(path=tmp_path, workdir=None, config={})


def smaller(run: Run) -> list[float]:
    """The range with one voxel less at each end of x."""
    low, high = list(run.config.pc_range[:3]), list(run.config.pc_range[3:])
    low[0] += run.config.voxel_size
    high[0] -= run.config.voxel_size
    return [*low, *high]


def same_occupancy(a: Run, b: Run) -> None:
    assert a.occupancy.grid == b.occupancy.grid
    for t in range(a.num_frames):
        np.testing.assert_array_equal(a.occupancy.frame(t).occupied, b.occupancy.frame(t).occupied)


def test_rays_alone_are_asked_for_where_only_the_range_of_a_dataset_run_differs(
    run: Run, location: RunLocation, tmp_path: Path
) -> None:
    wanted = run.config.with_changes({"pc_range": smaller(run)})
    assert needs_rays_alone(run, location, wanted)
    assert not needs_rays_alone(run, location, run.config)
    assert not needs_rays_alone(run, location, wanted.with_changes({"min_confidence": 0.9}))
    assert not needs_rays_alone(run, dataclasses.replace(location, workdir=tmp_path), wanted)
    assert not needs_rays_alone(None, location, wanted)


def test_another_range_is_cast_and_found_again(run: Run, location: RunLocation) -> None:
    wanted = run.config.with_changes({"pc_range": smaller(run)})
    stages: list[ProgressEvent] = []
    made = recast_dataset_run(run, location, wanted, events=stages.append, cancel=CancelToken())
    assert {event.stage for event in stages} == {"occupancy", "world"}
    assert made.run.config == wanted and made.run.cloud is run.cloud and made.run.trajectory is run.trajectory
    assert made.run.occupancy.grid.shape[0] == run.occupancy.grid.shape[0] - 2
    assert run.occupancy.grid == run.config.grid, "the run itself stays"
    same_occupancy(as_located(run, made.location), made.run)
    there_and_back = run_in_range(made.run, run.config.pc_range)
    same_occupancy(there_and_back, run_in_range(run, run.config.pc_range))


def test_range_and_scale_are_found_again_together(run: Run, location: RunLocation) -> None:
    wanted = run.config.with_changes({"pc_range": smaller(run)})
    recast = recast_dataset_run(run, location, wanted, events=no_events, cancel=CancelToken())
    first, second = (tuple(point) for point in run.cloud.points_world[[10, -10]].astype(float).tolist())
    wish = TwoPointWish(first=first, second=second, metres=1.5)
    both = rescale_dataset_run(recast.run, recast.location, wish, events=no_events, cancel=CancelToken())
    again = as_located(run, both.location)
    assert again.config.pc_range == wanted.pc_range and again.scale.is_metric
    np.testing.assert_allclose(again.cloud.points_world, both.run.cloud.points_world, atol=1e-5)
    same_occupancy(again, both.run)


def test_a_range_beyond_the_filled_surfaces_is_noted_once(run: Run) -> None:
    far = [2.0 * value for value in run.config.pc_range]
    grown = run_in_range(run, (far[0], far[1], far[2], far[3], far[4], far[5]))
    assert grown.record.notes.count(FAR_NOTE) == 1
    assert FAR_NOTE not in run_in_range(grown, run.config.pc_range).record.notes
