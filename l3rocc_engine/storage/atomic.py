"""Write to a temporary name, flush to the disk, rename: a reader never sees half a file."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.folders import anchored, make_folders

_PARTIAL, REPLACED = "partial", "replaced"
_STEM_BYTES = 180
"""Longest part of a name that temporary names repeat: file systems allow 255 bytes."""
_open_partials: set[Path] = set()
"""What this process is writing now."""
_set_aside: set[Path] = set()
"""What it is replacing now."""


def temporary_sibling(path: Path, kind: str = _PARTIAL) -> Path:
    """A name beside ``path``, so that the rename stays on one file system; keeps the suffix and tells whose it is."""
    return path.with_name(f".{_stem(path)}.{os.getpid()}-{uuid4().hex[:8]}.{kind}{_suffix(path)}")


def _stem(path: Path) -> str:
    stem = os.fsencode(path.stem)
    if len(stem) <= _STEM_BYTES:
        return path.stem
    return f"{os.fsdecode(stem[: _STEM_BYTES - 9])}-{hashlib.sha256(stem).hexdigest()[:8]}"


def _suffix(path: Path) -> str:
    """Writers look at it; what is longer is no suffix but the end of a sentence with a point in it."""
    return path.suffix if len(os.fsencode(path.suffix)) < 16 else ""


def _leftovers(path: Path, kind: str) -> Iterator[Path]:
    """Temporary siblings of ``path`` whose process has ended, or has lost them with a share that is back now."""
    pattern = re.compile(rf"\.{re.escape(_stem(path))}\.(\d+)-[0-9a-f]{{8}}\.{kind}{re.escape(_suffix(path))}")
    with suppress(OSError):
        for sibling in sorted(path.parent.iterdir()):
            match = pattern.fullmatch(sibling.name)
            if match and not _is_in_use(sibling, int(match[1])):
                yield sibling


def _is_in_use(sibling: Path, pid: int) -> bool:
    if pid == os.getpid():
        return any(sibling.name == own.name for own in (*_open_partials, *_set_aside))
    return psutil.pid_exists(pid)


def remove_leftovers(path: Path) -> None:
    """Tidy up after a process that was killed while it wrote ``path``.

    Half-written siblings go. What had been set aside to be replaced comes back if nothing has taken its place.
    """
    for replaced in _leftovers(path, REPLACED):
        if path.exists():
            _remove(replaced)
        else:
            os.replace(replaced, path)
    for partial in _leftovers(path, _PARTIAL):
        _remove(partial)


def abandon_partials() -> None:
    """Remove what this process is writing; for a program that ends in the middle, from whichever thread."""
    for partial in tuple(_open_partials):
        _remove(partial)


@contextmanager
def _partial_of(path: Path) -> Iterator[Path]:
    """A temporary sibling that is gone afterwards, unless it has been renamed."""
    partial = temporary_sibling(path)
    _open_partials.add(partial)
    try:
        yield partial
    finally:
        _remove(partial)
        _open_partials.discard(partial)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusals into a sentence about ``path``.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.
    """
    try:
        yield
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        hint = "Free some space, or choose a folder on another disk." if is_full else "Choose another folder."
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.", hint) from error


def fsync_path(path: Path) -> None:
    """Flush a file or, where the system can, a folder to the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_below(folder: Path) -> None:
    """Flush everything in a folder to the disk; what symbolic links lead to is not ours to flush."""
    for item in folder.rglob("*"):
        if not item.is_symlink():
            fsync_path(item)


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write; it becomes ``path`` on success and vanishes on failure.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.
    """
    with _partial_of(path) as partial, writing(path):
        make_folders(path.parent)
        remove_leftovers(path)
        yield partial
        fsync_path(partial)
        os.replace(partial, path)
        fsync_path(path.parent)


def write_json(path: Path, value: Any, *, indent: int = 2) -> None:
    """Write JSON atomically, UTF-8, with a closing newline."""
    text = json_text(value, indent=indent) + "\n"
    with atomic_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON as people read it; in ASCII where a file's name is no Unicode, for UTF-8 cannot hold that."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return text if text.isascii() or _is_unicode(text) else json.dumps(value, indent=indent)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def atomic_folder(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary folder to fill; it becomes ``path`` on success and vanishes on failure.

    Raises
    ------
    OutputError
        If ``path`` exists and ``overwrite`` is false, or nothing can be written there.
    """
    with writing(path):
        remove_leftovers(path)
    if path.exists() and not overwrite:
        raise OutputError(f"{path} already exists.", "Choose another folder, or pass --overwrite.")
    with _partial_of(path) as partial, writing(path):
        make_folders(partial.parent)
        partial.mkdir()
        with anchored(partial):
            yield partial
        fsync_below(partial)
        _swap_in(partial, path)


def _swap_in(partial: Path, path: Path) -> None:
    """Rename ``partial`` to ``path``; an old folder is set aside first and deleted last."""
    if not path.exists():
        os.replace(partial, path)
        fsync_path(path.parent)
        return
    old = temporary_sibling(path, REPLACED)
    _set_aside.add(old)
    try:
        os.replace(path, old)
        try:
            os.replace(partial, path)
        except OSError:
            os.replace(old, path)
            raise
        fsync_path(path.parent)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        _set_aside.discard(old)
