"""One at a time: a file that only one program, or one thread of it, holds; the system lets go of it after a crash."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from l3rocc_engine.errors import InputError, OutputError


@contextmanager
def holding(path: Path, taken: InputError) -> Iterator[None]:
    """Hold the lock file ``path``, which is made for it and removed after.

    Parameters
    ----------
    path
        Beside what is protected; its folder must exist.
    taken
        Raised if somebody else holds it.

    Raises
    ------
    InputError
        ``taken``.
    OutputError
        The folder cannot be written, or its file system has no locks.
    """
    handle = _acquired(path, taken)
    try:
        yield
    finally:
        with suppress(OSError):  # while still held, so that nobody gets hold of a name that goes away; not on Windows,
            path.unlink(missing_ok=True)  # where an open file stays
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock file ``path`` now; asking makes no file, and a place without locks says no."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(handle)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


def _acquired(path: Path, taken: InputError) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise OutputError(
                f"{path.parent} cannot be written: {error.strerror}.", "Choose a folder that can be written."
            ) from error
        try:
            _lock(handle)
            if _is_same(path, handle):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise taken from None
        except OSError as error:
            os.close(handle)
            raise OutputError(
                f"{path.parent} cannot be locked: {error.strerror}.", "Choose a folder on another disk."
            ) from error
        os.close(handle)  # whoever held it before has removed it meanwhile


def _is_same(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import errno
    import msvcrt

    def _lock(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                raise BlockingIOError from error
            raise

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
