"""A network that knows the answer: the furnished room's true points, each pass in a world of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from l3rocc_engine.backends.pi3.inference import PassMemoryError, PassOutput, pass_output
from l3rocc_engine.backends.pi3.memory import Device
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.sim3 import Sim3
from tests.synthetic.room import camera_path, render
from tests.synthetic.sources import ArraySource

CAMERA = Intrinsics(fx_px=60.0, fy_px=58.0, cx_px=36.3, cy_px=27.2, width_px=70, height_px=56)
PIXELS = CAMERA.width_px * CAMERA.height_px
ROOMY = Device(kind="cpu", label="a test", free_bytes=64 << 30, total_bytes=64 << 30, dtype="float32", tflops=1.0)


class RoomSource(ArraySource):
    """The room filmed along its path."""

    def __init__(self, num_frames: int) -> None:
        super().__init__(num_frames=num_frames, size_px=(CAMERA.width_px, CAMERA.height_px), name="room")
        self.poses = camera_path(num_frames)
        self.pictures, self.depths = zip(*(render(CAMERA, pose) for pose in self.poses), strict=True)

    def frame(self, frame_idx: int) -> NDArray[np.uint8]:
        return self.pictures[frame_idx]


@dataclass
class Oracle:
    """Recognises the pictures it is shown.

    Attributes
    ----------
    source
        The room.
    noise
        Of points and camera centres, as a share of depth.
    outliers
        Share of pixels with a wrong depth and full confidence.
    most_frames
        Frames beyond which the memory runs out.
    passes
        Lengths of the passes that were asked for.
    """

    source: RoomSource
    noise: float = 0.0
    outliers: float = 0.0
    most_frames: int = 1000
    passes: list[int] = field(default_factory=list)

    def run(self, pictures: NDArray[np.uint8], on_step: Callable[[int, int], None]) -> PassOutput:
        self.passes.append(len(pictures))
        on_step(0, 2)
        if len(pictures) > self.most_frames:
            raise PassMemoryError("out of memory")
        rng = np.random.default_rng(len(self.passes))
        frames = [self._recognise(picture.transpose(1, 2, 0)) for picture in pictures]
        world = Sim3(
            scale=float(rng.uniform(0.2, 5.0)),
            rotation=Rotation.random(random_state=len(self.passes)).as_matrix(),
            translation=rng.normal(size=3),
        )
        poses = world.apply_poses(self.source.poses[frames])
        poses[:, :3, 3] += rng.normal(size=(len(frames), 3)) * self.noise * world.scale
        depth = np.stack([self.source.depths[frame] for frame in frames])
        depth = depth * (1.0 + self.noise * rng.normal(size=depth.shape))
        is_wrong = rng.uniform(size=depth.shape) < self.outliers
        depth = np.where(is_wrong, depth * rng.uniform(1.2, 3.0, size=depth.shape), depth)
        points = (CAMERA.rays_cam() * depth[..., None] * world.scale).astype(np.float32)
        on_step(2, 2)
        confidence = np.full(depth.shape, 0.9, np.float32)
        if self.noise or self.outliers:  # noise looks like edges everywhere
            no_edges = np.zeros(depth.shape, bool)
            return PassOutput(points_cam=points, confidence=confidence, world_from_cam=poses, is_edge=no_edges)
        return pass_output(points, confidence, poses)

    def _recognise(self, picture: NDArray[np.uint8]) -> int:
        return next(i for i, known in enumerate(self.source.pictures) if np.array_equal(known, picture))
