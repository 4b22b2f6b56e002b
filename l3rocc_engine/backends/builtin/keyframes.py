"""Which frames are reconstructed; the others are placed between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.motion import PictureMotion

FEWEST = 26
"""Keyframes wanted of a clip that has as many frames."""
MOST = 100
"""Keyframes after which time and memory are no longer reasonable; longer clips are thinned to this."""
LARGEST_STEP = 0.15
"""Largest shift of the picture between keyframes, as a share of the width."""
STILL = 0.002
"""Shift below which a frame shows nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyframeChoice:
    """Chosen frames, increasing, and sentences about what was not as asked."""

    frames: NDArray[np.int64]
    notes: tuple[str, ...] = ()


def choose_keyframes(motion: PictureMotion, interval: int) -> KeyframeChoice:
    """Choose keyframes at equal picture motion, never more than ``interval`` frames apart while the picture moves.

    Short clips get up to ``FEWEST`` keyframes, fast ones a keyframe each ``LARGEST_STEP`` of motion, and frames that
    show nothing new are skipped. The first frame is always chosen, the last unless it repeats the one before.

    Parameters
    ----------
    motion
        Measured motion of the clip.
    interval
        Largest distance in frames.
    """
    step = _step_for(motion, interval, FEWEST)
    rows = _walk(motion, step, interval)
    if len(rows) <= MOST:
        return KeyframeChoice(frames=motion.frames[rows])
    stretched = _thin(motion, step, interval)
    frames = motion.frames[stretched]
    note = (
        f"The clip is long: {len(frames)} keyframes up to {int(np.diff(frames).max())} frames apart are used "
        f"instead of {len(rows)}."
    )
    return KeyframeChoice(frames=frames, notes=(note,))


def _walk(motion: PictureMotion, step: float, interval: float) -> list[int]:
    """Rows taken when going through the clip with these two limits."""
    travelled, frames = motion.travelled, motion.frames
    rows = [0]
    for row in range(1, len(frames)):
        moved = travelled[row] - travelled[rows[-1]]
        next_frame = frames[min(row + 1, len(frames) - 1)]
        is_due = moved >= step or next_frame - frames[rows[-1]] > interval or row == len(frames) - 1
        if is_due and moved >= STILL:
            rows.append(row)
    return rows


def _step_for(motion: PictureMotion, interval: int, wanted: int) -> float:
    """Largest step that still gives the wanted number of keyframes, by bisection."""
    if len(_walk(motion, LARGEST_STEP, interval)) >= wanted:
        return LARGEST_STEP
    low, high = 0.0, LARGEST_STEP
    for _ in range(24):
        middle = 0.5 * (low + high)
        if len(_walk(motion, middle, interval)) >= wanted:
            low = middle
        else:
            high = middle
    return low


def _thin(motion: PictureMotion, step: float, interval: int) -> list[int]:
    """Stretch both limits by the smallest factor that keeps the number of keyframes at ``MOST``."""
    low, high = 1.0, 2.0
    while len(_walk(motion, step * high, interval * high)) > MOST:
        low, high = high, high * 2.0
    for _ in range(16):
        middle = 0.5 * (low + high)
        if len(_walk(motion, step * middle, interval * middle)) > MOST:
            low = middle
        else:
            high = middle
    return _walk(motion, step * high, interval * high)
