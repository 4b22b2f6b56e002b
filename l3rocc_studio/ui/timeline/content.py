"""What the track shows besides the playhead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtGui import QImage

from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.quality import QualityTrack
from l3rocc_studio.model.view_keyframe import ViewKeyframe


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackContent:
    """A snapshot of everything along the time axis; frames are those of the timeline.

    Attributes
    ----------
    times_s
        (T,) presentation times.
    selected
        First and last frame of the range.
    keyframes
        Frames that the run has point maps of, in order.
    processed
        Frames that the run has.
    marks
        In order of frames.
    views
        Of the camera path, in order of frames.
    quality
        Of the processed frames, once it is measured.
    """

    times_s: tuple[float, ...] = ()
    selected: tuple[int, int] = (0, 0)
    keyframes: tuple[int, ...] = ()
    processed: range = field(default_factory=lambda: range(0))
    marks: tuple[Mark, ...] = ()
    views: tuple[ViewKeyframe, ...] = ()
    quality: QualityTrack | None = None

    @property
    def num_frames(self) -> int:
        """T."""
        return len(self.times_s)

    @property
    def is_cut(self) -> bool:
        """Whether the range leaves frames out."""
        return self.num_frames > 0 and self.selected != (0, self.num_frames - 1)


Picture = Callable[[int], QImage | None]
"""The small picture of a frame, or the nearest there is, or None."""
