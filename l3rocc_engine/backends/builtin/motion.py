"""How much the picture moves from frame to frame, measured cheaply on small copies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.frames.source import FrameSource, RgbImage
from l3rocc_engine.progress import CancelToken, StepProgress

WIDTH_PX = 320
MAX_SAMPLES = 1500
LOST_SHIFT = 0.3
"""Shift, as a share of the width, that is assumed where tracking fails: a jump or a cut."""
MAX_CORNERS = 300
MIN_TRACKED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMotion:
    """Motion along a clip.

    Attributes
    ----------
    frames
        (S,) int64, increasing frame numbers that were looked at.
    shifts
        (S,) float64, median shift of the picture since the sample before, as a share of the width; the first is 0.
    """

    frames: NDArray[np.int64]
    shifts: NDArray[np.float64]

    @property
    def travelled(self) -> NDArray[np.float64]:
        """(S,) float64, sum of the shifts up to each sample."""
        return np.cumsum(self.shifts)


def measure_motion(source: FrameSource, *, progress: StepProgress, cancel: CancelToken) -> PictureMotion:
    """Track corners from frame to frame (every n-th frame in clips of more than 1500).

    Source: B. Lucas, T. Kanade, "An iterative image registration technique", IJCAI 1981; J.-Y. Bouguet's pyramids.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    stride = -(-source.num_frames // MAX_SAMPLES)
    wanted = np.unique(np.append(np.arange(0, source.num_frames, stride), source.num_frames - 1)).astype(np.int64)
    shifts = np.zeros(len(wanted))
    before: NDArray[np.uint8] | None = None
    for row, (_, picture) in enumerate(source.frames(wanted.tolist())):
        cancel.check()
        small = small_grey(picture, WIDTH_PX)
        if before is not None:
            shifts[row] = _shift(before, small)
        before = small
        progress(row + 1, len(wanted))
    return PictureMotion(frames=wanted, shifts=shifts)


def small_grey(picture: RgbImage, max_side_px: int) -> NDArray[np.uint8]:
    """Grey copy (h, w) uint8 whose longer side is at most ``max_side_px``."""
    shrink = min(1.0, max_side_px / max(picture.shape[:2]))
    size = (max(1, round(picture.shape[1] * shrink)), max(1, round(picture.shape[0] * shrink)))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(grey if shrink == 1.0 else cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _shift(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    """Median length of the tracks between two pictures as a share of the width."""
    corners = cv2.goodFeaturesToTrack(before, MAX_CORNERS, 0.01, 5)
    if corners is None:
        return 0.0
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, None, winSize=(15, 15), maxLevel=3)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(after, before, moved, None, winSize=(15, 15), maxLevel=3)
    returned = np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < 1.0
    kept = (found.ravel() == 1) & (found_back.ravel() == 1) & returned
    if kept.sum() < min(MIN_TRACKED, len(corners)):
        return LOST_SHIFT
    lengths = np.linalg.norm((moved - corners).reshape(-1, 2)[kept], axis=1)
    return float(np.median(lengths)) / before.shape[1]
