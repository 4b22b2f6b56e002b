"""A .npz written array by array, zip64 throughout, that takes rows which are compressed already.

Zip layout after PKWARE's APPNOTE 6.3.9; numpy, scipy and every unzip read it.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.checksum import joined_crc32
from l3rocc_engine.occupancy.rows import END_OF_STREAM, Piece, pack_row

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


class NpzWriter:
    """Writes the members of one .npz in order; call :meth:`close` last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[_Member] = []

    def add_array(self, name: str, value: NDArray[np.generic]) -> None:
        """Write one small array whole."""
        self.add_rows(name, value.dtype, value.shape, [pack_row(np.ascontiguousarray(value))])

    def add_rows(self, name: str, dtype: np.dtype, shape: tuple[int, ...], rows: Iterable[Piece]) -> NDArray[np.int64]:
        """Write one array that comes as compressed rows, in order.

        Returns
        -------
        numpy.ndarray
            Where each row's piece begins, and where the last one ends, counted from the start of the member's data.
        """
        file, member_name = self._file, f"{name}.npy".encode()
        start = file.tell()
        file.write(self._local_header(_Member(name=member_name, crc32=0, packed=0, raw=0, offset=start)))
        data_start = file.tell()
        header = pack_row(npy_header(dtype, shape))
        file.write(header.data)
        offsets, sums = [file.tell()], [(header.crc32, header.num_bytes)]
        for piece in rows:
            file.write(piece.data)
            offsets.append(file.tell())
            sums.append((piece.crc32, piece.num_bytes))
        file.write(END_OF_STREAM)
        end = file.tell()
        member = _Member(
            name=member_name,
            crc32=joined_crc32(sums),
            packed=end - data_start,
            raw=sum(num_bytes for _, num_bytes in sums),
            offset=start,
        )
        file.seek(start)
        file.write(self._local_header(member))
        file.seek(end)
        self._members.append(member)
        return np.array(offsets, dtype=np.int64) - data_start

    @staticmethod
    def _local_header(member: _Member) -> bytes:
        extra = struct.pack("<HHQQ", 1, 16, member.raw, member.packed)
        head = struct.pack(
            "<4sHHHHHLLLHH", _LOCAL, _VERSION, 0, _DEFLATED, 0, _DATE_1980, member.crc32, _UNKNOWN_32, _UNKNOWN_32,
            len(member.name), len(extra),
        )  # fmt: skip
        return head + member.name + extra

    @staticmethod
    def _central_header(member: _Member) -> bytes:
        extra = struct.pack("<HHQQQ", 1, 24, member.raw, member.packed, member.offset)
        head = struct.pack(
            "<4sHHHHHHLLLHHHHHLL", _CENTRAL, _VERSION, _VERSION, 0, _DEFLATED, 0, _DATE_1980, member.crc32,
            _UNKNOWN_32, _UNKNOWN_32, len(member.name), len(extra), 0, 0, 0, 0, _UNKNOWN_32,
        )  # fmt: skip
        return head + member.name + extra

    def close(self) -> None:
        """Write the directory."""
        start = self._file.tell()
        for member in self._members:
            self._file.write(self._central_header(member))
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
