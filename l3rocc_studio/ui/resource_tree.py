"""Files that Qt finds by path but that lie on no disk, for what takes paths only, as style sheets do."""

from __future__ import annotations

import logging
import struct
from collections.abc import Mapping
from functools import reduce

from PySide6.QtCore import QResource

_MAGIC, _VERSION, _HEADER_BYTES = b"qres", 1, 20
_FOLDER, _ANY_COUNTRY, _NO_LANGUAGE = 2, 0, 1
_log = logging.getLogger(__name__)
_held: dict[str, bytes] = {}
"""Qt reads what was handed to it in place, so it must stay."""


def hold_files(folder: str, files: Mapping[str, str]) -> str:
    """Make texts readable as files below ``:/<folder>`` until the program ends; the path of that folder.

    A folder is made once: what it holds must follow from its name.
    """
    if folder not in _held:
        _held[folder] = _packed({name: text.encode() for name, text in files.items()})
        if not QResource.registerResourceData(_held[folder], f"/{folder}"):
            _log.warning("Qt did not take the files of %s; pictures of the style sheet are missing.", folder)
    return f":/{folder}"


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Qt's binary resource format (what ``rcc --binary`` writes, version 1): header, tree, contents, names."""
    tree, names, contents = struct.pack(">IHII", 0, _FOLDER, len(files), 1), b"", b""
    for name, content in sorted(files.items(), key=lambda item: _hash(item[0])):  # Qt searches by halving
        tree += struct.pack(">IHHHI", len(names), 0, _ANY_COUNTRY, _NO_LANGUAGE, len(contents))
        names += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
        contents += struct.pack(">I", len(content)) + content
    starts = (_HEADER_BYTES, _HEADER_BYTES + len(tree), _HEADER_BYTES + len(tree) + len(contents))
    return _MAGIC + struct.pack(">IIII", _VERSION, *starts) + tree + contents + names


def _hash(name: str) -> int:
    """Number by which the format sorts names: the hash of ELF's symbol tables."""
    return reduce(_mixed, name.encode("ascii"), 0)


def _mixed(value: int, byte: int) -> int:
    value = (value << 4) + byte
    return (value ^ (value & 0xF0000000) >> 23) & 0x0FFFFFFF
