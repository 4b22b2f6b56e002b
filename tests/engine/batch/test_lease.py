"""Claims that hold across processes and machines."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

import pytest

from l3rocc_engine.batch import lease as leases
from l3rocc_engine.batch.lease import STALE_S, _this_machine, holder_of, lease
from l3rocc_engine.errors import OutputError


def _write(path: Path, **facts: object) -> None:
    path.write_text(json.dumps(facts), encoding="utf-8")


def test_one_at_a_time_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "units" / "lease.json"
    with lease(path) as first, lease(path) as second:
        assert (first.is_held, second.is_held) == (True, False)
        assert str(os.getpid()) in holder_of(path)
    with lease(path) as again:
        assert again.is_held
    assert not path.exists()


def test_of_many_who_try_one_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    _write(
        path, host=socket.gethostname(), machine=_this_machine(), pid=2**22 + 7, started_s=1.0
    )  # left by a process that died
    together, held, release = threading.Barrier(8), [], threading.Event()

    def attempt() -> None:
        together.wait()
        with lease(path) as claim:
            held.append(claim.is_held)
            if claim.is_held:
                release.wait(10.0)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    while len(held) < 8:
        pass
    release.set()
    for thread in threads:
        thread.join()
    assert sum(held) == 1


def test_the_claim_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    _write(path, host=socket.gethostname(), machine=_this_machine(), pid=2**22 + 7, started_s=1.0)
    with lease(path) as claim:
        assert claim.is_held
    _write(
        path, host=socket.gethostname(), machine=_this_machine(), pid=os.getpid(), started_s=1.0
    )  # its number was given out again
    with lease(path) as claim:
        assert claim.is_held


def test_another_machines_claim_holds_while_it_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    _write(path, host="elsewhere", pid=1, started_s=1.0)
    with lease(path) as claim:
        assert not claim.is_held
    old_s = path.stat().st_mtime - STALE_S - 5.0
    os.utime(path, (old_s, old_s))
    with lease(path) as claim:
        assert claim.is_held
    assert list(tmp_path.iterdir()) == []


def test_the_holder_renews_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.01)
    path = tmp_path / "lease.json"
    with lease(path) as claim:
        assert claim.is_held
        os.utime(path, (0.0, 0.0))
        for _ in range(500):
            if path.stat().st_mtime > 1.0:
                break
            threading.Event().wait(0.01)
        assert path.stat().st_mtime > 1.0


def test_a_claim_that_was_taken_over_is_known_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.01)
    path = tmp_path / "lease.json"
    with lease(path) as claim:
        assert not claim.lost.is_set()
        path.unlink()
        _write(path, host="elsewhere", pid=1, started_s=1.0)  # this machine slept, and another went on
        assert claim.lost.wait(10.0)
    assert "elsewhere" in holder_of(path)


def test_a_full_disk_leaves_no_empty_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(leases.json, "dump", full)
    with pytest.raises(OutputError, match="No space left"), lease(tmp_path / "lease.json"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_machines_of_one_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    _write(path, host=socket.gethostname(), machine="another boot", pid=2**22 + 7, started_s=1.0)
    with lease(path) as claim:
        assert not claim.is_held, "that number is of a process elsewhere"


def test_what_this_process_could_not_give_back_it_takes_again(tmp_path: Path) -> None:
    """A share that was away when a claim ended leaves its file, and nobody else may wait for us to die."""
    path, away = tmp_path / "share" / "lease.json", tmp_path / "away"
    with lease(path) as claim:
        path.parent.rename(away)
    away.rename(path.parent)
    assert path.is_file()
    with lease(path) as again, lease(path) as another:
        assert (again.is_held, another.is_held) == (True, False)
        assert again.token != claim.token
    assert list(path.parent.iterdir()) == []
