from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.geometry.scale import ScaleEstimate
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.pipeline.run_range import run_in_range
from l3rocc_engine.pipeline.run_scale import rescale_run
from l3rocc_engine.reconstruction import ScaleMethod
from l3rocc_engine.run import Run
from l3rocc_studio.model.held_range import held_range
from tests.synthetic.run_factory import make_run


def scaled(run: Run, factor: float) -> Run:
    sim3 = Sim3(scale=factor, rotation=np.eye(3), translation=np.zeros(3))
    return rescale_run(run, ScaleEstimate(metres_from_model=sim3, residual_m=0.0), ScaleMethod.TWO_POINT)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


def test_a_larger_scene_outgrows_its_range_and_the_grown_range_holds_it(run: Run) -> None:
    after = scaled(run, 3.0)
    held = held_range(run, after)
    assert held is not None
    voxel = run.config.voxel_size
    for side, grown in zip(run.config.pc_range, held.grown, strict=True):
        assert abs(grown - 3.0 * side) < voxel
        assert abs(grown) >= abs(3.0 * side) - 1e-6
    run.config.with_changes({"pc_range": list(held.grown)})  # whole voxels
    regrown = held_range(run, dataclasses.replace(run_in_range(after, held.grown), config=after.config))
    assert regrown is not None
    assert regrown.share > 1.5 * held.share


def test_there_is_nothing_to_say_of_a_smaller_scene_or_of_another_run(run: Run, tmp_path: Path) -> None:
    assert held_range(run, scaled(run, 0.5)) is None
    assert held_range(run, run) is None
    assert held_range(run, scaled(make_run(tmp_path), 2.0)) is None
    wider = run.config.with_changes({"pc_range": [2 * side for side in run.config.pc_range]})
    assert held_range(run, dataclasses.replace(scaled(run, 2.0), config=wider)) is None
