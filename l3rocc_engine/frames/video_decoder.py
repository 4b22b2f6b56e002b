"""Decoding a video from any frame on, exactly."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any

from av.error import FFmpegError

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.packet_table import PacketIdentity
from l3rocc_engine.frames.video_container import REPAIR_HINT, VideoContainer
from l3rocc_engine.frames.video_index import NOT_SHOWN, SeekPoint, VideoIndex

_SKIP_AHEAD_FRAMES = 8
"""Decoding this many frames costs no more than emptying the decoder and seeking."""


class VideoDecoder:
    """Walks through one video; goes on decoding where it can, seeks where it must. Not thread safe.

    Parameters
    ----------
    container
        An open file, which this decoder now owns.
    index
        Its index.
    """

    def __init__(self, container: VideoContainer, index: VideoIndex) -> None:
        self._container = container
        self._index = index
        self._starts = [point.frame_idx for point in index.seek_points]
        self._pictures: Iterator[tuple[int, Any]] = iter(())
        self._is_running = False
        self._has_output = False
        self._next_idx = 0

    def walk_to(self, frame_idx: int) -> Iterator[tuple[int, Any]]:
        """Yield ``(frame number, picture)`` of the frames on the way to a frame, and last that frame itself.

        Raises
        ------
        InputError
            If the frame cannot be decoded.
        """
        place = bisect_right(self._starts, frame_idx) - 1
        if not self._can_walk_on(frame_idx, place):
            self._start_at(place)
        step = 1
        while True:
            for reached, picture in self._advance(frame_idx):
                yield reached, picture
                if reached == frame_idx:
                    return
            if self._has_output or place == 0:
                raise InputError(f"Frame {frame_idx} of {self._container.path} cannot be decoded.", REPAIR_HINT)
            # The key frame was not a clean start (gradual refresh, for instance): take ever earlier ones.
            place = max(0, place - step)
            step *= 2
            self._start_at(place)

    def picture(self, frame_idx: int) -> Any:
        """The picture of one frame; those on the way are not kept.

        Raises
        ------
        InputError
            If the frame cannot be decoded.
        """
        last = deque(self.walk_to(frame_idx), maxlen=1)
        return last[0][1]

    def _advance(self, frame_idx: int) -> Iterator[tuple[int, Any]]:
        """Decoded frames up to a frame; ends without it if it does not come out."""
        floor = self._next_idx
        for reached, picture in self._pictures:
            self._next_idx = max(self._next_idx, reached + 1)
            if floor <= reached <= frame_idx:
                self._has_output = True
                yield reached, picture
            if reached >= frame_idx:
                return
        self._is_running = False

    def _can_walk_on(self, frame_idx: int, place: int) -> bool:
        if not self._is_running or self._next_idx > frame_idx:
            return False
        return self._starts[place] <= self._next_idx + _SKIP_AHEAD_FRAMES

    def _start_at(self, place: int) -> None:
        point = self._index.seek_points[place]
        self._pictures = self._decode_after_seek(point) or self._decode_from_beginning()
        self._is_running, self._has_output = True, False
        self._next_idx = point.frame_idx

    def _decode_from_beginning(self) -> Iterator[tuple[int, Any]]:
        self._container.rewind()
        return self._decode(enumerate(self._container.packets()))

    def _decode_after_seek(self, point: SeekPoint) -> Iterator[tuple[int, Any]] | None:
        """Pictures from a key frame on, or None if the container does not get there."""
        if self._index.identity is None:
            return None
        for time in point.times:
            try:
                self._container.seek(time)
                numbered = self._numbered_packets(self._index.identity)
                first = next(numbered, None)
            except FFmpegError:
                continue
            if first is not None and first[0] <= point.packet:
                return self._decode(chain([first], numbered))
        return None

    def _numbered_packets(self, identity: PacketIdentity) -> Iterator[tuple[int, Any]]:
        for packet in self._container.packets():
            number = identity.packet_number(packet)
            if number is None:
                return
            yield number, packet

    def _decode(self, numbered_packets: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
        """Frame numbers and pictures of a run of packets; damage is passed over."""
        is_at_end = False
        while not is_at_end:
            try:
                numbered = next(numbered_packets, None)
            except FFmpegError:
                numbered = None
            is_at_end = numbered is None
            for frame in self._container.decode_or_skip(numbered):
                frame_idx = int(self._index.frame_of_packet[frame.pts])
                if frame_idx != NOT_SHOWN:
                    yield frame_idx, frame

    def close(self) -> None:
        """Release the file."""
        self._pictures, self._is_running = iter(()), False
        self._container.close()
