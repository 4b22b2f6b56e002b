"""Faults put into the n-th write, rename, flush or link of a batch: nothing half-written looks finished, it goes on."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.batch.publish import MANIFEST
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.errors import L3roccError
from tests.engine.batch.tree import contents, fast_perform, write_tree
from tests.synthetic.run_factory import CONFIG

FAULTS: dict[str, Callable[[], BaseException]] = {
    "full disk": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "broken disk": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    "share gone": lambda: OSError(errno.ESTALE, os.strerror(errno.ESTALE)),
    "out of memory": MemoryError,
    "a bug": lambda: KeyError("bug"),
}
CALLS = ("os.fsync", "os.replace", "os.link", "os.mkdir", "os.open", "os.unlink")
PLACES = (1, 2, 3, 5, 8, 13, 21, 34)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    write_tree(folder / "tree", folder / "video", 1)
    batch(folder, folder / "whole")
    return folder


def batch(made: Path, out: Path) -> list[str]:
    workers = Workers(count=1, threads_each=1)
    perform = fast_perform(made / "run")
    summary = run_batch(list_targets(made / "tree"), out, BatchSettings(config=CONFIG), workers, perform=perform)
    return [outcome.result.status.value for outcome in summary.outcomes]


class Breaking:
    """Fails at the n-th call that is about the output folder, and only there."""

    def __init__(self, real: Callable[..., Any], out: Path, nth: int, fault: Callable[[], BaseException]) -> None:
        self._real, self._out, self._left, self._fault = real, str(out), nth, fault
        self._lock = threading.Lock()
        self.has_broken = False

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        with self._lock:
            if self._is_meant(arguments):
                self._left -= 1
                if self._left == 0:
                    self.has_broken = True
                    raise self._fault()
        return self._real(*arguments, **options)

    def _is_meant(self, arguments: tuple[Any, ...]) -> bool:
        first = arguments[0] if arguments else ""
        if isinstance(first, int):  # an open file: os.fsync
            return True
        return any(str(argument).startswith(self._out) for argument in arguments[:2])


def cases() -> Iterator[tuple[str, str, int]]:
    """Every call at every place, each with one kind of fault in turn."""
    names = list(FAULTS)
    for row, call in enumerate(CALLS):
        for column, nth in enumerate(PLACES):
            yield names[(row + column) % len(names)], call, nth


@pytest.mark.skipif(sys.platform == "win32", reason="other calls")
@pytest.mark.parametrize("call", CALLS)
def test_one_fault_anywhere(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    whole = contents(made / "whole")
    broken = 0
    for fault, this_call, nth in cases():
        if this_call != call:
            continue
        out = tmp_path / f"{nth}"
        name = call.removeprefix("os.")
        breaking = Breaking(getattr(os, name), out, nth, FAULTS[fault])
        with monkeypatch.context() as patch:
            patch.setattr(os, name, breaking)
            try:
                ended = batch(made, out)
            except (
                L3roccError,
                MemoryError,
                KeyError,
            ) as error:  # the very first folder of the batch: nothing can be done then
                assert breaking.has_broken, error
                ended = ["failed"]
        broken += breaking.has_broken
        visible = contents(out)
        where = f"{fault} at {call} number {nth}"
        assert ended in (["done"], ["failed"]), where
        if any(path.endswith(MANIFEST) for path in visible):
            assert visible == whole, f"{where}: half of it looks finished"
        else:
            assert visible == {} or all("/." in f"/{path}" for path in visible), f"{where}: {sorted(visible)}"
            assert ended == ["failed"], where
        assert batch(made, out) in (["done"], ["kept"]), f"{where}: the next batch does not go on"
        assert contents(out) == whole, where
    assert broken >= 2, "the faults never happened"


def test_the_parents_memory_stays_flat_over_thousands(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a finished unit is small: the second thousand costs next to nothing."""
    import gc
    import tracemalloc
    from dataclasses import replace

    from l3rocc_engine.batch import ledger, runner
    from l3rocc_engine.batch.result import UnitResult, UnitStatus
    from l3rocc_engine.batch.standing import Standing

    (target,) = list_targets(made / "tree")
    targets = [replace(target, units=(replace(target.units[0], name=f"unit_{number}"),)) for number in range(2000)]
    labels = {"stats": np.zeros((200, 50)).tolist()}

    def nothing_there(target: Any, out: Path, settings: Any) -> Standing:
        return Standing(target=target, place=out / "x", hashes={target.units[0].name: "0"}, is_published=False)

    class NoLease:
        def __init__(self, path: Path) -> None: ...
        def __enter__(self) -> Any:
            return runner.Claim(is_held=True)

        def __exit__(self, *_: object) -> None: ...

    used: list[int] = []

    def perform(task: Any, _events: Any, _cancel: Any) -> UnitResult:
        if len(used) in (1000, len(targets) - 1):
            gc.collect()
        used.append(tracemalloc.get_traced_memory()[0])
        return UnitResult(
            unit=task.unit.name, status=UnitStatus.DONE, labels={**labels, "own": list(range(1000))}, files={"x": 1}
        )

    monkeypatch.setattr(runner, "look_at", nothing_there)
    monkeypatch.setattr(runner, "left_of", lambda *_: None)
    monkeypatch.setattr(runner, "lease", NoLease)
    monkeypatch.setattr(runner, "publish", lambda *_: None)
    monkeypatch.setattr(ledger.Report, "note", lambda *_args, **_options: None)
    tracemalloc.start()
    try:
        run_batch(targets, tmp_path, BatchSettings(config=CONFIG), Workers(count=1, threads_each=1), perform=perform)
    finally:
        tracemalloc.stop()
    assert (used[-1] - used[1000]) / 1000 < 3000, "bytes a unit"
