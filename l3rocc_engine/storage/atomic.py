"""Write to a temporary name, flush to the disk, rename: a reader never sees half a file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from l3rocc_engine.errors import OutputError


def temporary_sibling(path: Path) -> Path:
    """A name beside ``path``, so that the rename stays on one file system; keeps the suffix."""
    return path.with_name(f".{path.stem}.{uuid4().hex[:8]}.partial{path.suffix}")


def fsync_path(path: Path) -> None:
    """Flush a file or, where the system can, a folder to the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write; it becomes ``path`` on success and vanishes on failure.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.
    """
    partial = temporary_sibling(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        fsync_path(partial)
        os.replace(partial, path)
        fsync_path(path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)


def write_json(path: Path, value: Any, *, indent: int = 2) -> None:
    """Write JSON atomically, UTF-8, with a closing newline."""
    text = json.dumps(value, indent=indent, ensure_ascii=False) + "\n"
    with atomic_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


@contextmanager
def atomic_folder(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary folder to fill; it becomes ``path`` on success and vanishes on failure.

    Raises
    ------
    OutputError
        If ``path`` exists and ``overwrite`` is false, or nothing can be written there.
    """
    if path.exists() and not overwrite:
        raise OutputError(f"{path} exists already.", "Choose another folder, or pass --overwrite.")
    partial = temporary_sibling(path)
    try:
        partial.mkdir(parents=True)
        yield partial
        for item in partial.rglob("*"):
            fsync_path(item)
        _swap_in(partial, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _swap_in(partial: Path, path: Path) -> None:
    """Rename ``partial`` to ``path``; an old folder is set aside first and deleted last."""
    old = temporary_sibling(path) if path.exists() else None
    if old is not None:
        os.replace(path, old)
    os.replace(partial, path)
    fsync_path(path.parent)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)
