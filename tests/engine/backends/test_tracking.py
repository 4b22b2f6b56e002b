from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.tracking import place_frames
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.errors import Cancelled
from l3rocc_engine.geometry.interpolate import interpolate_trajectory
from l3rocc_engine.progress import CancelToken, no_progress
from tests.engine.backends.textured_room import CAMERA, cast_room, room_source, walk

STRIDE = 4
KEY_FRAMES = np.arange(0, 9, STRIDE)


def true_model(poses: NDArray[np.float64]) -> SparseModel:
    """Every 7th pixel of each keyframe as a point, from the true depth."""
    points, observations = [], []
    for frame in KEY_FRAMES:
        depth = cast_room(poses[frame])[1]
        rays = CAMERA.rays_cam()
        points_cam = (rays * depth[..., None])[10:-10:7, 10:-10:7].reshape(-1, 3).astype(np.float64)
        start = sum(map(len, points))
        points.append(points_cam @ poses[frame, :3, :3].T + poses[frame, :3, 3])
        observations.append(np.arange(start, start + len(points_cam)))
    return SparseModel(
        key_frames=KEY_FRAMES,
        world_from_cam=poses[KEY_FRAMES],
        intrinsics=CAMERA,
        points_world=np.concatenate(points),
        observations=tuple(observations),
        reprojection_error_px=0.0,
    )


def errors_m(found: NDArray[np.float64], poses: NDArray[np.float64]) -> NDArray[np.float64]:
    between = np.setdiff1d(np.arange(len(poses)), KEY_FRAMES)
    return np.linalg.norm(found[between, :3, 3] - poses[between, :3, 3], axis=1)


def test_a_shaking_camera_is_followed() -> None:
    poses = walk(25, shake=0.7)[:9]
    source, model = room_source(poses), true_model(poses)
    found = place_frames(source, model, progress=no_progress, cancel=CancelToken())
    between = interpolate_trajectory(model.key_frames, model.world_from_cam, source.timestamps_s)
    assert not found.is_interpolated.any()
    tracked_m, between_m = errors_m(found.world_from_cam, poses), errors_m(between.world_from_cam, poses)
    assert np.median(tracked_m) < 0.003
    assert tracked_m.max() < 0.01
    assert np.median(between_m) > 4 * np.median(tracked_m)
    np.testing.assert_array_equal(found.world_from_cam[KEY_FRAMES], poses[KEY_FRAMES])


def test_frames_that_cannot_be_tracked_are_interpolated() -> None:
    poses = walk(9, shake=0.7)
    source, model = room_source(poses), true_model(poses)
    source._pictures[6] = np.zeros_like(source.frame(6))  # a black frame: both sides lose their tracks at it
    found = place_frames(source, model, progress=no_progress, cancel=CancelToken())
    assert found.is_interpolated.tolist() == [i == 6 for i in range(9)]


def test_a_steady_path_stays_smooth() -> None:
    poses = np.tile(np.eye(4), (9, 1, 1))
    poses[:, 0, 3] = np.linspace(-0.4, 0.4, 9)
    poses[:, 2, 3] = -1.5
    source, model = room_source(poses), true_model(poses)
    found = place_frames(source, model, progress=no_progress, cancel=CancelToken())
    np.testing.assert_allclose(found.world_from_cam, poses, atol=1e-6)


def test_cancel_stops_tracking() -> None:
    poses = walk(9)
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        place_frames(room_source(poses), true_model(poses), progress=no_progress, cancel=cancel)
