"""Which packet holds the i-th picture of a video, when it is shown, and where decoding can start for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from l3rocc_engine.frames.packet_table import (
    MISSING,
    IntArray,
    PacketIdentity,
    PacketTable,
    is_complete_and_unique,
    read_packet_table,
)
from l3rocc_engine.frames.video_container import VideoContainer
from l3rocc_engine.progress import CancelToken, StepProgress

NOT_SHOWN = -1
_PROBED_FRAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SeekPoint:
    """A key frame: decoding from its packet on gives all frames from ``frame_idx`` on.

    Attributes
    ----------
    frame_idx
        First frame that may be taken; what the decoder gives before it may lack its references.
    packet
        Number of the key frame's packet.
    times
        Times to seek to, in units of the stream, the most exact first; empty for the beginning of the file.
    """

    frame_idx: int
    packet: int
    times: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoIndex:
    """Frames in presentation order.

    Attributes
    ----------
    frame_of_packet
        (P,) int64 frame number, :data:`NOT_SHOWN` for packets without a picture to show.
    timestamps_s
        (T,) float64, starting at 0, strictly increasing.
    has_true_times
        False if the container's times could not be used and frames are spaced evenly.
    seek_points
        In increasing order; the first is the beginning of the file.
    identity
        Recognises packets after a seek; None if the file can only be decoded from its beginning.
    is_intact
        False if the file is damaged or cut off.
    num_dropped
        Pictures that are announced but cannot be decoded.
    """

    frame_of_packet: IntArray
    timestamps_s: NDArray[np.float64]
    has_true_times: bool
    seek_points: tuple[SeekPoint, ...]
    identity: PacketIdentity | None
    is_intact: bool
    num_dropped: int

    @property
    def num_frames(self) -> int:
        """Number of frames."""
        return len(self.timestamps_s)


def build_video_index(container: VideoContainer, *, progress: StepProgress, cancel: CancelToken) -> VideoIndex:
    """Index a freshly opened container; it is rewound afterwards.

    Presentation times are trusted where the container carries them completely, nothing is damaged and the first
    pictures come out as announced; then no more than those is decoded. Otherwise everything is decoded once.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    table = read_packet_table(container, progress=progress, cancel=cancel)
    container.rewind()
    shown = _packets_by_time(table)
    is_trusted = _has_trustworthy_times(container, table) and _begins_as_announced(container, shown)
    if not is_trusted:
        if not table.is_intact:
            container.decode_reproducibly()
        expected = int((~table.is_hidden).sum())
        shown = _packets_by_decoding(container, table, progress=progress, cancel=cancel)
        num_dropped = max(0, expected - len(shown)) if not table.is_intact else 0
    else:
        num_dropped = 0
    timestamps_s, has_true_times = _timestamps(container, table, shown)
    frame_of_packet = np.full(table.num_packets, NOT_SHOWN, dtype=np.int64)
    frame_of_packet[shown] = np.arange(len(shown))
    container.rewind()
    return VideoIndex(
        frame_of_packet=frame_of_packet,
        timestamps_s=timestamps_s,
        has_true_times=has_true_times,
        seek_points=_seek_points(table, frame_of_packet, shown if is_trusted else None),
        identity=table.identity(trust_times=is_trusted),
        is_intact=table.is_intact,
        num_dropped=num_dropped,
    )


def _packets_by_time(table: PacketTable) -> IntArray:
    """Numbers of the packets to show, in the order of their presentation times."""
    shown = np.flatnonzero(~table.is_hidden)
    return shown[np.argsort(table.pts[shown], kind="stable")]


def _has_trustworthy_times(container: VideoContainer, table: PacketTable) -> bool:
    is_guessed = _has_only_decoding_times(container) and not table.is_key.all()
    return table.is_intact and not table.is_suspect.any() and is_complete_and_unique(table.pts) and not is_guessed


def _has_only_decoding_times(container: VideoContainer) -> bool:
    """AVI: what FFmpeg makes up as presentation times for predicted pictures ignores reordering."""
    return "avi" in container.format_names


def _begins_as_announced(container: VideoContainer, shown: IntArray) -> bool:
    """Whether the first pictures that the decoder gives are those of the packets that come first in time."""
    expected = shown[:_PROBED_FRAMES].tolist()
    is_shown = set(shown.tolist())
    try:
        numbers = (number for number in _decoded_packets(container) if number in is_shown)
        return list(islice(numbers, len(expected))) == expected
    except FFmpegError:
        return False


def _decoded_packets(container: VideoContainer) -> Iterator[int]:
    """Packet numbers in the order in which pictures come out, from the beginning, strictly."""
    for number, packet in enumerate(container.packets()):
        yield from (frame.pts for frame in container.decode_tagged(packet, number))
    yield from (frame.pts for frame in container.drain())


def _packets_by_decoding(
    container: VideoContainer, table: PacketTable, *, progress: StepProgress, cancel: CancelToken
) -> IntArray:
    """Numbers of the packets whose pictures really come out, in that order; damage is passed over."""
    container.rewind()
    order: list[int] = []
    packets = container.packets()
    for number in count():
        if number % 16 == 0:
            cancel.check()
            progress(number, table.num_packets)
        try:
            packet = next(packets, None)
        except FFmpegError:
            packet = None
        is_at_end = packet is None
        frames = container.decode_or_skip(None if is_at_end else (number, packet))
        order.extend(frame.pts for frame in frames)
        if is_at_end:
            break
    numbers = np.array(list(dict.fromkeys(order)), dtype=np.int64)
    usable = (numbers < table.num_packets) & ~table.is_damaged[np.minimum(numbers, table.num_packets - 1)]
    return numbers[usable]


def _timestamps(container: VideoContainer, table: PacketTable, shown: IntArray) -> tuple[NDArray[np.float64], bool]:
    """Seconds from the first frame, and whether they come from the file."""
    unit_s = float(container.stream.time_base)
    for times in (table.dts,) if _has_only_decoding_times(container) else (table.pts, table.dts):
        # The i-th frame shown has the i-th smallest time, even where the file attaches times to other packets.
        if len(shown) and is_complete_and_unique(times[shown]):
            ordered = np.sort(times[shown])
            return (ordered - ordered[0]) * unit_s, True
    return np.arange(len(shown)) / nominal_rate(container), False


def nominal_rate(container: VideoContainer) -> float:
    """Frames a second as the container states or FFmpeg guesses them; 25 where neither is there."""
    rate = container.stream.average_rate or container.stream.guessed_rate
    return float(rate) if rate else 25.0


def _seek_points(table: PacketTable, frame_of_packet: IntArray, by_time: IntArray | None) -> tuple[SeekPoint, ...]:
    """Key frames from which decoding can start; ``by_time`` is given where presentation times are trusted."""
    points = [SeekPoint(frame_idx=0, packet=0, times=())]
    shown_times = table.pts[by_time] if by_time is not None else None
    for packet in np.flatnonzero(table.is_key).tolist():
        if shown_times is not None:
            # A key frame that is itself cut away by an edit list still serves the frames after it.
            frame_idx = int(np.searchsorted(shown_times, table.pts[packet]))
        else:
            frame_idx = int(frame_of_packet[packet])
        times = tuple(int(t) for t in (table.pts[packet], table.dts[packet]) if t != MISSING)
        if frame_idx > points[-1].frame_idx and times:
            points.append(SeekPoint(frame_idx=frame_idx, packet=packet, times=times))
    return tuple(points)
