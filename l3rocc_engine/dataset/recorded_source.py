"""The video inside one of our datasets, shown as the source that it was made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.source import FrameSource, KnownCameras, RgbImage
from l3rocc_engine.frames.video import VideoSource


class RecordedSource:
    """Frames of a dataset's video under the source's own name, picture size and clock.

    Rows and columns that were added to make the size even are cut off again, so that the pictures fit ``K``.

    Parameters
    ----------
    video
        The mp4.
    root
        Folder of the dataset.
    name, fps, size_px
        Of the source that the dataset was made of.
    timestamps_s
        (T,) float64, the source's own times.

    Raises
    ------
    InputError
        If the video cannot be read, or has another number or size of pictures than the dataset.
    """

    def __init__(
        self,
        video: Path,
        *,
        root: Path,
        name: str,
        fps: float,
        size_px: tuple[int, int],
        timestamps_s: NDArray[np.float64],
    ) -> None:
        self._inner: FrameSource = VideoSource(video)
        self._video, self._root, self._name = video, root, name
        self._fps, self._size_px, self._timestamps_s = fps, size_px, timestamps_s
        found = self._inner.num_frames
        (width, height), (wanted_width, wanted_height) = self._inner.size_px, size_px
        if found != len(timestamps_s) or width < wanted_width or height < wanted_height:
            self._inner.close()
            raise InputError(
                f"{video} has {found} pictures of {width}x{height}, but its dataset has {len(timestamps_s)} poses for "
                f"pictures of {wanted_width}x{wanted_height}.",
                "The video was replaced; process the source again.",
            )

    @property
    def name(self) -> str:
        """Name of the original source."""
        return self._name

    @property
    def path(self) -> Path:
        """The dataset's folder."""
        return self._root

    @property
    def num_frames(self) -> int:
        """Number of frames."""
        return self._inner.num_frames

    @property
    def fps(self) -> float:
        """Rate of the original source."""
        return self._fps

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the original pictures."""
        return self._size_px

    @property
    def timestamps_s(self) -> NDArray[np.float64]:
        """(T,) float64 times of the original source."""
        return self._timestamps_s

    @property
    def fingerprint(self) -> str:
        """Of the video in the dataset, which is not the original file."""
        return self._inner.fingerprint

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about the video in the dataset."""
        return self._inner.warnings

    @property
    def cameras(self) -> KnownCameras | None:
        """None: the run's own trajectory holds the poses."""
        return None

    @property
    def video_path(self) -> Path | None:
        """The mp4."""
        return self._video

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB."""
        return self._cut(self._inner.frame(frame_idx))

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Pictures in increasing order of frame number."""
        return ((frame_idx, self._cut(image)) for frame_idx, image in self._inner.frames(indices))

    def close(self) -> None:
        """Release the file."""
        self._inner.close()

    def _cut(self, image: RgbImage) -> RgbImage:
        return image[: self._size_px[1], : self._size_px[0]]
