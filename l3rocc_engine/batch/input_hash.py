"""Whether an input is still the one that was processed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from l3rocc_engine.batch.unit import BatchUnit


def input_hash(unit: BatchUnit) -> str:
    """Hash of names, sizes and times of change of all files of the unit's input, 32 hexadecimal digits.

    A dataset counts as a whole: what its metadata say matters for each of its episodes.

    Raises
    ------
    OSError
        If the input cannot be read, or is gone.
    """
    digest = hashlib.sha256(str(unit.episode).encode())
    for path in _files(unit.path):
        facts = path.stat()
        name = path.relative_to(unit.path).as_posix() if path != unit.path else path.name
        digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise FileNotFoundError(path)
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(files) if not name.startswith("."))
