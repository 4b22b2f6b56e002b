"""What every source of frames offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import Trajectory

RgbImage = NDArray[np.uint8]


class DepthMaps(Protocol):
    """Depth pictures that a dataset brings along."""

    def depth_m(self, frame_idx: int) -> NDArray[np.float32]:
        """Depth along z of one frame, (H, W) float32 metres, 0 where unknown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCameras:
    """Poses and intrinsics that come with a dataset.

    Attributes
    ----------
    trajectory
        One observed pose a frame, OpenCV camera axes, the dataset's own metric world.
    intrinsics
        Already scaled to the size of the decoded pictures.
    depth
        Depth maps, where the dataset has them.
    world_up
        (3,) unit vector against gravity in the world frame, where it is known.
    """

    trajectory: Trajectory
    intrinsics: Intrinsics
    depth: DepthMaps | None = None
    world_up: tuple[float, float, float] | None = None


class FrameSource(Protocol):
    """Frames with random access; ``frame(i)`` is exactly the i-th picture in presentation order.

    Attributes
    ----------
    name
        Short name for people, such as the file's stem.
    path
        File or folder that was opened.
    num_frames
        Number of frames that can really be decoded.
    fps
        Nominal rate in frames a second.
    size_px
        (width, height) as shown, after rotation metadata.
    timestamps_s
        (T,) float64, presentation times, starting at 0.
    fingerprint
        Hash of the content's identity; equal inputs give equal fingerprints.
    warnings
        Sentences about what the source claims and what is really there.
    cameras
        Poses and intrinsics that came with the source, or None.
    video_path
        The video file behind the source, or None for images.
    """

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def num_frames(self) -> int: ...
    @property
    def fps(self) -> float: ...
    @property
    def size_px(self) -> tuple[int, int]: ...
    @property
    def timestamps_s(self) -> NDArray[np.float64]: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    @property
    def cameras(self) -> KnownCameras | None: ...
    @property
    def video_path(self) -> Path | None: ...

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB."""
        ...

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Stream pictures in increasing order of frame number, all of them or those asked for."""
        ...

    def close(self) -> None:
        """Release files; the source cannot be used afterwards."""
        ...
