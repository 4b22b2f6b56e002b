"""The text at the head of a PLY file: which elements follow, with which properties, in which encoding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from l3rocc_engine.errors import InputError

SCALAR_TYPES = {
    "char": "i1",
    "int8": "i1",
    "uchar": "u1",
    "uint8": "u1",
    "short": "i2",
    "int16": "i2",
    "ushort": "u2",
    "uint16": "u2",
    "int": "i4",
    "int32": "i4",
    "uint": "u4",
    "uint32": "u4",
    "float": "f4",
    "float32": "f4",
    "double": "f8",
    "float64": "f8",
}
"""PLY type names and the numpy codes they stand for."""

BYTE_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": "="}
MAX_HEADER_LINES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlyElement:
    """One kind of record, such as ``vertex``.

    Attributes
    ----------
    name, count
        As in the header.
    properties
        ``(name, numpy type code)`` in file order.
    has_list
        True where a property has a varying length, so that records have no fixed size.
    """

    name: str
    count: int
    properties: tuple[tuple[str, str], ...]
    has_list: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlyHeader:
    """Encoding, elements and comments; the file's position is at the first record after it was read."""

    encoding: str
    elements: tuple[PlyElement, ...]
    comments: tuple[str, ...] = ()


def read_header(stream: BinaryIO, path: Path) -> PlyHeader:
    """Read up to and including ``end_header``.

    Raises
    ------
    InputError
        If the file is no PLY file or its header is damaged.
    """
    lines, comments = _header_lines(stream, path)
    encoding = ""
    elements: list[tuple[str, int, list[tuple[str, str]], bool]] = []
    for words in lines:
        if words[0] == "format" and len(words) >= 2:
            encoding = words[1]
        elif words[0] == "element":
            elements.append((*_name_and_count(words, path), [], False))
        elif words[0] == "property":
            if not elements:
                raise InputError(f"{path} is a damaged PLY file: a property stands before any element.")
            name, count, properties, _ = elements[-1]
            if len(words) == 5 and words[1] == "list":
                elements[-1] = (name, count, properties, True)
            else:
                properties.append(_property(words, path))
    if encoding not in BYTE_ORDERS:
        raise InputError(f"{path} is a PLY file of the unknown format {encoding or '(none)'!r}.")
    return PlyHeader(
        encoding=encoding,
        elements=tuple(
            PlyElement(name=name, count=count, properties=tuple(properties), has_list=has_list)
            for name, count, properties, has_list in elements
        ),
        comments=tuple(comments),
    )


def _header_lines(stream: BinaryIO, path: Path) -> tuple[list[list[str]], list[str]]:
    """The words of each line that matters, and the comments."""
    if stream.readline(16).strip() != b"ply":
        raise InputError(f"{path} is not a PLY file.", "A PLY file starts with the line 'ply'.")
    lines: list[list[str]] = []
    comments: list[str] = []
    for _ in range(MAX_HEADER_LINES):
        line = stream.readline(4096)
        if not line:
            break
        words = line.decode("ascii", errors="replace").split()
        if words == ["end_header"]:
            return lines, comments
        if words and words[0] == "comment":
            comments.append(line.decode("utf-8", errors="replace").strip().removeprefix("comment").strip())
        elif words and words[0] != "obj_info":
            lines.append(words)
    raise InputError(f"{path} is a damaged PLY file: its header has no end.")


def _name_and_count(words: list[str], path: Path) -> tuple[str, int]:
    if len(words) != 3 or not words[2].isdigit():
        raise InputError(f"{path} is a damaged PLY file: {' '.join(words)!r} is not an element.")
    return words[1], int(words[2])


def _property(words: list[str], path: Path) -> tuple[str, str]:
    if len(words) != 3 or words[1] not in SCALAR_TYPES:
        raise InputError(f"{path} is a damaged PLY file: {' '.join(words)!r} is not a property.")
    return words[2], SCALAR_TYPES[words[1]]
