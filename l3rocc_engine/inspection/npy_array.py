"""A .npy opened without loading it, and without believing it."""

from __future__ import annotations

import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.memory import require_memory


@dataclass(frozen=True, slots=True, kw_only=True)
class NpyHeader:
    """What a .npy says of itself.

    Attributes
    ----------
    shape, dtype, is_fortran
        Of the array.
    start
        Where its values begin, in bytes.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool
    start: int


def read_npy_header(path: Path) -> NpyHeader:
    """Read the head of a .npy alone.

    Raises
    ------
    InputError
        If it is no .npy.
    """
    try:
        if not path.stat().st_size:
            raise InputError(f"{path.name} is empty.", "Copy it again, or write it again.")
        with path.open("rb") as stream:
            version = np.lib.format.read_magic(stream)
            old = version == (1, 0)
            read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
            shape, is_fortran, dtype = read(stream)
            return NpyHeader(shape=shape, dtype=dtype, is_fortran=is_fortran, start=stream.tell())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, EOFError, SyntaxError, tokenize.TokenError) as error:
        raise InputError(f"{path.name} is not a readable .npy file: {error}.") from error


def read_npy(path: Path) -> NDArray[Any]:
    """Read a .npy of numbers; objects are never unpickled.

    Raises
    ------
    InputError
        If it is no .npy, holds anything but numbers, is cut short, or does not fit into memory.
    """
    header = read_npy_header(path)
    shape, dtype = header.shape, header.dtype
    if dtype.hasobject or dtype.kind not in "biuf":
        raise InputError(f"{path.name} holds {dtype} and not numbers.", "Only arrays of numbers can be shown.")
    count = 1
    for length in shape:
        count *= int(length)
    stated, there = count * dtype.itemsize, path.stat().st_size - header.start
    if count < 0 or stated > there:
        shape_text = " x ".join(map(str, shape))
        raise InputError(f"{path.name} is cut short: {shape_text} values of {dtype} do not fit in {there:,} bytes.")
    require_memory(stated * 2, path.name)
    if not count:
        return np.zeros(shape, dtype)
    with path.open("rb") as stream:
        stream.seek(header.start)
        values = np.fromfile(stream, dtype=dtype, count=count)
    return values.reshape(shape[::-1]).T if header.is_fortran else values.reshape(shape)
