"""How well each frame of a run turned out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError

FloatTrack = NDArray[np.float32]
SEAM_LIMIT = 0.1
"""Distance left at a seam, as a share of the depth, that counts as no fit at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTrack:
    """Three numbers a frame, each from 0 (bad) to 1 (good), NaN where unknown.

    Attributes
    ----------
    coverage
        (T,) float32, share of the picture that the cloud explains.
    confidence
        (T,) float32, mean confidence of the points that the frame looks at.
    seam
        (T,) float32, how well the passes of the network fit together where the frame is near a seam; 1 elsewhere, NaN
        for engines that have no seams.
    """

    coverage: FloatTrack
    confidence: FloatTrack
    seam: FloatTrack

    def __post_init__(self) -> None:
        shapes = {track.shape for track in (self.coverage, self.confidence, self.seam)}
        if len(shapes) != 1 or self.coverage.ndim != 1:
            raise InputError(f"The tracks of a quality must have one length, not {sorted(shapes)}.")
        for track in (self.coverage, self.confidence, self.seam):
            track.setflags(write=False)

    @property
    def num_frames(self) -> int:
        """T."""
        return len(self.coverage)

    @property
    def has_seams(self) -> bool:
        """Whether the engine joined several passes."""
        return bool(np.isfinite(self.seam).any())

    @property
    def worst_of_all(self) -> FloatTrack:
        """(T,) float32: the lowest of what is known of each frame; NaN where nothing is."""
        return np.fmin(np.fmin(self.coverage, self.confidence), self.seam)

    def worst_frames(self, count: int) -> list[int]:
        """The worst places first, each well away from those before it.

        A place is the lowest frame within a fifteenth of the run on either side: one bad stretch is listed once.
        """
        score = np.where(np.isfinite(self.worst_of_all), self.worst_of_all, np.inf)
        apart = max(1, self.num_frames // 15)
        found: list[int] = []
        for frame_idx in np.argsort(score, kind="stable").tolist():
            if len(found) == count or not np.isfinite(score[frame_idx]):
                break
            if all(abs(frame_idx - other) > apart for other in found):
                found.append(frame_idx)
        return found

    def describe(self, frame_idx: int) -> str:
        """What is known of one frame, for people."""
        names = (("coverage", self.coverage), ("confidence", self.confidence), ("seam", self.seam))
        known = [f"{name} {track[frame_idx]:.0%}" for name, track in names if np.isfinite(track[frame_idx])]
        return ", ".join(known)
