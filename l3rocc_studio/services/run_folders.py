"""How much room the working folders of earlier runs take, and making it free again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.errors import OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """The working folder of one source.

    Attributes
    ----------
    path
        The folder.
    num_bytes
        Size of the files in it.
    used_at_s
        When something in it was changed last, seconds since the epoch.
    """

    path: Path
    num_bytes: int
    used_at_s: float


def list_run_folders(workspace: Workspace, *, cancel: CancelToken) -> tuple[RunFolder, ...]:
    """Working folders, the one that was used longest ago first.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    if not workspace.runs_dir.is_dir():
        return ()
    found = []
    for path in workspace.runs_dir.iterdir():
        cancel.check()
        if path.is_dir() and not path.is_symlink():
            found.append(_measure(path))
    return tuple(sorted(found, key=lambda folder: folder.used_at_s))


def remove_run_folders(folders: Iterable[RunFolder], *, cancel: CancelToken) -> int:
    """Delete working folders; the bytes that were freed.

    Raises
    ------
    OutputError
        If a folder cannot be deleted; those before it are gone.
    Cancelled
        If ``cancel`` was set, between two folders.
    """
    freed = 0
    for folder in folders:
        cancel.check()
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise OutputError(
                f"{folder.path} cannot be removed: {error.strerror or error}.", "Close what still uses it."
            ) from error
        freed += folder.num_bytes
    return freed


def _measure(path: Path) -> RunFolder:
    num_bytes, used_at_s = 0, path.stat().st_mtime
    for parent, _, names in os.walk(path):
        for name in names:
            try:
                facts = (Path(parent) / name).lstat()
            except FileNotFoundError:
                continue
            num_bytes += facts.st_size
            used_at_s = max(used_at_s, facts.st_mtime)
    return RunFolder(path=path, num_bytes=num_bytes, used_at_s=used_at_s)
