"""Reads the arrays of an .npz piece by piece, the way any other program would, so that large ones need no memory."""

from __future__ import annotations

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.memory import require_memory

DAMAGES = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    NotImplementedError,
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile, zlib and numpy raise for files that are not what they should be; headers are parsed as Python."""


class DamagedNpz(InputError):
    """An .npz that is missing, incomplete or not what it should be; ``path`` says which."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path.name}: {problem}.", "Write the file again.")
        self.path = path
        self.problem = problem


class NpzStream:
    """An open .npz; use it in a ``with`` block.

    Raises
    ------
    DamagedNpz
        If the file is missing or no .npz; all methods raise it for damaged arrays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise DamagedNpz(path, "the file is missing") from error
        except zipfile.BadZipFile as error:
            raise DamagedNpz(path, "the file is cut off, or is no .npz") from error
        except DAMAGES as error:
            raise DamagedNpz(path, f"the file is not a complete .npz: {error}") from error

    def __enter__(self) -> NpzStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def names(self) -> set[str]:
        """Names of the arrays."""
        return {name.removesuffix(".npy") for name in self._zip.namelist()}

    def header(self, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
        """Shape and type of an array, without its values."""
        with self._member(name) as (_, shape, dtype):
            return shape, dtype

    def place(self, name: str) -> tuple[int, int]:
        """Where the packed bytes of an array begin in the file, and how many there are."""
        try:
            info = self._zip.getinfo(f"{name}.npy")
        except KeyError as error:
            raise DamagedNpz(self.path, f"the array {name} is missing") from error
        return packed_start(self.path, info), info.compress_size

    def array(self, name: str) -> NDArray[Any]:
        """One array, whole; a scalar has the shape ().

        Raises
        ------
        InputError
            If it does not fit into memory.
        """
        shape, dtype = self.header(name)
        count = math.prod(shape)
        if count < 0 or count * dtype.itemsize > self._zip.getinfo(f"{name}.npy").file_size:
            raise DamagedNpz(self.path, f"the array {name} ends too early")
        require_memory(2 * count * dtype.itemsize, f"{self.path.name}: {name}")
        return np.concatenate([np.empty(0, dtype), *self.pieces(name, [count])]).reshape(shape)

    def pieces(self, name: str, lengths: Iterator[int] | list[int]) -> Iterator[NDArray[Any]]:
        """Consecutive values of an array in pieces (length,); the end of the last must be the end."""
        with self._member(name) as (stream, _, dtype):
            for length in lengths:
                try:
                    raw = stream.read(length * dtype.itemsize)
                except DAMAGES as error:
                    raise DamagedNpz(self.path, f"the array {name} is damaged: {error}") from error
                if len(raw) != length * dtype.itemsize:
                    raise DamagedNpz(self.path, f"the array {name} ends too early")
                yield np.frombuffer(raw, dtype=dtype)
            self._finish(stream, name)

    def _finish(self, stream: IO[bytes], name: str) -> None:
        """Reading behind the last value is what makes zipfile compare the checksum."""
        try:
            rest = stream.read(1)
        except DAMAGES as error:
            raise DamagedNpz(self.path, f"the array {name} is damaged: {error}") from error
        if rest:
            raise DamagedNpz(self.path, f"the array {name} holds more values than its shape says")

    def _member(self, name: str) -> _Member:
        return _Member(self._zip, name, self.path)


def packed_start(path: Path, info: zipfile.ZipInfo) -> int:
    """Where a member's packed bytes begin: behind its own header, whose extra field may differ from the directory's.

    Raises
    ------
    DamagedNpz
        If the file ends before.
    """
    with path.open("rb") as stream:
        stream.seek(info.header_offset + 26)
        lengths = stream.read(4)
    if len(lengths) < 4:
        raise DamagedNpz(path, f"the array {info.filename.removesuffix('.npy')} ends too early")
    name_length, extra_length = struct.unpack("<HH", lengths)
    return info.header_offset + 30 + int(name_length) + int(extra_length)


class _Member:
    """One array, opened behind its header."""

    def __init__(self, archive: zipfile.ZipFile, name: str, path: Path) -> None:
        self._archive, self._name, self._path = archive, name, path
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> tuple[IO[bytes], tuple[int, ...], np.dtype[Any]]:
        try:
            self._stream = self._archive.open(f"{self._name}.npy")
            version = np.lib.format.read_magic(self._stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, is_fortran, dtype = read(self._stream)
        except KeyError as error:
            raise DamagedNpz(self._path, f"the array {self._name} is missing") from error
        except DAMAGES as error:
            raise DamagedNpz(self._path, f"the array {self._name} is damaged: {error}") from error
        if (is_fortran and len(shape) > 1) or dtype.hasobject:
            raise DamagedNpz(self._path, f"the array {self._name} is stored in a form that the format does not allow")
        return self._stream, shape, dtype

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()
