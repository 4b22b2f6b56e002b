"""How much an export will write, and whether the disk has room for it."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.atomic import writing

SPARE_BYTES = 256 * 2**20
"""Left free on the disk, so that filling it does not stop other programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeForecast:
    """What an export will leave on the disk.

    Attributes
    ----------
    num_bytes
        Size of all files together; an upper bound within a few percent unless ``is_exact``.
    num_files
        How many files.
    is_exact
        Whether the size is known to the byte, give or take the short headers.
    """

    num_bytes: int
    num_files: int
    is_exact: bool = False

    def __str__(self) -> str:
        size = readable_size(self.num_bytes)
        size = size if self.is_exact else f"about {size}"
        return f"{size} in 1 file" if self.num_files == 1 else f"{size} in {self.num_files:,} files"


def readable_size(num_bytes: float) -> str:
    """Bytes as people read them: ``512 B``, ``3.2 MB``, ``14 GB`` (powers of 1000, as file managers show them)."""
    units = ("B", "kB", "MB", "GB", "TB")
    size, unit = float(num_bytes), 0
    while size >= 999.5 and unit < len(units) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {units[unit]}" if unit and size < 9.95 else f"{size:.0f} {units[unit]}"


def free_bytes(path: Path) -> int:
    """Free space where ``path`` is or will be made.

    Raises
    ------
    OutputError
        If that cannot be told: nothing on the way is there, or the share does not answer.
    """
    with writing(path):
        return shutil.disk_usage(standing_place(path)).free


def file_size(path: Path) -> int | None:
    """Bytes of a file; None where there is none, or none that one may look at, or the name is no name."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None


def standing_place(path: Path) -> Path:
    """What is there of a path: itself, or the nearest folder above it.

    Raises
    ------
    OutputError
        If nothing is, as on a drive that is not connected.
    """
    place = path.absolute()
    with writing(path):
        for candidate in (place, *place.parents):
            if os.access(candidate, os.F_OK):  # Path.exists raises where one may not look
                return candidate
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))


def require_space(path: Path, forecast: SizeForecast, *, hint: str = "") -> None:
    """Refuse to begin what the disk cannot hold.

    Parameters
    ----------
    path
        The file or folder that will be written; need not exist.
    forecast
        What it will take.
    hint
        How to make it smaller.

    Raises
    ------
    OutputError
        If there is not enough room, with both numbers.
    """
    free = free_bytes(path)
    if forecast.num_bytes + SPARE_BYTES > free:
        raise OutputError(
            f"{path} would take {forecast}, but only {readable_size(free)} are free there.",
            hint or "Free some space, or choose a folder on another disk.",
        )
