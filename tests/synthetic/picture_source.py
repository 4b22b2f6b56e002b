"""Frames held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.source import KnownCameras, RgbImage


class PictureSource:
    """A frame source of pictures in memory that claims to come from a file."""

    def __init__(self, path: Path, pictures: Sequence[RgbImage], fps: float) -> None:
        self.name = path.stem
        self.path = path
        self.fps = fps
        self.num_frames = len(pictures)
        self.size_px = (pictures[0].shape[1], pictures[0].shape[0])
        self.timestamps_s: NDArray[np.float64] = np.arange(len(pictures)) / fps
        self.fingerprint = hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest()[:16]
        self.warnings: tuple[str, ...] = ()
        self.cameras: KnownCameras | None = None
        self.video_path: Path | None = path if path.is_file() else None
        self._pictures = pictures

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture."""
        if not 0 <= frame_idx < self.num_frames:
            raise InputError(f"There is no frame {frame_idx}; the source has {self.num_frames}.")
        return self._pictures[frame_idx]

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Pictures in order."""
        for frame_idx in range(self.num_frames) if indices is None else indices:
            yield frame_idx, self.frame(frame_idx)

    def close(self) -> None:
        """Nothing to release."""
