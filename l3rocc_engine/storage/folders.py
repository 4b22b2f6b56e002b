"""Folders are made here, so that none comes to lie where a disk or share was until a moment ago.

A share that goes away leaves the empty folder that it was mounted on. Whoever makes all missing folders on a path then
makes them there, and files after them, which are lost from sight when the share is back.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_anchors: list[Path] = []
"""What this process relies on being there; one may be in it more than once."""


@contextmanager
def anchored(folder: Path) -> Iterator[None]:
    """Until the end of the context, this process makes neither ``folder`` nor what is above it, in any thread."""
    _anchors.append(folder)
    try:
        yield
    finally:
        _anchors.remove(folder)


def make_folders(folder: Path) -> None:
    """Make a folder and those missing above it, down from what is anchored.

    Raises
    ------
    FileNotFoundError
        An anchored folder on the way is gone.
    OSError
        It cannot be made.
    """
    if any(anchor.is_relative_to(folder) for anchor in tuple(_anchors)):
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
        return
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
