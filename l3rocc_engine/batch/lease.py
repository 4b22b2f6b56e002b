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
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from l3rocc_engine.storage.atomic import writing
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.process_note import is_running, note_of_this_process

RENEW_S = 10.0
STALE_S = 120.0
_own: set[object] = set()
"""Names of the claims that this process makes or holds."""


@dataclass(slots=True)
class Claim:
    """Whether a unit is ours now.

    Attributes
    ----------
    is_held
        Whether the claim was made.
    token
        Names this claim among all.
    lost
        Set when somebody else took it over meanwhile, because this machine slept or was cut off for too long.
    """

    is_held: bool
    token: str = ""
    lost: threading.Event = field(default_factory=threading.Event)


@contextmanager
def lease(path: Path) -> Iterator[Claim]:
    """Try to hold ``path``; its folder is made. The claim ends with the context.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    facts = {**_this_process(), "claim": uuid.uuid4().hex}
    _own.add(facts["claim"])
    try:
        with writing(path):
            make_folders(path.parent)
            is_held = _take(path, facts) or _take_over(path, facts)
        claim = Claim(is_held, str(facts["claim"]))
        if is_held:
            with _kept(path, facts, claim):
                yield claim
        else:
            yield claim
    finally:
        _own.discard(facts["claim"])


@contextmanager
def _kept(path: Path, facts: dict[str, object], claim: Claim) -> Iterator[None]:
    """Renew a claim; at the end its file goes, unless the share is away: then the next one takes it over."""
    stop = threading.Event()
    renewing = threading.Thread(target=_renew, args=(path, facts, stop, claim.lost), daemon=True, name="lease")
    renewing.start()
    try:
        yield
    finally:
        stop.set()
        renewing.join()
        if _read(path) == facts:  # else it is somebody else's by now
            with suppress(OSError):
                path.unlink()


def is_held_by(path: Path, token: str) -> bool:
    """Whether a claim still is the one of this name; not where the share does not say so."""
    return _read(path).get("claim") == token


def holder_of(path: Path) -> str:
    """Who holds a claim, for people."""
    facts = _read(path)
    return f"{facts.get('host', 'another machine')}, process {facts.get('pid', '?')}"


@cache
def _this_machine() -> str:
    """What tells process numbers of this machine from others': names of machines and of containers may repeat."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _this_process() -> dict[str, object]:
    return {"host": socket.gethostname(), "machine": _this_machine(), **note_of_this_process()}


def _take(path: Path, facts: dict[str, object]) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(facts, file)
    except OSError:  # a full disk: an empty claim would keep the others away
        with suppress(OSError):
            path.unlink()
        raise
    return True


def _take_over(path: Path, facts: dict[str, object]) -> bool:
    """Put our claim in the place of one that nobody renews.

    Of several who try, one gets through the gate; the old claim's name is never free, so that nobody slips in.
    """
    if not _is_stale(path, _read(path)):
        return False
    gate, fresh = path.with_name(f"{path.name}.gate"), path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    if not _take(gate, facts):
        if _is_stale(gate, _read(gate)):  # whoever was at it died of it; the next try gets through
            with suppress(OSError):
                gate.unlink()
        return False
    try:
        if not path.exists():
            return _take(path, facts)
        if not _is_stale(path, _read(path)) or not _take(fresh, facts):
            return False
        os.replace(fresh, path)
        return True
    finally:
        for left in (fresh, gate):
            with suppress(OSError):
                left.unlink()


def _is_stale(path: Path, facts: dict[str, object]) -> bool:
    pid, started_s = facts.get("pid"), facts.get("started_s")
    if facts.get("machine") == _this_machine() and isinstance(pid, int) and isinstance(started_s, float):
        is_of_this_process = pid == os.getpid() and is_running(facts)
        return facts.get("claim") not in _own if is_of_this_process else not is_running(facts)
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
        facts = read_json(path)
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _renew(path: Path, facts: dict[str, object], stop: threading.Event, lost: threading.Event) -> None:
    while not stop.wait(RENEW_S):
        try:
            if read_json(path) == facts:
                os.utime(path)
                continue
        except FileNotFoundError:
            pass
        except (OSError, ValueError):
            continue  # a share that is away for a moment
        lost.set()
        return
