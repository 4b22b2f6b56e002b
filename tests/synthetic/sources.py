"""Sources and backends made of arrays: what the pipeline needs, without files or feature matching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.source import FrameSource, KnownCameras, RgbImage
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, EventSink, steps_of
from l3rocc_engine.reconstruction import PointMap, Reconstruction

CAMERA = Intrinsics(fx_px=50.0, fy_px=50.0, cx_px=32.0, cy_px=24.0, width_px=64, height_px=48)


@dataclass
class ArraySource:
    """Pictures that are computed: frame i is a flat colour of value i."""

    num_frames: int = 6
    fps: float = 10.0
    name: str = "array"
    path: Path = Path("array")
    size_px: tuple[int, int] = (64, 48)
    fingerprint: str = "0123456789abcdef"
    warnings: tuple[str, ...] = ()
    cameras: KnownCameras | None = None
    video_path: Path | None = None
    timestamps_s: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.timestamps_s = np.arange(self.num_frames) / self.fps

    def frame(self, frame_idx: int) -> RgbImage:
        return np.full((self.size_px[1], self.size_px[0], 3), frame_idx, np.uint8)

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        for frame_idx in range(self.num_frames) if indices is None else indices:
            yield frame_idx, self.frame(frame_idx)

    def close(self) -> None:
        pass


@dataclass
class WallBackend:
    """Sees a wall two units ahead from a camera that moves sideways; counts how often it was asked."""

    name: str = "wall"
    calls: int = 0
    cancel_after: int | None = None

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
        self.calls += 1
        poses = np.tile(np.eye(4), (source.num_frames, 1, 1))
        poses[:, 0, 3] = 0.05 * np.arange(source.num_frames)
        trajectory = Trajectory(
            world_from_cam=poses,
            timestamps_s=source.timestamps_s.copy(),
            is_interpolated=np.zeros(source.num_frames, bool),
        )
        progress = steps_of(events, "depth")
        maps = []
        keyframes = range(0, source.num_frames, 2)
        for number, frame_idx in enumerate(keyframes, start=1):
            cancel.check()
            points = CAMERA.rays_cam() * np.float32(2.01)
            maps.append(
                PointMap(
                    frame_idx=frame_idx,
                    points_cam=points,
                    confidence=np.full(points.shape[:2], 0.9, np.float32),
                    colors=np.full(points.shape, 120, np.uint8),
                )
            )
            if on_point_map is not None:
                on_point_map(maps[-1], trajectory)
            progress(number, len(keyframes))
            if self.cancel_after == number:
                cancel.set()
        return Reconstruction(
            point_maps=tuple(maps),
            trajectory=trajectory,
            intrinsics=CAMERA,
            backend=self.name,
            notes=("distances are relative",),
            measures={"registered": float(len(maps))},
        )
