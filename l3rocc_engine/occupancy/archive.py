"""A .npz written array by array, zip64 throughout, that takes rows which are compressed already.

Zip layout after PKWARE's APPNOTE 6.3.9; numpy, scipy and every unzip read it.
"""

from __future__ import annotations

import io
import struct
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.checksum import appended_crc32
from l3rocc_engine.occupancy.rows import END_OF_STREAM, Piece, pack_row, store_row

_VERSION, _DEFLATED, _UNKNOWN_32, _DATE_1980 = 45, 8, 0xFFFFFFFF, 0x21
_LOCAL, _CENTRAL, _END64, _LOCATOR64, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x06\x06", b"PK\x06\x07", b"PK\x05\x06"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: bytes
    crc32: int
    packed: int
    raw: int
    offset: int


def npy_header(dtype: np.dtype, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The bytes that precede an array's values in a .npy."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    )
    return np.frombuffer(buffer.getvalue(), dtype=np.uint8)


def _local_header(member: _Member) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, member.raw, member.packed)
    head = struct.pack(
        "<4sHHHHHLLLHH", _LOCAL, _VERSION, 0, _DEFLATED, 0, _DATE_1980, member.crc32, _UNKNOWN_32, _UNKNOWN_32,
        len(member.name), len(extra),
    )  # fmt: skip
    return head + member.name + extra


def _central_header(member: _Member) -> bytes:
    extra = struct.pack("<HHQQQ", 1, 24, member.raw, member.packed, member.offset)
    head = struct.pack(
        "<4sHHHHHHLLLHHHHHLL", _CENTRAL, _VERSION, _VERSION, 0, _DEFLATED, 0, _DATE_1980, member.crc32,
        _UNKNOWN_32, _UNKNOWN_32, len(member.name), len(extra), 0, 0, 0, 0, _UNKNOWN_32,
    )  # fmt: skip
    return head + member.name + extra


class OpenArray:
    """One array of a .npz while its rows are being written; see :meth:`NpzWriter.open_rows`."""

    def __init__(self, file: BinaryIO, name: str, dtype: np.dtype, row_shape: tuple[int, ...]) -> None:
        self._file, self._name, self._dtype, self._row_shape = file, f"{name}.npy".encode(), dtype, row_shape
        self._start = file.tell()
        file.write(_local_header(_Member(name=self._name, crc32=0, packed=0, raw=0, offset=self._start)))
        self._data_start = file.tell()
        file.write(self._header(0).data)
        self._offsets = array("q", [file.tell() - self._data_start])
        self._crc32 = self._raw = 0

    def _header(self, num_rows: int) -> Piece:
        """The array's header; as many bytes for any number of rows, as numpy leaves room for it to grow."""
        return store_row(npy_header(self._dtype, (num_rows, *self._row_shape)))

    def append(self, piece: Piece) -> tuple[int, int]:
        """Write the next compressed row; returns where it begins and ends in the file."""
        begin = self._file.tell()
        self._file.write(piece.data)
        self._crc32 = appended_crc32(self._crc32, piece.crc32, piece.num_bytes)
        self._raw += piece.num_bytes
        end = begin + len(piece.data)
        self._offsets.append(end - self._data_start)
        return begin, end

    @property
    def offsets(self) -> NDArray[np.int64]:
        """(T + 1,) bytes from the start of the member's data to each row, and to the end of the last."""
        return np.array(self._offsets, dtype=np.int64)

    def close(self, num_rows: int) -> _Member:
        """Write what is known at the end only: the array's length, sizes and checksum."""
        file = self._file
        file.write(END_OF_STREAM)
        end, header = file.tell(), self._header(num_rows)
        member = _Member(
            name=self._name,
            crc32=appended_crc32(header.crc32, self._crc32, self._raw),
            packed=end - self._data_start,
            raw=header.num_bytes + self._raw,
            offset=self._start,
        )
        file.seek(self._start)
        file.write(_local_header(member))
        file.write(header.data)
        file.seek(end)
        return member


class NpzWriter:
    """Writes the members of one .npz in order; call :meth:`close` last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[_Member] = []

    def add_array(self, name: str, value: NDArray[np.generic]) -> None:
        """Write one small array whole."""
        value = np.ascontiguousarray(value) if value.ndim else value
        pieces = [pack_row(npy_header(value.dtype, value.shape)), pack_row(value)]
        start = self._file.tell()
        data = b"".join(piece.data for piece in pieces) + END_OF_STREAM
        member = _Member(
            name=f"{name}.npy".encode(),
            crc32=appended_crc32(pieces[0].crc32, pieces[1].crc32, pieces[1].num_bytes),
            packed=len(data),
            raw=sum(piece.num_bytes for piece in pieces),
            offset=start,
        )
        self._file.write(_local_header(member) + data)
        self._members.append(member)

    def open_rows(self, name: str, dtype: np.dtype, row_shape: tuple[int, ...] = ()) -> OpenArray:
        """Begin an array whose rows come one by one, compressed; the length is said at :meth:`close_rows`."""
        return OpenArray(self._file, name, dtype, row_shape)

    def close_rows(self, rows: OpenArray, num_rows: int) -> None:
        """End the array that was begun last."""
        self._members.append(rows.close(num_rows))

    def add_ones(self, name: str, count: int) -> None:
        """Write ``count`` bytes of value 1."""
        rows = self.open_rows(name, np.dtype(np.uint8))
        for piece in ones_pieces(count):
            rows.append(piece)
        self.close_rows(rows, count)

    def close(self) -> None:
        """Write the directory."""
        start = self._file.tell()
        for member in self._members:
            self._file.write(_central_header(member))
        end, count = self._file.tell(), len(self._members)
        self._file.write(
            struct.pack("<4sQHHLLQQQQ", _END64, 44, _VERSION, _VERSION, 0, 0, count, count, end - start, start)
        )
        self._file.write(struct.pack("<4sLQL", _LOCATOR64, 0, end, 1))
        self._file.write(struct.pack("<4sHHHHLLH", _END, 0, 0, count, count, end - start, _UNKNOWN_32, 0))


def ones_pieces(count: int, block: int = 1 << 20) -> Iterable[Piece]:
    """``count`` bytes of value 1, compressed; equal blocks are compressed once."""
    full, rest = divmod(count, block)
    if full:
        piece = pack_row(np.ones(block, np.uint8))
        for _ in range(full):
            yield piece
    if rest:
        yield pack_row(np.ones(rest, np.uint8))
