"""``l3rocc process`` in a program of its own, with something going wrong in the middle of one stage.

Started with ``COMMAND`` and then STAGE FAULT ARMING and the command's own arguments. The disk's faults begin when the
file ARMING is written and stay until it is removed; see ``failing_disk.c``.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from l3rocc_engine.progress import ProgressEvent
from l3rocc_studio.cli.console import TerminalReporter

WALL = "L3ROCC_TEST_WALL"
"""Set where a backend that sees a wall stands for the real one."""
COMMAND = (sys.executable, "-c", f"import sys; from {__name__} import main; sys.exit(main(*sys.argv[1:]))")
DISK = {
    "disk full": str(errno.ENOSPC),
    "disk broken": f"-{errno.EIO}",
    "share gone": f"-{errno.ESTALE}",
    "read-only": str(errno.EROFS),
}
FAULTS = ("kill -9", "out of memory", *DISK)


def build_failing_disk(folder: Path) -> Path | None:
    """Compile the library that makes writing fail; None where there is no compiler."""
    compiler, library = shutil.which("cc"), folder / "failing_disk.so"
    if compiler is None or sys.platform != "linux":
        return None
    source = Path(__file__).with_name("failing_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def failing_environment(library: Path, arming: Path, below: Path) -> dict[str, str]:
    """Variables of a process whose disk fails below a folder, as the arming file says once it is there."""
    return {"LD_PRELOAD": str(library), "L3ROCC_FAULT_FILE": str(arming), "L3ROCC_FAULT_BELOW": str(below)}


def main(stage: str, fault: str, arming: str, *command: str) -> int:
    """Run the command with the fault in it; no fault for an empty name."""
    from l3rocc_engine import pipeline
    from l3rocc_engine.pipeline import process_source
    from l3rocc_studio.cli import main as program
    from tests.synthetic.sources import WallBackend

    if os.environ.get(WALL):
        pipeline.process_source = partial(process_source, choose=lambda *_: (WallBackend(name="builtin"), "a test"))
    if fault:
        TerminalReporter.event = _breaking(TerminalReporter.event, stage, fault, Path(arming))  # type: ignore[method-assign]
    return program.main(list(command))


def _breaking(
    event: Callable[[TerminalReporter, ProgressEvent], None], stage: str, fault: str, arming: Path
) -> Callable[[TerminalReporter, ProgressEvent], None]:
    has_broken = []

    def on_event(reporter: TerminalReporter, told: ProgressEvent) -> None:
        if told.stage == stage and 2 * told.done >= told.total and not has_broken:
            has_broken.append(True)
            _break(fault, arming)
        event(reporter, told)

    return on_event


def _break(fault: str, arming: Path) -> None:
    if fault == "kill -9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "out of memory":
        raise MemoryError("an allocation failed")
    elif fault == "child killed":
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
    else:
        arming.write_text(DISK[fault])
