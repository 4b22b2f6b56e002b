"""A batch on a machine of its own, as far as a program can be one: other names, another clock, a share that is slow.

Started with ``COMMAND`` and then NAME SKEW TREE OUT RUN WORKERS SLOWNESS, see ``program``. What a network share does to
its users is done here to what this program sees: times of its own clock are off by SKEW seconds, and what others have
written is seen late where it was looked at before.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from l3rocc_engine.batch import lease, share, ticket
from l3rocc_engine.batch.result import UnitResult
from l3rocc_engine.batch.work import Say, UnitTask
from l3rocc_engine.isolation import run_isolated
from l3rocc_engine.progress import CancelToken, EventSink
from tests.engine.batch import program

COMMAND = (sys.executable, "-c", f"import sys; from {__name__} import main; sys.exit(main(*sys.argv[1:]))")
RENEW_S, STALE_S, WAIT_S = 0.3, 4.0, 0.5
SEEN_LATE_S = 1.0
LOG = "L3ROCC_TEST_LOG"
NAME = "L3ROCC_TEST_NAME"


class LateView:
    """The attributes and words of a claim as a client sees them that asks the server once in a while.

    What it wrote itself it knows at once.
    """

    def __init__(self) -> None:
        self._read = lease._read
        self._seen: dict[Path, tuple[float, dict[str, object]]] = {}

    def __call__(self, path: Path) -> dict[str, object]:
        now_s = time.monotonic()
        seen_s, facts = self._seen.get(path, (-SEEN_LATE_S, {}))
        if now_s - seen_s < SEEN_LATE_S and facts.get("host") != os.environ[NAME]:
            return facts
        facts = self._read(path)
        self._seen[path] = (now_s, facts)
        return facts

    def after(self, take: Callable[[Path, dict[str, object]], bool]) -> Callable[[Path, dict[str, object]], bool]:
        """A way to take a claim, after which what was seen before no longer counts."""

        def taken(path: Path, facts: dict[str, object]) -> bool:
            is_held = take(path, facts)
            if is_held:
                self._seen.pop(path, None)
            return is_held

        return taken


def become(name: str, skew_s: float) -> None:
    """Be another machine."""
    real_time = time.time
    time.time = lambda: real_time() + skew_s
    socket.gethostname = lambda: name
    lease._this_machine = lambda: f"{name} boot"  # type: ignore[assignment]
    lease.RENEW_S, lease.STALE_S = RENEW_S, STALE_S
    view = LateView()
    lease._read = view
    lease._take, lease._take_over = view.after(lease._take), view.after(lease._take_over)
    ticket.WAIT_S, share.PATIENCE_S = WAIT_S, 20.0


def work(say: Say, task: UnitTask) -> UnitResult:
    """What a child does; it notes that it began, and that it ended."""
    name = os.environ[NAME]
    become(name, 0.0)
    _log(f"begin {name} {task.unit.name}")
    result = program.fast_work(say, task)
    _log(f"end {name} {task.unit.name}")
    return result


def _log(line: str) -> None:
    handle = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def perform(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
    """Each unit in a fresh child, as in the product."""
    result: UnitResult = run_isolated(work, task, cancel=cancel, on_message=events)
    return result


def main(name: str, skew_s: str, *arguments: Any) -> int:
    """Process a tree as this machine; 2 and a sentence if that cannot go on."""
    from l3rocc_engine.errors import L3roccError

    os.environ[NAME] = name
    become(name, float(skew_s))
    program.perform = perform
    try:
        return program.main(*arguments)
    except L3roccError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 2
