"""A tiny finished run for tests: real occupancy of a computed room, on a generated video."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine import __version__
from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset.episode import EpisodeSpan, occupancy_of
from l3rocc_engine.dataset.video import write_video
from l3rocc_engine.frames.frame_range import RangeSource
from l3rocc_engine.geometry.intrinsics import Intrinsics, visibility_rays
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy import occupancy_sequence, world_map
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run, RunRecord
from tests.synthetic.picture_source import PictureSource
from tests.synthetic.room import UP, camera_path, render

CONFIG = PipelineConfig(
    pc_range=(-1.6, -1.2, -0.4, 1.6, 1.2, 2.8), voxel_size=0.1, interval=4, history_len=3, history_step=2
)
INTRINSICS = Intrinsics(fx_px=60.0, fy_px=60.0, cx_px=48.0, cy_px=32.0, width_px=96, height_px=64)
FPS = 10


def make_run(folder: Path, *, num_frames: int = 12) -> Run:
    """A :class:`Run` of ``num_frames`` 96x64 pictures at 10 fps; the video ``room.mp4`` is put into ``folder``.

    Poses, cloud and occupancy are exact; keyframes are every fourth frame. The same call gives the same run.
    """
    poses = camera_path(num_frames)
    rendered = [render(INTRINSICS, pose) for pose in poses]
    pictures = [picture for picture, _ in rendered]
    folder.mkdir(parents=True, exist_ok=True)
    write_video(folder / "room.mp4", enumerate(pictures), size_px=(96, 64), fps=FPS)
    keyframes = range(0, num_frames, CONFIG.interval)
    cloud = _cloud({i: rendered[i] for i in keyframes}, poses)
    trajectory = Trajectory(
        world_from_cam=poses,
        timestamps_s=np.arange(num_frames) / FPS,
        is_interpolated=np.array([i not in keyframes for i in range(num_frames)]),
    )
    occupancy = occupancy_sequence(cloud.points_world, poses, visibility_rays(INTRINSICS), CONFIG.grid)
    return Run(
        source=PictureSource(folder / "room.mp4", pictures, FPS),
        config=CONFIG,
        trajectory=trajectory,
        intrinsics=INTRINSICS,
        scale=Scale(sim3=Sim3(scale=1.25, translation=np.array([0.1, 0.2, 0.3])), method=ScaleMethod.TWO_POINT),
        cloud=cloud,
        occupancy=occupancy,
        world=world_map(occupancy),
        record=RunRecord(
            backend="builtin",
            reason="made for tests",
            versions={"l3rocc-studio": __version__},
            stage_s={"depth": 1.5, "occupancy": 0.25},
            peak_memory_bytes=123_456_789,
            notes=("A note.",),
            measures={"frames_registered": float(len(keyframes))},
            keyframes=tuple(keyframes),
        ),
        world_up=UP,
    )


def part_of(run: Run, first: int, last: int) -> Run:
    """The same scene as a run of frames ``first`` to ``last`` only."""
    part, whole = slice(first, last + 1), run.trajectory
    return dataclasses.replace(
        run,
        source=RangeSource(run.source, first, last),
        trajectory=Trajectory(
            world_from_cam=whole.world_from_cam[part],
            timestamps_s=whole.timestamps_s[part] - whole.timestamps_s[first],
            is_interpolated=whole.is_interpolated[part],
        ),
        occupancy=occupancy_of(EpisodeSpan(episode_idx=0, start=first, stop=last + 1), run.occupancy),
        record=dataclasses.replace(
            run.record, keyframes=tuple(k - first for k in run.record.keyframes if first <= k <= last)
        ),
    )


def _cloud(
    rendered: dict[int, tuple[NDArray[np.uint8], NDArray[np.float64]]], poses: NDArray[np.float64]
) -> PointCloud:
    """All pixels of the keyframes, one point a quarter voxel, the earliest first."""
    rays = INTRINSICS.rays_cam().reshape(-1, 3).astype(np.float64)
    points, colors, frames = [], [], []
    for frame_idx, (picture, depth) in rendered.items():
        points.append((rays * depth.reshape(-1, 1)) @ poses[frame_idx, :3, :3].T + poses[frame_idx, :3, 3])
        colors.append(picture.reshape(-1, 3))
        frames.append(np.full(len(rays), frame_idx, dtype=np.int32))
    all_points = np.concatenate(points)
    cells = np.floor(all_points / (CONFIG.voxel_size / 4)).astype(np.int64)
    kept = np.sort(np.unique(cells, axis=0, return_index=True)[1])
    return PointCloud(
        points_world=all_points[kept].astype(np.float32),
        colors=np.concatenate(colors)[kept],
        confidence=np.linspace(0.2, 1.0, len(kept), dtype=np.float32),
        first_frame=np.concatenate(frames)[kept],
    )
