"""A part of a source that looks like a source of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.frames.source import DepthMaps, FrameSource, KnownCameras, RgbImage
from l3rocc_engine.geometry.trajectory import Trajectory


def in_range(source: FrameSource, frame_range: Sequence[int]) -> FrameSource:
    """The wanted frames of a source.

    Parameters
    ----------
    source
        What is opened; of a part of a source its whole is taken, which the frames are counted in.
    frame_range
        First and last frame, both included; empty for all frames.

    Returns
    -------
    FrameSource
        The source itself if all its frames are wanted, so that results that were made of it are found again.

    Raises
    ------
    ConfigError
        If the source has no such frames.
    """
    if isinstance(source, RangeSource):
        source = source.whole
    if not frame_range:
        return source
    first, last = frame_range
    if not 0 <= first <= last < source.num_frames:
        raise ConfigError(
            f"{source.name} has no frames {first} to {last}: its {source.num_frames} frames are counted from 0 to "
            f"{source.num_frames - 1}.",
            "Choose a range within them, or leave it out to process all frames.",
        )
    if (first, last) == (0, source.num_frames - 1):
        return source
    return RangeSource(source, first, last)


class RangeSource:
    """Frames ``first`` to ``last`` of another source, counted from 0, with times from 0.

    Closing it closes the whole source.

    Attributes
    ----------
    whole
        The other source.
    first, last
        Frames of ``whole``, both included.
    """

    def __init__(self, whole: FrameSource, first: int, last: int) -> None:
        self.whole, self.first, self.last = whole, first, last
        times_s = whole.timestamps_s[first : last + 1]
        self._timestamps_s = times_s - times_s[0]
        self._timestamps_s.setflags(write=False)

    @property
    def name(self) -> str:
        """Name of the whole source."""
        return self.whole.name

    @property
    def path(self) -> Path:
        """Path of the whole source."""
        return self.whole.path

    @property
    def num_frames(self) -> int:
        """Frames of the range."""
        return self.last - self.first + 1

    @property
    def fps(self) -> float:
        """Rate of the whole source."""
        return self.whole.fps

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return self.whole.size_px

    @property
    def timestamps_s(self) -> NDArray[np.float64]:
        """(T,) float64, the first 0."""
        return self._timestamps_s

    @property
    def fingerprint(self) -> str:
        """Of the whole source and the range."""
        return hashlib.sha256(f"{self.whole.fingerprint}:{self.first}-{self.last}".encode()).hexdigest()[:32]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Those of the whole source."""
        return self.whole.warnings

    @property
    def cameras(self) -> KnownCameras | None:
        """Poses and depth of the range."""
        cameras = self.whole.cameras
        if cameras is None:
            return None
        depth = None if cameras.depth is None else _DepthOfRange(cameras.depth, self.first)
        return replace(cameras, trajectory=self._cut(cameras.trajectory), depth=depth)

    @property
    def video_path(self) -> Path | None:
        """The file of the whole source."""
        return self.whole.video_path

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB.

        Raises
        ------
        IndexError
            If the range has no such frame.
        """
        return self.whole.frame(self._in_whole(frame_idx))

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Stream pictures in increasing order of frame number.

        Raises
        ------
        IndexError
            If the range has no such frame.
        """
        wanted = range(self.num_frames) if indices is None else indices
        stream = self.whole.frames([self._in_whole(frame_idx) for frame_idx in wanted])
        return ((frame_idx - self.first, image) for frame_idx, image in stream)

    def close(self) -> None:
        """Close the whole source."""
        self.whole.close()

    def _in_whole(self, frame_idx: int) -> int:
        if not 0 <= frame_idx < self.num_frames:
            raise IndexError(f"The range of {self.name} has {self.num_frames} frames; there is no frame {frame_idx}.")
        return self.first + frame_idx

    def _cut(self, trajectory: Trajectory) -> Trajectory:
        part = slice(self.first, self.last + 1)
        times_s = trajectory.timestamps_s[part]
        return Trajectory(
            world_from_cam=trajectory.world_from_cam[part],
            timestamps_s=times_s - times_s[0],
            is_interpolated=trajectory.is_interpolated[part],
        )


@dataclass(frozen=True, slots=True)
class _DepthOfRange:
    """Depth pictures of a range."""

    whole: DepthMaps
    first: int

    def depth_m(self, frame_idx: int) -> NDArray[np.float32]:
        """Depth along z of one frame of the range, (H, W) float32 metres."""
        return self.whole.depth_m(self.first + frame_idx)
