"""A claim on a unit that holds across processes and machines that share a folder, and ends with its holder.

File locks of the operating system are not reliable on network shares, so the claim is a file that exactly one can
make, whose time of change its holder renews. Who finds one that was not renewed for a while takes it over. Times are
compared on the file server's own clock.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from l3rocc_engine.storage.atomic import writing

RENEW_S = 10.0
STALE_S = 120.0


@contextmanager
def lease(path: Path) -> Iterator[bool]:
    """Try to hold ``path``; yields whether it is held now. Its folder is made.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        is_held = _take(path) or (_clear_if_stale(path) and _take(path))
    if not is_held:
        yield False
        return
    stop = threading.Event()
    renewing = threading.Thread(target=_renew, args=(path, stop), daemon=True, name="lease")
    renewing.start()
    try:
        yield True
    finally:
        stop.set()
        renewing.join()
        with suppress(OSError):
            path.unlink()


def holder_of(path: Path) -> str:
    """Who holds a claim, for people."""
    facts = _read(path)
    return f"{facts.get('host', 'another machine')}, process {facts.get('pid', '?')}"


def _take(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    facts = {"host": socket.gethostname(), "pid": os.getpid(), "started_s": psutil.Process().create_time()}
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(facts, file)
    return True


def _clear_if_stale(path: Path) -> bool:
    """Take a claim away that nobody renews; of several who try, one succeeds."""
    facts = _read(path)
    if not _is_stale(path, facts):
        return False
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    is_the_same = _read(aside) == facts
    with suppress(OSError):
        if not is_the_same:
            os.link(aside, path)  # somebody took it over just now: give it back
        aside.unlink()
    return is_the_same


def _is_stale(path: Path, facts: dict[str, object]) -> bool:
    pid, started_s = facts.get("pid"), facts.get("started_s")
    if facts.get("host") == socket.gethostname() and isinstance(pid, int) and isinstance(started_s, float):
        try:
            return abs(psutil.Process(pid).create_time() - started_s) > 1.0
        except psutil.NoSuchProcess:
            return True
    probe = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        probe.touch()
        return probe.stat().st_mtime - path.stat().st_mtime > STALE_S
    except FileNotFoundError:
        return True
    finally:
        with suppress(OSError):
            probe.unlink()


def _read(path: Path) -> dict[str, object]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _renew(path: Path, stop: threading.Event) -> None:
    while not stop.wait(RENEW_S):
        with suppress(OSError):
            os.utime(path)
