"""Folders for what lies on the disk for a while; those of a program that was killed go when the next one is made."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.storage.lock import holding

_PREFIX, _LOCK = "l3rocc-", "in-use.lock"
_GRACE_S = 60.0
"""A lock file this young may be about to be held."""


@contextmanager
def scratch_folder(kind: str) -> Iterator[Path]:
    """A folder among the system's temporary ones, named after its ``kind``, that is gone after the context.

    Raises
    ------
    OutputError
        If none can be made.
    """
    with ExitStack() as held:
        with writing_scratch(Path(os.environ.get("TMPDIR", "/tmp"))):
            place = Path(tempfile.gettempdir())
        with writing_scratch(place):
            _remove_abandoned(place)
            folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-", dir=place))
        held.callback(shutil.rmtree, folder, ignore_errors=True)  # once more: Windows keeps a lock file that is held
        with suppress(OutputError):  # without locks nobody else can hold it either, and so nobody removes it
            held.enter_context(_holding(folder))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


@contextmanager
def writing_scratch(folder: Path) -> Iterator[None]:
    """Turn the system's refusals into a sentence about a temporary folder.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"The temporary folder {folder} cannot be written: {error.strerror or error}.",
            "Free some space there, or set TMPDIR to a folder with more.",
        ) from error


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    with holding(folder / _LOCK, InputError(str(folder))):
        yield


def _remove_abandoned(place: Path) -> None:
    """Remove our folders whose maker let go of their lock without removing them: the system did, when it was killed."""
    for folder in place.glob(f"{_PREFIX}*"):
        with suppress(InputError, OutputError, OSError):
            if _is_ours(folder) and time.time() - (folder / _LOCK).stat().st_mtime > _GRACE_S:
                with _holding(folder):
                    shutil.rmtree(folder, ignore_errors=True)
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder of this user; what others put there under such a name is left alone."""
    facts = folder.lstat()
    return not folder.is_symlink() and (not hasattr(os, "getuid") or facts.st_uid == os.getuid())
