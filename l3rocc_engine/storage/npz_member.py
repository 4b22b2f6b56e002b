"""Any part of one array of an .npz, without unpacking what is not needed.

A deflate stream can only be unpacked from its beginning, unless one knows other places to begin at. Such places are
remembered on the way (the unpacker's state, every few MiB), or come from the index that our own files carry.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.memory import require_memory
from l3rocc_engine.storage.npz_stream import DAMAGES, DamagedNpz, packed_start

READ_BYTES = 1 << 16
OUT_BYTES = 1 << 20
CHECKPOINT_BYTES = 1 << 22
MAX_CHECKPOINTS = 256
BEST_RATIO = 1032
"""Deflate cannot pack tighter than this (zlib's documentation), so a member that claims to is lying about its size."""


@dataclass(slots=True)
class _Place:
    """Where unpacking can go on: raw bytes given out, packed bytes taken in, and the unpacker between them."""

    raw: int
    packed: int
    unpacker: Any

    def copy(self) -> _Place:
        return _Place(self.raw, self.packed, self.unpacker.copy())


class NpzMember:
    """One array of an .npz.

    Parameters
    ----------
    path
        The .npz.
    name
        Name of the array.

    Raises
    ------
    DamagedNpz
        If the file or the array is missing or damaged, holds objects, or claims sizes that cannot be.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        try:
            with zipfile.ZipFile(path) as archive:
                info = archive.getinfo(f"{name}.npy")
                self._check_form(info)
                with archive.open(info) as stream:
                    version = np.lib.format.read_magic(stream)
                    old = version == (1, 0)
                    read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
                    self.shape, self.is_fortran, self.dtype = read(stream)
                    self._header_bytes = stream.tell()
        except FileNotFoundError as error:
            raise DamagedNpz(path, "the file is missing") from error
        except KeyError as error:
            raise DamagedNpz(path, f"the array {name} is missing") from error
        except DAMAGES as error:
            raise DamagedNpz(path, f"the array {name} is damaged: {error}") from error
        if self.dtype.hasobject:
            raise DamagedNpz(path, f"the array {name} holds objects, which are not read")
        self._packed_bytes, self._is_stored = info.compress_size, info.compress_type == zipfile.ZIP_STORED
        self._check_size(info)
        self._start = packed_start(path, info)
        spacing = info.file_size // MAX_CHECKPOINTS
        self._spacing = max(CHECKPOINT_BYTES, spacing)
        self._places = [_Place(0, 0, zlib.decompressobj(-15))]
        self._cursor: _Place | None = None
        self._row_starts: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    @property
    def count(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape, dtype=np.int64))

    def set_row_starts(self, values: NDArray[np.int64], packed: NDArray[np.int64]) -> bool:
        """Tell places where unpacking may begin.

        Parameters
        ----------
        values
            (T + 1,) increasing counts of values before each place.
        packed
            (T + 1,) bytes of the packed member before each; the last is the end of the last row.

        Returns
        -------
        bool
            Whether they fit this member; an index of other data, kept by a program that wrote the file anew, does not.
        """
        fits = len(values) == len(packed) and len(packed) > 0 and int(packed[-1]) + 2 == self._packed_bytes
        fits = fits and not self._is_stored and bool((np.diff(packed) >= 0).all())
        if fits:
            self._row_starts = (self._header_bytes + values * self.dtype.itemsize, packed)
        return fits

    def values(self, begin: int, end: int, cancel: CancelToken | None = None) -> NDArray[Any]:
        """Values ``begin`` to ``end``, (N,), of the array as it is stored: in C order unless ``is_fortran``.

        Raises
        ------
        DamagedNpz
            If they cannot be unpacked.
        Cancelled
            If asked to stop.
        """
        if not 0 <= begin <= end <= self.count:
            raise DamagedNpz(self.path, f"the array {self.name} has no values {begin} to {end}")
        size = self.dtype.itemsize
        first, last = self._header_bytes + begin * size, self._header_bytes + end * size
        try:
            with self.path.open("rb") as stream:
                raw = (
                    self._stored(stream, first, last) if self._is_stored else self._unpack(stream, first, last, cancel)
                )
        except (OSError, zlib.error) as error:
            raise DamagedNpz(self.path, f"the array {self.name} is damaged: {error}") from error
        if len(raw) != last - first:
            raise DamagedNpz(self.path, f"the array {self.name} ends too early")
        return np.frombuffer(raw, dtype=self.dtype)

    def array(self, cancel: CancelToken | None = None) -> NDArray[Any]:
        """The whole array.

        Raises
        ------
        InputError
            If it does not fit into memory.
        """
        require_memory(self.count * self.dtype.itemsize, f"{self.path.name}: {self.name}")
        flat = self.values(0, self.count, cancel)
        return flat.reshape(self.shape[::-1]).T if self.is_fortran else flat.reshape(self.shape)

    def _check_form(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 0x1:
            raise DamagedNpz(self.path, "the file is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DamagedNpz(self.path, f"the array {self.name} is packed in a way that is not supported")

    def _check_size(self, info: zipfile.ZipInfo) -> None:
        stated = self._header_bytes + self.count * self.dtype.itemsize
        if any(length < 0 for length in self.shape) or stated != info.file_size:
            shape = " x ".join(map(str, self.shape))
            raise DamagedNpz(
                self.path,
                f"the array {self.name} claims {shape} values of {self.dtype}, but holds {info.file_size:,} bytes",
            )
        if info.file_size > BEST_RATIO * (info.compress_size + 64):
            raise DamagedNpz(
                self.path,
                f"the array {self.name} claims {info.file_size:,} bytes out of {info.compress_size:,}, "
                "which no compression can do",
            )

    def _stored(self, stream: Any, first: int, last: int) -> bytes:
        stream.seek(self._start + first)
        raw: bytes = stream.read(last - first)
        return raw

    def _nearest(self, first: int) -> _Place:
        """The last place at or before a raw byte from which unpacking can go on; the caller's own."""
        best = max((place for place in self._places if place.raw <= first), key=lambda place: place.raw)
        if self._row_starts is not None:
            raws, packed = self._row_starts
            at = int(np.searchsorted(raws, first, side="right")) - 1
            if at >= 0 and raws[at] > best.raw:
                best = _Place(int(raws[at]), int(packed[at]), zlib.decompressobj(-15))
        cursor, self._cursor = self._cursor, None
        if cursor is not None and best.raw <= cursor.raw <= first:
            return cursor
        return best.copy()

    def _unpack(self, stream: Any, first: int, last: int, cancel: CancelToken | None) -> bytes:
        place = self._nearest(first)
        stream.seek(self._start + place.packed)
        out = bytearray()
        while place.raw < last:
            if cancel is not None:
                cancel.check()
            wanted = min(OUT_BYTES, (first if place.raw < first else last) - place.raw)
            taken = place.unpacker.unconsumed_tail
            if not taken:
                taken = stream.read(min(READ_BYTES, self._packed_bytes - place.packed))
                place.packed += len(taken)
            given = place.unpacker.decompress(taken, wanted)
            if not given and not taken:
                break
            if place.raw >= first:
                out += given
            place.raw += len(given)
            if self._row_starts is None and place.raw - self._places[-1].raw >= self._spacing:
                self._places.append(place.copy())
        self._cursor = place
        return bytes(out)
