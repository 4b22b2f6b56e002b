"""What a container says about the packets of a video, collected in one pass without decoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from l3rocc_engine.frames.video_container import VideoContainer
from l3rocc_engine.progress import CancelToken, StepProgress

MISSING = np.iinfo(np.int64).min
"""Stands for a time stamp or position that the container does not give."""

_TINY_BYTES = 8
_PROBE_BYTES = 16

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketTable:
    """The packets in the order of the file; a packet's number is its row.

    Attributes
    ----------
    pts, dts
        (P,) int64 presentation and decoding times in units of the stream, or :data:`MISSING`.
    pos
        (P,) int64 byte positions in the file, or :data:`MISSING`.
    is_key, is_hidden, is_damaged, is_suspect
        (P,) bool: decoding can start here; decoded but not shown (edit lists); cut off or marked as broken; perhaps
        not a picture at all.
    ends_early
        The file is shorter than it says, or reading broke off with an error.
    """

    pts: IntArray
    dts: IntArray
    pos: IntArray
    is_key: NDArray[np.bool_]
    is_hidden: NDArray[np.bool_]
    is_damaged: NDArray[np.bool_]
    is_suspect: NDArray[np.bool_]
    ends_early: bool

    @property
    def num_packets(self) -> int:
        """Number of packets."""
        return len(self.pts)

    @property
    def is_intact(self) -> bool:
        """Whether nothing points to damage."""
        return not (self.ends_early or self.is_damaged.any())

    def identity(self, *, trust_times: bool) -> PacketIdentity | None:
        """How to recognise packets after a seek, or None if nothing tells them apart."""
        columns = {"pts": self.pts, "pos": self.pos, "dts": self.dts}
        # The place in the file comes first: times are sometimes counted differently after a seek.
        for name in ("pos", "pts", "dts") if trust_times else ("pos", "dts"):
            if is_complete_and_unique(columns[name]):
                return PacketIdentity(field=name, values=columns[name])
        return None


class PacketIdentity:
    """Finds the number of a packet by one of its fields.

    Parameters
    ----------
    field
        ``"pts"``, ``"pos"`` or ``"dts"``.
    values
        (P,) int64, different for all packets.
    """

    def __init__(self, *, field: str, values: IntArray) -> None:
        self._field = field
        self._order = np.argsort(values)
        self._sorted = values[self._order]

    def packet_number(self, packet: Any) -> int | None:
        """Number of the packet in the table, or None for one that is not in it."""
        value = number_or_missing(getattr(packet, self._field))
        place = int(np.searchsorted(self._sorted, value))
        if place == len(self._sorted) or self._sorted[place] != value:
            return None
        return int(self._order[place])


def is_complete_and_unique(times: IntArray) -> bool:
    """Whether no value is missing or occurs twice."""
    return len(times) > 0 and bool((times != MISSING).all()) and len(np.unique(times)) == len(times)


def number_or_missing(value: int | None) -> int:
    """A time stamp or position as int64."""
    return MISSING if value is None else value


def read_packet_table(container: VideoContainer, *, progress: StepProgress, cancel: CancelToken) -> PacketTable:
    """Read all packets of a freshly opened container.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    rows: list[tuple[int, int, int, bool, bool, bool, bool]] = []
    codec = container.stream.codec_context.name
    ends_early = container.is_cut_off
    try:
        for packet in container.packets():
            if len(rows) % 64 == 0:
                cancel.check()
                progress(max(0, packet.pos or 0), container.size_bytes)
            rows.append(_describe(packet, codec))
    except FFmpegError:
        ends_early = True
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    integers = [np.array(column, dtype=np.int64) for column in columns[:3]]
    flags = [np.array(column, dtype=bool) for column in columns[3:]]
    return PacketTable(
        pts=integers[0],
        dts=integers[1],
        pos=integers[2],
        is_key=flags[0],
        is_hidden=flags[1],
        is_damaged=flags[2],
        is_suspect=flags[3],
        ends_early=ends_early,
    )


def _describe(packet: Any, codec: str) -> tuple[int, int, int, bool, bool, bool, bool]:
    head = bytes(memoryview(packet)[:_PROBE_BYTES])
    # A file that was reserved but not filled (a broken download) holds zeros where packets should be; MPEG-4 in AVI
    # has tiny stand-ins for pictures that came packed with the one before.
    is_empty = len(head) == _PROBE_BYTES and not any(head)
    is_stand_in = codec == "mpeg4" and packet.size <= _TINY_BYTES
    # VP8 marks pictures that serve only as reference in the packet itself (RFC 6386, section 9.1).
    is_reference_only = codec == "vp8" and not head[0] & 0x10
    return (
        number_or_missing(packet.pts),
        number_or_missing(packet.dts),
        number_or_missing(packet.pos),
        bool(packet.is_keyframe),
        bool(packet.is_discard) or is_reference_only,
        bool(packet.is_corrupt),
        is_empty or is_stand_in,
    )
