from __future__ import annotations

from pathlib import Path

import numpy as np

from l3rocc_engine.geometry.se3 import transform
from tests.synthetic.room import BOXES, ROOM
from tests.synthetic.run_factory import make_run


def test_run_is_consistent_with_the_room(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    assert run.num_frames == run.occupancy.num_frames == run.source.num_frames == 12
    points = run.cloud.points_world
    on_walls = np.minimum(np.abs(points - ROOM[0]), np.abs(points - ROOM[1])).min(axis=1) < 1e-5
    in_boxes = np.any([((points >= a - 1e-5) & (points <= b + 1e-5)).all(axis=1) for a, b in BOXES], axis=0)
    assert (on_walls | in_boxes).all()
    assert in_boxes.sum() > 300
    for frame_idx in (0, 11):
        frame = run.occupancy.frame(frame_idx)
        assert len(frame.occupied) > 100
        assert len(frame.free) > 1000
        centres = transform(run.trajectory.world_from_cam[frame_idx], run.config.grid.centres(frame.occupied))
        assert (centres > ROOM[0] - 0.1).all() and (centres < ROOM[1] + 0.1).all()


def test_same_call_same_run(tmp_path: Path) -> None:
    a, b = make_run(tmp_path / "a", num_frames=5), make_run(tmp_path / "b", num_frames=5)
    assert a.source.fingerprint == b.source.fingerprint
    np.testing.assert_array_equal(a.world.centres_world, b.world.centres_world)
    assert (tmp_path / "a" / "room.mp4").read_bytes() == (tmp_path / "b" / "room.mp4").read_bytes()
