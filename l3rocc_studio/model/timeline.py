"""The one clock of the window: which frame is current, whether it plays, and which frames are in range."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from enum import Enum

from l3rocc_studio.model.signal import Signal

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class FrameCause(Enum):
    """Who moved the current frame.

    A person's seek restarts the player from there; a report by the player must not, or the two chase each other.
    """

    SEEK = "seek"
    PLAYER = "player"


class Timeline:
    """Frames of one source, mutable; every change is announced once.

    Attributes
    ----------
    frame_changed
        ``(frame_idx, cause)`` after the current frame moved.
    playing_changed
        ``(is_playing,)``.
    scrubbing_changed
        ``(is_scrubbing,)``: a person is dragging, so newest beats complete.
    structure_changed
        No arguments: the frames, the range, the loop flag or the speed changed.
    """

    def __init__(self) -> None:
        self.frame_changed: Signal[[int, FrameCause]] = Signal()
        self.playing_changed: Signal[[bool]] = Signal()
        self.scrubbing_changed: Signal[[bool]] = Signal()
        self.structure_changed: Signal[[]] = Signal()
        self._timestamps_s: tuple[float, ...] = ()
        self._current = 0
        self._range = (0, 0)
        self._is_playing = False
        self._is_scrubbing = False
        self._is_looping = True
        self._speed = 1.0
        self._clock_s = 0.0

    # What is

    @property
    def num_frames(self) -> int:
        """Number of frames; 0 while nothing is loaded."""
        return len(self._timestamps_s)

    @property
    def times_s(self) -> tuple[float, ...]:
        """(T,) presentation time of each frame in seconds."""
        return self._timestamps_s

    @property
    def current(self) -> int:
        """The current frame."""
        return self._current

    @property
    def time_s(self) -> float:
        """Presentation time of the current frame."""
        return self._timestamps_s[self._current] if self._timestamps_s else 0.0

    def time_of(self, frame_idx: int) -> float:
        """Presentation time of a frame in seconds."""
        return self._timestamps_s[frame_idx]

    def frame_at(self, time_s: float) -> int:
        """The frame that is shown at a time: the last one that has started; 0 before the first."""
        return max(0, bisect.bisect_right(self._timestamps_s, time_s + 1e-9) - 1)

    @property
    def duration_s(self) -> float:
        """Time from the first frame to the end of the last one."""
        return self._end_s(self.num_frames - 1) if self._timestamps_s else 0.0

    @property
    def is_playing(self) -> bool:
        """Whether time moves by itself."""
        return self._is_playing

    @property
    def is_scrubbing(self) -> bool:
        """Whether a person drags the playhead."""
        return self._is_scrubbing

    @property
    def is_looping(self) -> bool:
        """Whether playing starts over at the end of the range."""
        return self._is_looping

    @property
    def speed(self) -> float:
        """Seconds of video in one second."""
        return self._speed

    @property
    def range(self) -> tuple[int, int]:
        """First and last frame that play and that are processed, both included."""
        return self._range

    @property
    def is_range_full(self) -> bool:
        """Whether the range covers every frame."""
        return self._range == (0, max(0, self.num_frames - 1))

    # What a person does

    def load(self, timestamps_s: Sequence[float], selected: Sequence[int] = ()) -> None:
        """Start over with the presentation times of a new source; an empty list unloads.

        ``selected`` is the first and last frame of the range; empty for all frames.
        """
        self.pause()
        self._timestamps_s = tuple(float(t) for t in timestamps_s)
        self._range = (selected[0], selected[1]) if selected else (0, max(0, self.num_frames - 1))
        self._current = self._range[0]
        self.structure_changed.emit()
        self._move_to(self._current, FrameCause.SEEK)

    def seek(self, frame_idx: int) -> None:
        """Go to a frame because a person asked for it; beyond the ends means the nearest end."""
        if self.num_frames:
            self._move_to(min(max(frame_idx, 0), self.num_frames - 1), FrameCause.SEEK)

    def step(self, delta: int) -> None:
        """Pause and move by some frames."""
        self.pause()
        self.seek(self._current + delta)

    def play(self) -> None:
        """Let time move; from the end of the range it starts at its beginning."""
        if self._is_playing or self.num_frames < 2:
            return
        first, last = self._range
        if not first <= self._current < last:
            self.seek(first)
        self._clock_s = self.time_s
        self._set_playing(True)

    def pause(self) -> None:
        """Stop time."""
        self._set_playing(False)

    def toggle(self) -> None:
        """Play or pause."""
        self.pause() if self._is_playing else self.play()

    def begin_scrub(self) -> None:
        """The playhead is taken into the hand: time stops, panels may draw coarsely."""
        self.pause()
        self._set_scrubbing(True)

    def end_scrub(self) -> None:
        """The playhead is let go: panels draw in full."""
        self._set_scrubbing(False)

    def set_looping(self, is_looping: bool) -> None:
        """Start over at the end of the range, or stop there."""
        if is_looping != self._is_looping:
            self._is_looping = is_looping
            self.structure_changed.emit()

    def set_speed(self, speed: float) -> None:
        """Play faster or slower than the source."""
        if speed <= 0:
            raise ValueError(f"A speed must be positive, not {speed}.")
        if speed != self._speed:
            self._speed = speed
            self.structure_changed.emit()

    def set_range(self, first: int, last: int) -> None:
        """Restrict playing and processing to frames ``first`` to ``last``, both included; swapped ends are sorted."""
        if not self.num_frames:
            return
        low, high = sorted((first, last))
        wanted = (max(0, low), min(high, self.num_frames - 1))
        if wanted != self._range and wanted[0] <= wanted[1]:
            self._range = wanted
            self.structure_changed.emit()

    def set_in(self) -> None:
        """Let the range begin at the current frame; a range that ends before it ends with the last frame."""
        last = self._range[1]
        self.set_range(self._current, last if last >= self._current else self.num_frames - 1)

    def set_out(self) -> None:
        """Let the range end at the current frame; a range that begins after it begins with the first frame."""
        first = self._range[0]
        self.set_range(first if first <= self._current else 0, self._current)

    # What the player does

    def advance(self, elapsed_s: float) -> None:
        """Let ``elapsed_s`` seconds of the wall pass; moves to the frame that is due and skips those that are late."""
        if not self._is_playing:
            return
        first, last = self._range
        self._clock_s += elapsed_s * self._speed
        end_s = self._end_s(last)
        if self._clock_s >= end_s:
            if not self._is_looping:
                self._move_to(last, FrameCause.PLAYER)
                self.pause()
                return
            start_s = self._timestamps_s[first]
            self._clock_s = start_s + (self._clock_s - start_s) % max(end_s - start_s, 1e-6)
        self._move_to(self._playing_frame(self._clock_s), FrameCause.PLAYER)

    def _playing_frame(self, time_s: float) -> int:
        """The frame shown at a time, within the range."""
        return min(max(self.frame_at(time_s), self._range[0]), self._range[1])

    def _end_s(self, frame_idx: int) -> float:
        """When a frame's time is over: with the next one; the last one lasts as long as the one before it."""
        times = self._timestamps_s
        if frame_idx + 1 < len(times):
            return times[frame_idx + 1]
        return times[-1] + (times[-1] - times[-2] if len(times) > 1 else 0.0)

    def _move_to(self, frame_idx: int, cause: FrameCause) -> None:
        if cause is FrameCause.SEEK:
            self._clock_s = self._timestamps_s[frame_idx] if self._timestamps_s else 0.0
        elif frame_idx == self._current:
            return
        self._current = frame_idx
        self.frame_changed.emit(frame_idx, cause)

    def _set_playing(self, is_playing: bool) -> None:
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self.playing_changed.emit(is_playing)

    def _set_scrubbing(self, is_scrubbing: bool) -> None:
        if is_scrubbing != self._is_scrubbing:
            self._is_scrubbing = is_scrubbing
            self.scrubbing_changed.emit(is_scrubbing)
