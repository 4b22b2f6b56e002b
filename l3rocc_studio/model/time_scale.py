"""Which frames of the timeline are in view, and where each of them lies."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

FEWEST_FRAMES = 8
"""Frames in view at the closest, unless there are fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """Frames side by side, each a cell of the same width.

    Attributes
    ----------
    num_frames
        Frames of the source; 0 while there is none.
    width_px
        Room for the frames in view.
    margin_px
        Room left of it, and right of it.
    first
        Left edge of the view, in frames.
    span
        Frames in view, which may be a fraction; 0 for all.
    """

    num_frames: int
    width_px: float
    margin_px: float = 0.0
    first: float = 0.0
    span: float = 0.0

    @property
    def visible(self) -> float:
        """Frames in view."""
        return self.span if 0 < self.span < self.num_frames else float(max(1, self.num_frames))

    @property
    def is_whole(self) -> bool:
        """Whether every frame is in view."""
        return self.visible >= self.num_frames

    @property
    def px_per_frame(self) -> float:
        """Width of a frame's cell."""
        return max(1.0, self.width_px) / self.visible

    @property
    def frames_in_view(self) -> range:
        """Frames of which at least a part is in view."""
        last = min(self.num_frames, math.ceil(self.first + self.visible))
        return range(max(0, math.floor(self.first)), last)

    def edge_x(self, frame: float) -> float:
        """Where a frame's cell begins."""
        return self.margin_px + (frame - self.first) * self.px_per_frame

    def x_of(self, frame_idx: int) -> float:
        """The middle of a frame's cell."""
        return self.edge_x(frame_idx + 0.5)

    def frame_at(self, x: float) -> int:
        """The frame under a place; beyond the ends means the nearest end."""
        frame = math.floor(self.first + (x - self.margin_px) / self.px_per_frame)
        return min(max(frame, 0), max(0, self.num_frames - 1))

    def resized(self, width_px: float) -> TimeScale:
        """The same frames in another width."""
        return replace(self, width_px=width_px)

    def zoomed(self, factor: float, about_x: float) -> TimeScale:
        """Fewer frames (``factor`` above 1) or more, with the frame under a place staying there."""
        fewest = min(FEWEST_FRAMES, self.num_frames)
        span = min(max(self.visible / factor, fewest), max(1, self.num_frames))
        share = (about_x - self.margin_px) / max(1.0, self.width_px)
        middle = self.first + share * self.visible
        return self._at(middle - share * span, span)

    def panned(self, delta_px: float) -> TimeScale:
        """Shifted by some pixels; positive brings later frames into view."""
        return self._at(self.first + delta_px / self.px_per_frame, self.visible)

    def showing(self, frame_idx: int) -> TimeScale:
        """Shifted so that a frame is in view; a page at a time, as players do it."""
        if self.first <= frame_idx < self.first + self.visible:
            return self
        ahead = frame_idx >= self.first + self.visible
        return self._at(frame_idx - (0.05 if ahead else 0.95) * self.visible, self.visible)

    def _at(self, first: float, span: float) -> TimeScale:
        if span >= self.num_frames:
            return replace(self, first=0.0, span=0.0)
        return replace(self, first=min(max(first, 0.0), self.num_frames - span), span=span)
