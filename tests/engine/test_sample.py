"""The bundled clip: its files fit together, and the built-in backend reconstructs it to the stated targets."""

from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_engine.evaluation.depth import compare_depth
from l3rocc_engine.evaluation.scene import SceneError, align_reconstruction, compare_scene
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, no_events
from l3rocc_engine.reconstruction import PointMap, Reconstruction
from l3rocc_engine.sample import (
    SampleTruth,
    load_sample_truth,
    pack_columns,
    pack_depth,
    sample_video_path,
    unpack_columns,
    unpack_pictures,
)


@pytest.fixture(scope="module")
def truth() -> SampleTruth:
    return load_sample_truth()


def test_clip_and_truth_belong_together(truth: SampleTruth) -> None:
    source = open_source(sample_video_path())
    assert source.num_frames == truth.num_frames == 180
    assert source.size_px == (truth.intrinsics.width_px, truth.intrinsics.height_px) == (640, 480)
    np.testing.assert_allclose(source.timestamps_s, truth.timestamps_s, atol=1e-3)
    source.close()


def test_the_files_stay_small() -> None:
    assert sample_video_path().stat().st_size < 3_000_000
    assert sample_video_path().with_name("room.truth.npz").stat().st_size < 2_000_000


def test_the_poses_are_rigid_and_walk_upright(truth: SampleTruth) -> None:
    rotations = truth.world_from_cam[:, :3, :3]
    np.testing.assert_allclose(rotations @ rotations.swapaxes(1, 2), np.tile(np.eye(3), (180, 1, 1)), atol=1e-12)
    assert (rotations[:, 2, 1] < -0.9).all()  # image down is world down
    assert (np.abs(truth.world_from_cam[:, 2, 3] - 1.25) < 0.1).all()


def test_points_lie_on_the_surfaces_that_the_depth_shows(truth: SampleTruth) -> None:
    width, height = truth.depth_size_px
    k = truth.intrinsics.scaled_to(width, height).matrix
    cam = transform(invert(truth.world_from_cam[90]), truth.points_world)
    cam = cam[cam[:, 2] > 0.3]
    position = (cam @ k.T)[:, :2] / cam[:, 2:]
    at_centre = (np.abs(position % 1.0 - 0.5) < 0.1).all(axis=1)
    pixel = np.floor(position).astype(int)
    chosen = at_centre & (pixel >= 0).all(axis=1) & (pixel < (width, height)).all(axis=1)
    seen = truth.depth_m(90)[pixel[chosen, 1], pixel[chosen, 0]]
    ratio = cam[chosen, 2] / seen
    assert chosen.sum() > 500
    assert (ratio > 0.985).mean() > 0.98  # nothing stands in front of what is seen, but for pixels on an outline
    assert (np.abs(ratio - 1) < 0.01).mean() > 0.6  # the rest is hidden in this frame


def test_normals_face_a_camera_that_sees_them(truth: SampleTruth) -> None:
    np.testing.assert_allclose(np.linalg.norm(truth.normals_world, axis=1), 1.0, atol=1e-5)
    floor = truth.points_world[:, 2] < 0.002
    assert floor.sum() > 5000
    np.testing.assert_allclose(truth.normals_world[floor], np.tile([0, 0, 1], (floor.sum(), 1)), atol=1e-5)


def test_packing_points_and_depth_loses_less_than_a_unit() -> None:
    rng = np.random.default_rng(2)
    points = rng.uniform(-7, 7, (500, 3))
    np.testing.assert_allclose(unpack_columns(pack_columns(points, 0.0005), 0.0005), points, atol=0.00026)
    depth = rng.uniform(0.4, 8, (3, 20, 30))
    depth[:, 4, 5] = 0
    q = unpack_pictures(pack_depth(depth))
    assert (q[:, 4, 5] == 0).all()
    known = depth > 0
    np.testing.assert_allclose(q[known] / 16384.0, 1 / depth[known], atol=0.51 / 16384)


def test_a_missing_sample_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("l3rocc_engine.sample.VIDEO_NAME", "attic.mp4")
    with pytest.raises(InputError, match=r"attic\.mp4 is missing"):
        sample_video_path()


def perfect_reconstruction(truth: SampleTruth, step: int = 15) -> Reconstruction:
    """The truth itself, dressed as a backend's result, in another frame and unit."""
    width, height = truth.depth_size_px
    rays = truth.intrinsics.scaled_to(width, height).rays_cam()
    maps = []
    for i in range(0, truth.num_frames, step):
        depth = truth.depth_m(i)[..., None]
        points = np.where(depth > 0, rays * depth, np.nan).astype(np.float32)
        maps.append(
            PointMap(
                frame_idx=i,
                points_cam=points,
                confidence=(depth[..., 0] > 0).astype(np.float32),
                colors=np.zeros((height, width, 3), np.uint8),
            )
        )
    trajectory = Trajectory(
        world_from_cam=truth.world_from_cam.copy(),
        timestamps_s=truth.timestamps_s.copy(),
        is_interpolated=np.zeros(truth.num_frames, bool),
    )
    made = Reconstruction(point_maps=maps, trajectory=trajectory, intrinsics=truth.intrinsics, backend="truth")
    return align_reconstruction(made, Sim3(scale=0.37, translation=np.array([1.0, 2.0, 3.0])))


def test_the_truth_compared_with_itself_is_nearly_perfect(truth: SampleTruth) -> None:
    error = compare_scene(perfect_reconstruction(truth), truth, min_confidence=0.1)
    assert error.trajectory.ate_rmse_m < 1e-9
    assert error.depth.abs_rel < 1e-5
    assert error.depth.density == 1.0
    assert error.cloud.plane_median_m < 0.004
    assert error.world.near_precision > 0.99
    assert error.egocentric.near_precision > 0.99


def test_a_wrong_scale_shows_in_the_depth(truth: SampleTruth) -> None:
    made = perfect_reconstruction(truth, step=60)
    pairs = [(m.points_cam[..., 2] / 0.37 * 1.1, truth.depth_m(m.frame_idx)) for m in made.point_maps]
    assert compare_depth(pairs).abs_rel == pytest.approx(0.1, rel=1e-3)


@pytest.fixture(scope="module")
def builtin_error(truth: SampleTruth) -> SceneError:
    source = open_source(sample_video_path())
    config = PipelineConfig()
    made = BuiltinBackend().reconstruct(source, config, events=no_events, cancel=CancelToken())
    source.close()
    return compare_scene(made, truth, min_confidence=config.min_confidence)


@pytest.mark.slow
def test_builtin_poses_are_within_the_target(builtin_error: SceneError) -> None:
    assert builtin_error.trajectory.ate_per_path <= 0.005
    assert builtin_error.trajectory.rotation_max_deg <= 1.0
    assert builtin_error.focal_ratio == pytest.approx(1.0, abs=0.02)


@pytest.mark.slow
def test_builtin_depth_is_within_the_target(builtin_error: SceneError) -> None:
    assert builtin_error.depth.abs_rel <= 0.04
    assert builtin_error.depth.delta_125 >= 0.96
    assert builtin_error.depth.density >= 0.70


@pytest.mark.slow
def test_builtin_occupancy_is_within_the_target(builtin_error: SceneError) -> None:
    assert builtin_error.world.iou >= 0.35
    assert builtin_error.world.near_precision >= 0.90
    assert builtin_error.world.near_recall >= 0.65
