"""Several machines at one output folder on a share: nothing is done twice, nothing is lost, whatever goes away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from l3rocc_engine.batch.report import last_statuses
from l3rocc_engine.batch.unit import STATE_FOLDER
from l3rocc_engine.dataset import write_dataset
from tests.engine.batch.machine import COMMAND, LOG
from tests.engine.batch.test_killing import check_nothing_is_half, wait_until
from tests.engine.batch.tree import contents, write_tree
from tests.hostile.faulty_process import build_failing_disk, failing_environment
from tests.synthetic.run_factory import make_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not of Windows")
COUNT = 4


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("machines")
    write_tree(folder / "tree", folder / "video", COUNT)
    write_dataset(make_run(folder / "other video"), folder / "run", profile="interndata")
    machine = Machine("alone", folder, folder / "whole", folder / "log", slowness_s=0.0, workers=2)
    assert machine.wait() == 0
    return folder


class Machine:
    """A batch as another machine would run it."""

    def __init__(
        self,
        name: str,
        made: Path,
        out: Path,
        log: Path,
        *,
        skew_s: float = 0.0,
        workers: int = 1,
        slowness_s: float = 0.5,
        environment: dict[str, str] | None = None,
    ) -> None:
        arguments = [name, skew_s, made / "tree", out, made / "run", workers, slowness_s]
        self._process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            env={**os.environ, LOG: str(log), **(environment or {})},
        )
        self.errors = ""

    def wait(self) -> int:
        _, errors = self._process.communicate(timeout=200)
        self.errors = errors.decode(errors="replace")
        assert "Traceback" not in self.errors, self.errors
        return self._process.returncode

    def tree(self) -> list[psutil.Process]:
        """All its processes, children first, so that none can notice that another one stands still."""
        own = psutil.Process(self._process.pid)
        return [*own.children(recursive=True), own]

    def signal(self, number: signal.Signals) -> None:
        for process in self.tree():
            process.send_signal(number)


def lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def wait_for_line(log: Path, start: str) -> None:
    wait_until(lambda: any(line.startswith(start) for line in lines(log)))


def check_all_done(made: Path, out: Path) -> None:
    assert contents(out) == contents(made / "whole")
    assert Counter(last_statuses(out / "report.jsonl").values()) == {"done": COUNT}
    assert [path for path in (out / STATE_FOLDER).rglob("*") if path.is_file()] == []


def test_two_machines_with_wrong_clocks_do_nothing_twice(made: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    fast = Machine("fast", made, out, log, skew_s=300.0)
    slow = Machine("slow", made, out, log, skew_s=-300.0)
    assert (fast.wait(), slow.wait()) == (0, 0)
    begun = Counter(line.split()[2] for line in lines(log) if line.startswith("begin"))
    assert len(begun) == COUNT and set(begun.values()) == {1}, begun
    assert {line.split()[1] for line in lines(log)} == {"fast", "slow"}, "both had a part in it"
    check_all_done(made, out)


def test_what_a_dead_machine_held_is_taken_over(made: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    dying = Machine("dying", made, out, log, slowness_s=30.0, skew_s=300.0)
    wait_for_line(log, "begin dying")
    dying.signal(signal.SIGKILL)
    assert dying.wait() == -signal.SIGKILL
    (held,) = (line.split()[2] for line in lines(log))
    other = Machine("other", made, out, log, skew_s=-300.0, slowness_s=0.0)
    assert other.wait() == 0
    assert f"end other {held}" in lines(log)
    check_all_done(made, out)


@pytest.mark.long
def test_a_machine_that_slept_leaves_alone_what_was_taken_over(made: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    sleeping = Machine("sleeping", made, out, log, slowness_s=6.0)
    wait_for_line(log, "begin sleeping")
    sleeping.signal(signal.SIGSTOP)
    held = lines(log)[0].split()[2]
    other = Machine("other", made, out, log, slowness_s=2.0)
    wait_until(lambda: f"begin other {held}" in lines(log), 150.0)
    sleeping.signal(signal.SIGCONT)  # the other one is in the middle of it now
    assert (sleeping.wait(), other.wait()) == (0, 0)
    assert f"end sleeping {held}" not in lines(log), "it noticed before it came to an end"
    assert f"end other {held}" in lines(log)
    check_all_done(made, out)


@pytest.fixture(scope="module")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = build_failing_disk(tmp_path_factory.mktemp("failing_disk"))
    if library is None:
        pytest.skip("there is no C compiler for the failing disk")
    return library


def gone(out: Path, _arming: Path) -> Callable[[], object]:
    """What an unmounted share looks like: the empty folder that it was mounted on."""
    away = out.with_name("away")
    out.rename(away)
    out.mkdir()

    def come_back() -> None:
        assert [path for path in out.rglob("*") if path.is_file()] == [], "that is not the share"
        shutil.rmtree(out)
        away.rename(out)

    return come_back


def stale(_out: Path, arming: Path) -> Callable[[], object]:
    arming.write_text("-116")
    return arming.unlink


def read_only(_out: Path, arming: Path) -> Callable[[], object]:
    arming.write_text("30")
    return arming.unlink


@pytest.mark.long
@pytest.mark.parametrize("slowness_s", [0.5, 2.0])
@pytest.mark.parametrize("fault", [gone, stale, read_only])
def test_a_share_that_goes_away_for_a_while_is_waited_for(
    made: Path,
    tmp_path: Path,
    failing_disk: Path,
    fault: Callable[[Path, Path], Callable[[], object]],
    slowness_s: float,
) -> None:
    out, log, arming = tmp_path / "share" / "out", tmp_path / "log", tmp_path / "arming"
    environment = failing_environment(failing_disk, arming, out)
    machine = Machine("waiting", made, out, log, environment=environment, slowness_s=slowness_s)
    wait_for_line(log, "end waiting")
    come_back = fault(out, arming)
    time.sleep(4.0)
    come_back()
    assert machine.wait() == 0, machine.errors
    check_all_done(made, out)


@pytest.mark.long
def test_a_share_that_stays_away_ends_the_batch_with_a_sentence(made: Path, tmp_path: Path, failing_disk: Path) -> None:
    out, log, arming = tmp_path / "share" / "out", tmp_path / "log", tmp_path / "arming"
    machine = Machine("ending", made, out, log, environment=failing_environment(failing_disk, arming, out))
    wait_for_line(log, "end ending")
    back = stale(out, arming)
    assert machine.wait() == 2
    assert "was away for" in machine.errors and "run the same command again" in machine.errors
    back()
    check_nothing_is_half(out, contents(made / "whole"))
    assert Machine("ending", made, out, log, slowness_s=0.0).wait() == 0
    check_all_done(made, out)
