from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import Cancelled
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.services.quality import measure_quality, seams_of
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


def test_a_room_seen_by_its_keyframes_is_covered(run: Run) -> None:
    quality = measure_quality(run, CancelToken())
    assert quality.num_frames == run.num_frames
    assert all(quality.coverage[k] > 0.9 for k in run.record.keyframes)
    assert (quality.confidence > run.cloud.confidence.min()).all()
    assert (quality.confidence < run.cloud.confidence.max()).all()
    assert not quality.has_seams


def test_a_frame_that_looks_away_is_the_worst(run: Run) -> None:
    poses = run.trajectory.world_from_cam.copy()
    poses[7, :3, :3] = poses[7, :3, :3] @ np.diag([-1.0, 1.0, -1.0])
    lost = Trajectory(
        world_from_cam=poses, timestamps_s=run.trajectory.timestamps_s, is_interpolated=run.trajectory.is_interpolated
    )
    # The cloud covers what the keyframes saw; behind the camera there is nothing of it.
    quality = measure_quality(dataclasses.replace(run, trajectory=lost), CancelToken())
    assert quality.worst_frames(1) == [7]


def test_half_of_a_cloud_covers_half(run: Run) -> None:
    cam = np.linalg.inv(run.trajectory.world_from_cam[0])
    x_cam = run.cloud.points_world @ cam[0, :3] + cam[0, 3]
    half = dataclasses.replace(run, cloud=run.cloud.part(x_cam < 0))
    assert measure_quality(half, CancelToken()).coverage[0] == pytest.approx(0.5, abs=0.1)


def test_seams_are_where_the_measures_say(run: Run) -> None:
    measures = {"seam_frame_2": 6.0, "seam_error_2": 0.05}
    joined = dataclasses.replace(run, record=dataclasses.replace(run.record, measures=measures))
    track = seams_of(joined)
    assert track[6] == pytest.approx(0.5)
    assert track[0] == track[11] == 1.0
    assert np.isnan(seams_of(run)).all()


def test_it_can_be_stopped(run: Run, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        measure_quality(run, cancel)
