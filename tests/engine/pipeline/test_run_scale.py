"""A finished run is brought to another size and back: by its settings, and as a folder that was opened."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset import open_dataset, write_dataset
from l3rocc_engine.errors import Cancelled, ConfigError, InputError
from l3rocc_engine.geometry.scale import ScaleEstimate
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.pipeline.run_scale import (
    rescale_by_camera_height,
    rescale_by_two_points,
    rescale_run,
    settings_with_two_points,
)
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.reconstruction import ScaleMethod
from l3rocc_engine.run import Run
from tests.engine.backends.pi3.oracle import RoomSource
from tests.engine.pipeline.test_rescale import CONFIG, MODEL, ModelBackend


@pytest.fixture(scope="module")
def source() -> RoomSource:
    return RoomSource(6)


@pytest.fixture(scope="module")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


def process(source: RoomSource, workdir: Path, config: PipelineConfig = CONFIG) -> Run:
    backend = ModelBackend(source)
    return process_source(source, config, workdir, choose=lambda _source, _config: (backend, "asked for"))


@pytest.fixture(scope="module")
def run(source: RoomSource, workdir: Path) -> Run:
    return process(source, workdir)


def picked(run: Run, metres_from_world: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Two points of the cloud as shown, and how far apart they truly are."""
    first, second = run.cloud.points_world[[10, -10]].astype(np.float64)
    return first, second, float(np.linalg.norm(first - second)) * metres_from_world


def test_settings_with_two_points_redo_cloud_and_occupancy_and_are_taken_back(
    source: RoomSource, workdir: Path, run: Run
) -> None:
    made = len(list((workdir / "reconstruction").iterdir()))
    config = settings_with_two_points(run, *picked(run, 1 / 3.7))
    scaled = process(source, workdir, config)
    assert scaled.scale.method is ScaleMethod.TWO_POINT
    assert scaled.scale.sim3.scale == pytest.approx(1 / 3.7, rel=1e-6)
    true = np.linalg.norm(np.diff(source.poses[[0, -1], :3, 3], axis=0))
    assert np.linalg.norm(np.diff(scaled.trajectory.centres_world[[0, -1]], axis=0)) == pytest.approx(true, rel=1e-6)
    height = np.ptp(scaled.cloud.points_world, axis=0)[1]
    assert height == pytest.approx(2.4, abs=0.05), "the room's height"
    assert len(scaled.occupancy.frame(3).occupied) > 2 * len(run.occupancy.frame(3).occupied)
    assert len(list((workdir / "reconstruction").iterdir())) == made
    again = settings_with_two_points(scaled, *picked(scaled, 2.0))
    assert process(source, workdir, again).scale.sim3.scale == pytest.approx(2 / 3.7, rel=1e-5)
    back = process(source, workdir, run.config)
    assert not back.scale.is_metric
    np.testing.assert_array_equal(back.occupancy.frame(3).occupied, run.occupancy.frame(3).occupied)


def test_the_scale_is_in_the_written_episode(source: RoomSource, workdir: Path, run: Run, tmp_path: Path) -> None:
    scaled = process(source, workdir, settings_with_two_points(run, *picked(run, 1 / 3.7)))
    folder = write_dataset(scaled, tmp_path / "out", profile="interndata")
    episode = json.loads((folder / "meta" / "episodes.jsonl").read_text().splitlines()[0])
    assert episode["scale"] == pytest.approx(1 / 3.7, rel=1e-6)
    assert episode["sim3"]["method"] == "two_point"
    assert episode["sim3"]["applied_to"] == ["poses", "cloud", "occupancy"]


def test_an_opened_folder_is_rescaled_as_a_whole_and_back(run: Run, tmp_path: Path) -> None:
    opened = open_dataset(write_dataset(run, tmp_path / "out", profile="interndata"))
    first, second, distance = picked(opened, 1 / 3.7)
    small = rescale_by_two_points(opened, first, second, distance, save_to=tmp_path)
    factor = small.scale.sim3.scale
    assert factor == pytest.approx(1 / 3.7)
    assert small.scale.method is ScaleMethod.TWO_POINT
    assert small.config.scale_distance == distance
    np.testing.assert_allclose(small.cloud.points_world, factor * opened.cloud.points_world, rtol=1e-6)
    np.testing.assert_allclose(small.trajectory.centres_world, factor * opened.trajectory.centres_world, rtol=1e-9)
    np.testing.assert_array_equal(small.occupancy.world_from_cam, small.trajectory.world_from_cam)
    in_cloud = {tuple(cell) for cell in np.floor(small.cloud.points_world / 0.1).astype(int)}
    in_world = np.floor(small.world.centres_world / 0.1).astype(int)
    assert len(in_world) > 300
    assert np.mean([tuple(cell) in in_cloud for cell in in_world]) > 0.5, "the voxels lie where the cloud is"
    assert "two points" in small.record.notes[-1]
    assert sum("scale comes from" in note for note in small.record.notes) == 1
    assert small.record.measures["num_world_voxels"] == len(small.world.centres_world)
    back = rescale_run(small, ScaleEstimate(metres_from_model=small.scale.sim3.inverse()), ScaleMethod.TWO_POINT)
    assert back.scale.sim3.scale == pytest.approx(1.0)
    np.testing.assert_allclose(back.cloud.points_world, opened.cloud.points_world, rtol=1e-6)
    for t in range(opened.num_frames):  # but for points on the border of a voxel
        assert np.isin(back.occupancy.frame(t).visible, opened.occupancy.frame(t).visible).mean() > 0.999
    assert not opened.scale.is_metric, "the given run stays as it is"
    again = open_dataset(write_dataset(small, tmp_path / "small", profile="interndata"))
    np.testing.assert_allclose(again.scale.sim3.matrix, small.scale.sim3.matrix)
    assert any("too far apart" in note for note in back.record.notes)


def test_a_camera_height_rescales_a_finished_run(run: Run) -> None:
    metric = rescale_by_camera_height(run, 1.2)
    assert metric.scale.method is ScaleMethod.CAMERA_HEIGHT
    assert metric.scale.sim3.scale == pytest.approx(1 / MODEL.scale, rel=0.05)
    assert metric.config.camera_height == 1.2
    up = np.array(metric.world_up)
    heights = metric.trajectory.centres_world @ up - np.quantile(metric.cloud.points_world @ up, 0.01)
    assert np.median(heights) == pytest.approx(1.2, abs=0.06)


def test_what_tells_no_scale_is_a_sentence(run: Run) -> None:
    with pytest.raises(InputError, match="same"):
        settings_with_two_points(run, (1, 2, 3), (1, 2, 3), 1.0)
    with pytest.raises(InputError, match="positive"):
        rescale_by_two_points(run, (1, 2, 3), (1, 2, 4), 0.0)
    with pytest.raises(ConfigError, match="both set the scale"):
        CONFIG.with_changes({"scale_points": [0, 0, 0, 1, 0, 0], "scale_distance": 1.0, "camera_height": 1.0})
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        rescale_by_two_points(run, (0, 0, 0), (1, 0, 0), 1.0, cancel=cancel)
