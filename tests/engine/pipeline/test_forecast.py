from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.pipeline import plan_stages, process_source
from l3rocc_engine.pipeline.forecast import (
    SECONDS_PER_UNIT,
    MachineCosts,
    PastRun,
    Room,
    fitting_plan,
    learn_costs,
    make_forecast,
)
from l3rocc_engine.pipeline.workload import Workload, expected_keyframes, steps_of_stage, workload_of
from tests.engine.pipeline.test_process import CONFIG
from tests.synthetic.sources import ArraySource, WallBackend

WORK = Workload(
    backend="builtin", num_frames=180, frame_pixels=640 * 480, num_keyframes=26, map_pixels=480 * 272,
    num_voxels=5_000_000,
)  # fmt: skip
PLENTY = Room(memory_bytes=64 << 30, disk_bytes=500 << 30)


def test_the_bundled_sample_is_forecast_near_what_it_took_on_the_machine_that_was_measured() -> None:
    """Measured alone on two cores: 62 s, 847 MiB, 79 MB."""
    forecast = make_forecast(WORK, MachineCosts())
    assert forecast.seconds == pytest.approx(62.0, rel=0.35)
    assert forecast.memory_bytes == pytest.approx(847 << 20, rel=0.3)
    assert forecast.disk_bytes == pytest.approx(79e6, rel=0.3)
    assert tuple(forecast.stage_s) == (
        "keyframes", "features", "matching", "poses", "tracking", "depth", "consistency", "fill", "cloud",
        "occupancy", "world",
    )  # fmt: skip
    assert forecast.num_runs == 0


def test_kept_stages_cost_nothing() -> None:
    kept = steps_of_stage("reconstruction", WORK)
    assert kept == ("keyframes", "features", "matching", "poses", "tracking", "depth", "consistency", "fill")
    forecast = make_forecast(WORK, MachineCosts(), kept_stages=kept)
    assert tuple(forecast.stage_s) == ("cloud", "occupancy", "world")
    assert steps_of_stage("cloud", replace(WORK, has_mesh=True)) == ("cloud", "mesh")
    assert steps_of_stage("occupancy", WORK) == ("occupancy", "world")


def test_past_runs_teach_each_stage_and_the_machine() -> None:
    slow = {stage: 3.0 * SECONDS_PER_UNIT[stage] * WORK.units(stage) for stage in ("features", "depth", "cloud")}
    slow["depth"] *= 2.0
    costs = learn_costs([PastRun(workload=WORK, stage_s=slow)])
    assert costs.num_runs == 1
    assert costs.seconds(WORK, "depth") == pytest.approx(slow["depth"])
    assert costs.seconds(WORK, "features") == pytest.approx(slow["features"])
    untold = SECONDS_PER_UNIT["fill"] * WORK.units("fill")
    assert costs.seconds(WORK, "fill") == pytest.approx(3.0 * untold), "as slow as the machine in general"
    assert learn_costs([]).num_runs == 0


def test_the_median_of_the_last_runs_counts() -> None:
    unit = SECONDS_PER_UNIT["depth"] * WORK.units("depth")
    runs = [PastRun(workload=WORK, stage_s={"depth": factor * unit}) for factor in (1.0, 1.2, 40.0)]
    assert learn_costs(runs).seconds(WORK, "depth") == pytest.approx(1.2 * unit)


def test_keyframes_are_expected_as_the_backends_choose_them() -> None:
    assert expected_keyframes(180, 10, "builtin") == 26, "short clips get more than one an interval"
    assert expected_keyframes(12, 10, "builtin") == 12
    assert expected_keyframes(500, 10, "builtin") == 51
    assert expected_keyframes(90_000, 10, "builtin") == 100, "long ones are thinned"
    assert expected_keyframes(181, 10, "pi3") == 19


def test_a_range_of_frames_is_less_work() -> None:
    source = ArraySource(num_frames=100)
    whole = workload_of(source, PipelineConfig(), "pi3")
    part = workload_of(source, PipelineConfig(frame_range=(10, 29)), "pi3")
    assert (whole.num_frames, part.num_frames) == (100, 20)
    assert part.num_keyframes < whole.num_keyframes


def test_what_does_not_fit_gets_the_gentlest_plan_that_does() -> None:
    config = PipelineConfig(voxel_size=0.005)
    work = replace(WORK, num_voxels=config.grid.num_voxels)
    small = Room(memory_bytes=2 << 30, disk_bytes=500 << 30)
    forecast = make_forecast(work, MachineCosts())
    assert small.lacks(forecast) == ("memory",)
    assert PLENTY.lacks(forecast) == ()
    found = fitting_plan(work, config, small, MachineCosts())
    assert found is not None
    changed, fitting = found
    assert small.lacks(fitting) == ()
    assert changed.voxel_size > config.voxel_size
    assert changed.interval == config.interval, "nothing is changed that need not be"
    nothing = Room(memory_bytes=1 << 20, disk_bytes=1 << 20)
    assert fitting_plan(work, config, nothing, MachineCosts()) is None
    assert Room(memory_bytes=64 << 30, disk_bytes=1 << 20).lacks(forecast) == ("disk",)


def test_the_plan_says_which_stages_a_change_redoes(tmp_path: Path) -> None:
    source, backend = ArraySource(), WallBackend()

    def finished(config: PipelineConfig) -> list[bool]:
        return [stage.is_finished for stage in plan_stages(source, backend.name, config, tmp_path)]

    assert finished(CONFIG) == [False, False, False]
    process_source(source, CONFIG, tmp_path, choose=lambda _source, _config: (backend, "for the test"))
    assert finished(CONFIG) == [True, True, True]
    assert finished(CONFIG.with_changes({"min_confidence": 0.4})) == [True, False, False]
    assert finished(CONFIG.with_changes({"interval": CONFIG.interval + 1})) == [False, False, False]
