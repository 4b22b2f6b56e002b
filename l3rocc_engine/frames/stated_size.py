"""How many bytes a video file says it has, so that one that was cut off is recognised before decoding.

Sources: ISO/IEC 14496-12 section 4.2 (boxes of mp4 and mov), RFC 8794 (EBML: mkv and webm), the RIFF format (avi).
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_EBML_HEADER, _SEGMENT = 0x1A45DFA3, 0x18538067
_BOX_TYPES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx", b"uuid"})


def stated_size_bytes(path: Path) -> int | None:
    """Size that the file's own structure calls for, or None where it does not say.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:
        magic = file.read(12)
        file.seek(0)
        if magic[4:8] in _BOX_TYPES:
            return _end_of_boxes(file, path.stat().st_size)
        if magic[:4] == b"RIFF":
            return _end_of_riff(file, path.stat().st_size)
        if int.from_bytes(magic[:4], "big") == _EBML_HEADER:
            return _end_of_segment(file)
    return None


def _end_of_boxes(file: BinaryIO, size_bytes: int) -> int | None:
    end = 0
    while end < size_bytes:
        file.seek(end)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 0:
            return size_bytes
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return None
        end += length
    return end


def _end_of_riff(file: BinaryIO, size_bytes: int) -> int | None:
    """A file over 1 GB is a row of RIFF lists."""
    end = 0
    while end + 8 <= size_bytes:
        file.seek(end)
        head = file.read(8)
        if head[:4] != b"RIFF":
            break
        length = int.from_bytes(head[4:], "little")
        if length == 0:
            return None
        end += 8 + length + length % 2
    # The last padding byte is often left out.
    return end - 1 if end == size_bytes + 1 else end


def _end_of_segment(file: BinaryIO) -> int | None:
    _read_number(file, keep_marker=True)
    header_bytes = _read_number(file)
    if header_bytes is None:
        return None
    file.seek(header_bytes, 1)
    if _read_number(file, keep_marker=True) != _SEGMENT:
        return None
    segment_bytes = _read_number(file)
    return None if segment_bytes is None else file.tell() + segment_bytes


def _read_number(file: BinaryIO, *, keep_marker: bool = False) -> int | None:
    """A variable-length EBML number; None for the value that means unknown, and at the end of the file."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    num_bytes = 9 - first[0].bit_length()
    rest = file.read(num_bytes - 1)
    value = int.from_bytes(first + rest, "big")
    if keep_marker:
        return value
    payload_bits = 7 * num_bytes
    value &= (1 << payload_bits) - 1
    return None if value == (1 << payload_bits) - 1 else value
