"""A batch that is killed, in real processes: nothing half-written looks finished, and the end is the same."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from l3rocc_engine.batch.publish import MANIFEST
from l3rocc_engine.batch.report import last_statuses
from l3rocc_engine.batch.unit import STATE_FOLDER
from l3rocc_engine.dataset import write_dataset
from tests.engine.batch.faulty_tree import write_faulty_tree
from tests.engine.batch.program import COMMAND
from tests.engine.batch.tree import contents, write_tree
from tests.synthetic.run_factory import make_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not of Windows")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killing")
    write_tree(folder / "tree", folder / "video", 3)
    write_dataset(make_run(folder / "other video"), folder / "run", profile="interndata")
    return folder


class Program:
    """A batch in a process of its own."""

    def __init__(self, tree: Path, out: Path, run: Path, *, workers: int = 2, slowness_s: float = 0.0) -> None:
        arguments = (str(tree), str(out), str(run), str(workers), str(slowness_s))
        self._process = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3]
        )
        self.pid = self._process.pid

    def lines(self) -> Iterator[bytes]:
        assert self._process.stdout is not None
        yield from self._process.stdout

    def wait(self) -> int:
        _, errors = self._process.communicate(timeout=1200)
        assert self._process.returncode in (0, 1, -signal.SIGKILL), errors.decode(errors="replace")
        return self._process.returncode

    def workers(self) -> list[psutil.Process]:
        """Children that work, not the one that tidies up after them."""
        found = psutil.Process(self.pid).children(recursive=True)
        return [child for child in found if is_worker(child)]

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)


def wait_until(is_true: object, seconds: float = 60.0) -> None:
    assert callable(is_true)
    until_s = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until_s, "waited in vain"
        time.sleep(0.02)


def is_worker(process: psutil.Process) -> bool:
    """Whether it works, and has not just ended."""
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def is_alive(process: psutil.Process) -> bool:
    """Whether it still works; one that nobody has buried yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def published(out: Path) -> set[Path]:
    """Folders that stand under a visible name."""
    found = (
        path for path in out.rglob("meta") if not any(part.startswith(".") for part in path.relative_to(out).parts)
    )
    return {path.parent for path in found}


def check_nothing_is_half(out: Path, whole: dict[str, object]) -> None:
    """What is visible is published, and equal to what an undisturbed batch makes."""
    for folder in published(out):
        assert (folder / MANIFEST).is_file()
        prefix = folder.relative_to(out).as_posix() + "/"
        expected = {name: value for name, value in whole.items() if name.startswith(prefix)}
        assert {prefix + name: value for name, value in contents(folder).items()} == expected


def test_killed_in_the_middle_and_gone_on_with(made: Path, tmp_path: Path) -> None:
    whole_out, out = tmp_path / "whole", tmp_path / "out"
    assert Program(made / "tree", whole_out, made / "run").wait() == 0
    whole = contents(whole_out)
    program = Program(made / "tree", out, made / "run", slowness_s=0.5)
    next(program.lines())  # one is done, another is being worked on
    workers: list[psutil.Process] = []
    wait_until(lambda: workers.extend(program.workers()) or workers)
    program.kill()
    assert program.wait() == -signal.SIGKILL
    wait_until(lambda: not any(is_alive(worker) for worker in workers), 10.0)  # nobody works for a batch that is gone
    check_nothing_is_half(out, whole)
    finished_before = published(out)
    assert 1 <= len(finished_before) < 3
    assert Program(made / "tree", out, made / "run").wait() == 0
    assert contents(out) == whole
    assert set(last_statuses(out / "report.jsonl").values()) == {"done"}
    assert len(last_statuses(out / "report.jsonl")) == 3
    left = [path for path in (out / STATE_FOLDER).rglob("*") if path.is_file()]
    assert left == [], "no working files stay of what is published"
    partials = [path for path in out.rglob(".*") if path.name != STATE_FOLDER]
    assert partials == []


def test_a_polite_stop_ends_the_children_within_a_second(made: Path, tmp_path: Path) -> None:
    """Through the real command line: Ctrl-C while children are at work."""
    config = ["--voxel-size", "0.1", "--pc-range", "-1", "-1", "-0.5", "1", "1", "2.5", "--workers", "2"]
    command = [
        sys.executable,
        "-m",
        "l3rocc_studio.cli.main",
        "batch",
        str(made / "tree"),
        "--out",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen([*command, *config], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program = psutil.Process(process.pid)
    workers: list[psutil.Process] = []

    def both_are_there() -> bool:
        workers[:] = [child for child in program.children(recursive=True) if is_worker(child)]
        return len(workers) >= 2

    wait_until(both_are_there)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors.decode()
    assert b"Run the same command again" in errors
    assert not any(is_alive(worker) for worker in workers)


def test_a_worker_that_is_killed_is_replaced(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = Program(made / "tree", out, made / "run", workers=1, slowness_s=0.5)
    workers: list[psutil.Process] = []
    wait_until(lambda: workers.extend(program.workers()) or workers)
    workers[0].kill()
    assert program.wait() == 0
    assert set(last_statuses(out / "report.jsonl").values()) == {"done"}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [pytest.param(20, id="twenty"), pytest.param(50, id="fifty", marks=pytest.mark.long)])
def test_many_with_faults_killed_again_and_again(tmp_path: Path, count: int) -> None:
    """Several workers, everything among them that goes wrong, three kills at chance moments."""
    tree, out, whole_out = tmp_path / "tree", tmp_path / "out", tmp_path / "whole"
    faulty = write_faulty_tree(tree, tmp_path / "video", count)
    run = tmp_path / "run"
    write_dataset(make_run(tmp_path / "other video"), run, profile="interndata")
    failing = {name for name, fault in faulty.items() if not fault.is_labelled}
    assert Program(tree, whole_out, run).wait() == 1
    whole = contents(whole_out)
    chance = random.Random(20)
    for _ in range(3):
        program = Program(tree, out, run)
        reader = threading.Thread(target=deque, args=(program.lines(), 0))
        reader.start()
        time.sleep(chance.uniform(0.16, 0.5) * count)
        workers = program.workers()
        program.kill()
        reader.join()
        program.wait()
        wait_until(lambda workers=workers: not any(is_alive(worker) for worker in workers), 10.0)
        check_nothing_is_half(out, whole)
    assert Program(tree, out, run).wait() == 1
    assert contents(out) == whole
    statuses = last_statuses(out / "report.jsonl")
    assert {name for name, status in statuses.items() if status == "failed"} == failing
    assert len(statuses) == count
    assert statuses == last_statuses(whole_out / "report.jsonl")
    assert len(list((out / STATE_FOLDER / "units").iterdir())) == len(failing)
