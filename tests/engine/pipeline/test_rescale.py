"""One scale moves points, poses, cloud and occupancy together, and is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import FrameSource, KnownCameras
from l3rocc_engine.geometry.scale import scale_from_two_points
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.pipeline.rescale import brought_to_metres, rescaled
from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_engine.reconstruction import PointMap, Reconstruction, Scale, ScaleMethod
from tests.engine.backends.pi3.oracle import CAMERA, RoomSource
from tests.synthetic.room import UP

MODEL = Sim3(scale=3.7, rotation=np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]]), translation=np.array([5.0, -1, 2]))
CONFIG = PipelineConfig(voxel_size=0.1, pc_range=(-1, -1, -0.5, 1, 1, 2.5))


@dataclass
class ModelBackend:
    """The room's truth in a world of another size and place."""

    source: RoomSource
    world_up: tuple[float, float, float] | None = field(default=tuple((MODEL.rotation @ UP).tolist()))
    name: str = "model"

    def refusal(self, source: FrameSource, config: PipelineConfig) -> str | None:
        return None

    def reconstruct(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> Reconstruction:
        maps = tuple(
            PointMap(
                frame_idx=i,
                points_cam=(CAMERA.rays_cam() * depth[..., None] * MODEL.scale).astype(np.float32),
                confidence=np.full(depth.shape, 0.9, np.float32),
                colors=picture,
            )
            for i, (depth, picture) in enumerate(zip(self.source.depths, self.source.pictures, strict=True))
        )
        trajectory = Trajectory(
            world_from_cam=MODEL.apply_poses(self.source.poses),
            timestamps_s=self.source.timestamps_s.copy(),
            is_interpolated=np.zeros(len(maps), bool),
        )
        return Reconstruction(
            point_maps=maps,
            trajectory=trajectory,
            intrinsics=CAMERA,
            backend=self.name,
            world_up=self.world_up,
            notes=("kept",),
        )


def made(source: RoomSource, **options: object) -> Reconstruction:
    return ModelBackend(source, **options).reconstruct(source, CONFIG, events=no_events, cancel=CancelToken())


def with_truth(source: RoomSource) -> RoomSource:
    truth = Trajectory(
        world_from_cam=source.poses.copy(),
        timestamps_s=source.timestamps_s.copy(),
        is_interpolated=np.zeros(source.num_frames, bool),
    )
    source.cameras = KnownCameras(trajectory=truth, intrinsics=CAMERA)
    return source


def test_the_sources_path_brings_points_poses_and_up_to_its_world() -> None:
    source = with_truth(RoomSource(8))
    metric = brought_to_metres(made(source), source, CONFIG, CancelToken())
    assert metric.scale.method is ScaleMethod.GROUND_TRUTH
    assert metric.scale.is_metric
    assert metric.scale.sim3.scale == pytest.approx(1 / 3.7, rel=1e-6)
    assert metric.scale.residual == pytest.approx(0.0, abs=1e-6)
    assert np.allclose(metric.trajectory.world_from_cam, source.poses, atol=1e-6)
    assert np.allclose(metric.point_maps[3].points_cam[..., 2], source.depths[3], rtol=1e-5)
    assert np.allclose(next(iter(metric.point_maps)).points_cam[..., 2], source.depths[0], rtol=1e-5)
    assert metric.world_up == pytest.approx(UP, abs=1e-6)
    assert metric.notes[0] == "kept"
    assert "the source's own camera path" in metric.notes[1]


def test_a_path_that_tells_no_scale_is_said_and_nothing_moves() -> None:
    source = with_truth(RoomSource(8))
    still = np.tile(np.eye(4), (8, 1, 1))
    truth = Trajectory(world_from_cam=still, timestamps_s=source.timestamps_s.copy(), is_interpolated=np.zeros(8, bool))
    source.cameras = KnownCameras(trajectory=truth, intrinsics=CAMERA)
    same = brought_to_metres(made(source), source, CONFIG, CancelToken())
    assert not same.scale.is_metric
    assert "hardly moves" in same.notes[-1]


def test_the_cameras_height_sets_the_scale_of_cloud_poses_and_grid(tmp_path: Path) -> None:
    source = RoomSource(8)
    config = CONFIG.with_changes({"camera_height": 1.2})
    backend = ModelBackend(source)
    run = process_source(source, config, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
    assert run.scale.method is ScaleMethod.CAMERA_HEIGHT
    assert run.scale.sim3.scale == pytest.approx(1 / 3.7, rel=0.03)
    lengths = run.cloud.points_world.max(axis=0) - run.cloud.points_world.min(axis=0)
    assert 2.3 < lengths[1] < 2.5, "the room is 2.4 m high"
    first, last = run.trajectory.centres_world[[0, -1]]
    true = np.linalg.norm(source.poses[-1, :3, 3] - source.poses[0, :3, 3])
    assert np.linalg.norm(last - first) == pytest.approx(true, rel=0.03)
    unscaled = process_source(source, CONFIG, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
    assert not unscaled.scale.is_metric
    assert len(run.occupancy.frame(3).occupied) > 2 * len(unscaled.occupancy.frame(3).occupied)


def test_a_height_without_up_is_refused_with_words() -> None:
    source = RoomSource(4)
    config = CONFIG.with_changes({"camera_height": 1.2})
    with pytest.raises(ReconstructionError, match="upward direction"):
        brought_to_metres(made(source, world_up=None), source, config, CancelToken())


def test_two_points_set_the_scale() -> None:
    estimate = scale_from_two_points(np.zeros(3), np.array([3.7, 0.0, 0.0]), 1.0)
    metric = rescaled(made(RoomSource(4)), estimate, ScaleMethod.TWO_POINT)
    assert np.median(metric.point_maps[0].points_cam[..., 2]) == pytest.approx(
        np.median(RoomSource(4).depths[0]), rel=1e-4
    )
    assert "two points" in metric.notes[-1]


def test_a_height_that_is_not_used_is_said() -> None:
    source = RoomSource(4)
    metric = replace(made(source), scale=Scale(method=ScaleMethod.DATASET))
    same = brought_to_metres(metric, source, CONFIG.with_changes({"camera_height": 1.2}), CancelToken())
    assert same.scale.method is ScaleMethod.DATASET
    assert "height is not used" in same.notes[-1]
    wanted = CONFIG.with_changes({"scale_points": [0, 0, 0, 0, 0, 3.7], "scale_distance": 1.0})
    scaled = brought_to_metres(metric, source, wanted, CancelToken())
    assert scaled.scale.method is ScaleMethod.TWO_POINT
    assert scaled.scale.sim3.scale == pytest.approx(1 / 3.7)
