"""One compressed row a frame: what a sequence keeps in memory, and what its files consist of.

Each row is a piece of a raw deflate stream (RFC 1951) that ends on a byte border and refers to nothing before itself.
So pieces can be made by several threads, be put one after the other into a standard .npz, and any one of them can be
read back alone.
"""

from __future__ import annotations

import threading
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError, OutputError

END_OF_STREAM = b"\x03\x00"
"""An empty last block; closes a stream of pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A compressed row with the checksum and the length of what is in it."""

    data: bytes
    crc32: int
    num_bytes: int

    def unpack(self, origin: str) -> bytes:
        """The row itself.

        Raises
        ------
        InputError
            If the piece is damaged; ``origin`` names the file.
        """
        try:
            raw = zlib.decompressobj(wbits=-15).decompress(self.data, self.num_bytes)
        except zlib.error as error:
            raise _damaged(origin) from error
        if len(raw) != self.num_bytes or zlib.crc32(raw) != self.crc32:
            raise _damaged(origin)
        return raw


def _damaged(origin: str) -> InputError:
    return InputError(f"{origin} is damaged or was replaced while it was in use.", "Run the occupancy stage again.")


def pack_row(row: NDArray[np.generic], level: int = 6) -> Piece:
    """Compress one row (N,) with zlib."""
    raw = row.tobytes()
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return Piece(
        data=deflate.compress(raw) + deflate.flush(zlib.Z_FULL_FLUSH), crc32=zlib.crc32(raw), num_bytes=len(raw)
    )


def store_row(row: NDArray[np.generic]) -> Piece:
    """Put one short row between the compressed ones as it is, so that it can be overwritten in place later."""
    raw = row.tobytes()
    size = len(raw).to_bytes(2, "little")
    complement = (len(raw) ^ 0xFFFF).to_bytes(2, "little")
    return Piece(data=b"\0" + size + complement + raw, crc32=zlib.crc32(raw), num_bytes=len(raw))


class RowStore(Protocol):
    """Random access to compressed rows; may gain rows at its end while others read it."""

    def __len__(self) -> int:
        """Number of rows."""

    def num_bytes(self, row_idx: int) -> int:
        """Length of one row before compression."""

    def piece(self, row_idx: int) -> Piece:
        """One row, still compressed."""

    def row(self, row_idx: int) -> bytes:
        """One row."""


class MemoryRows:
    """Rows held in memory, compressed."""

    def __init__(self, pieces: Sequence[Piece] = ()) -> None:
        self._pieces = list(pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def append(self, piece: Piece) -> None:
        """Add the next row."""
        self._pieces.append(piece)

    def num_bytes(self, row_idx: int) -> int:
        """Length of one row before compression."""
        return self._pieces[row_idx].num_bytes

    def piece(self, row_idx: int) -> Piece:
        """One row, still compressed."""
        return self._pieces[row_idx]

    def row(self, row_idx: int) -> bytes:
        """One row."""
        return self._pieces[row_idx].unpack("The occupancy in memory")


class FileRows:
    """Rows in a file, read when asked for; the file is not held open.

    Parameters
    ----------
    path
        The .npz.
    offsets
        (T + 1,) int64, where the pieces begin and end in the file.
    crc32
        (T,) uint32.
    num_bytes
        (T,) int64, lengths of the rows.
    """

    def __init__(
        self, path: Path, offsets: NDArray[np.int64], crc32: NDArray[np.uint32], num_bytes: NDArray[np.int64]
    ) -> None:
        self._path, self._offsets, self._crc32, self._num_bytes = path, offsets, crc32, num_bytes

    def __len__(self) -> int:
        return len(self._crc32)

    def num_bytes(self, row_idx: int) -> int:
        """Length of one row before compression."""
        return int(self._num_bytes[row_idx])

    def piece(self, row_idx: int) -> Piece:
        """One row, still compressed."""
        begin, end = int(self._offsets[row_idx]), int(self._offsets[row_idx + 1])
        data = _read(self._path, begin, end)
        return Piece(data=data, crc32=int(self._crc32[row_idx]), num_bytes=int(self._num_bytes[row_idx]))

    def row(self, row_idx: int) -> bytes:
        """One row."""
        return self.piece(row_idx).unpack(str(self._path))


class GrowingRows:
    """Rows of a file that is still being written: one thread adds them, any thread reads those that are there.

    Parameters
    ----------
    path
        What the file is called while it is being written.
    """

    def __init__(self, path: Path) -> None:
        self._path: Path | None = path
        self._final_path: Path | None = None
        self._lock = threading.Lock()
        self._begins, self._crc32, self._lengths, self._ends = array("q"), array("L"), array("q"), array("q")

    def __len__(self) -> int:
        return len(self._ends)

    def note(self, piece: Piece, begin: int, end: int) -> None:
        """A piece is in the file from ``begin`` to ``end``."""
        self._begins.append(begin)
        self._crc32.append(piece.crc32)
        self._lengths.append(piece.num_bytes)
        self._ends.append(end)  # last, for it makes the row count

    def rename_to(self, path: Path) -> None:
        """The file is about to get its final name; readers wait until :meth:`settle`."""
        self._lock.acquire()
        self._final_path = path

    def settle(self) -> None:
        """The file has its final name, or is gone if :meth:`rename_to` did not come first; call it in either case."""
        if self._final_path is None:
            self._lock.acquire()
        self._path = self._final_path
        self._lock.release()

    def num_bytes(self, row_idx: int) -> int:
        """Length of one row before compression."""
        return self._lengths[row_idx]

    @property
    def crc32(self) -> NDArray[np.uint32]:
        """(T,) checksums of the rows."""
        return np.array(self._crc32, dtype=np.uint32)

    def piece(self, row_idx: int) -> Piece:
        """One row, still compressed."""
        with self._lock:
            if self._path is None:
                raise InputError("The occupancy was not finished, so that its frames are gone.", "Process again.")
            data = _read(self._path, self._begins[row_idx], self._ends[row_idx])
        return Piece(data=data, crc32=self._crc32[row_idx], num_bytes=self._lengths[row_idx])

    def row(self, row_idx: int) -> bytes:
        """One row."""
        return self.piece(row_idx).unpack(str(self._path))


def _read(path: Path, begin: int, end: int) -> bytes:
    """Bytes of a file that is open for no longer than this."""
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(begin)
            return file.read(end - begin)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be read: {error.strerror or error}.", "Check the disk or the network share."
        ) from error
