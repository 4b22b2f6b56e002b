"""Until the command line answers, and until the window is painted; each in fresh processes. Part of ``benchmarks``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial

from benchmarks.measure import Row, costs_of
from l3rocc_studio.app import has_display

REPEATS = 5
PAINT = """
import os, sys, time
from l3rocc_studio.ui import studio as module
from l3rocc_studio import app

show = module.Studio.show

def shown(studio):
    def painted():
        print(time.time() - float(os.environ["BENCH_STARTED"]), flush=True)
        os._exit(0)
    studio.window.first_painted.connect(painted)
    show(studio)

module.Studio.show = shown
sys.exit(app.main([]))
"""


def rows(*, is_quick: bool) -> list[Row]:
    """Start-up times."""
    repeats = 1 if is_quick else REPEATS
    commands = {
        "python alone": ["-c", "pass"],
        "l3rocc --version": ["-m", "l3rocc_studio.cli.main", "--version"],
        "l3rocc process --help": ["-m", "l3rocc_studio.cli.main", "process", "--help"],
        "import the occupancy engine": ["-c", "import l3rocc_engine.occupancy"],
    }
    found = [
        costs_of([partial(_run, arguments)] * repeats).row(name, unit="ms", input="new process")
        for name, arguments in commands.items()
    ]
    return [Row(name=row.name, value=row.value, unit=row.unit, input=row.input) for row in found] + window_rows(repeats)


def _run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def window_rows(repeats: int) -> list[Row]:
    """From the start of the process to the window's first paint; nothing where there is no screen to be had."""
    screen = [] if has_display() else ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24"]
    if screen and shutil.which(screen[0]) is None:
        return []
    times = sorted(_first_paint_ms(screen) for _ in range(repeats))
    note = "Xvfb, its own start taken off" if screen else ""
    return [Row(name="window's first paint", value=times[len(times) // 2], unit="ms", input="new process", note=note)]


def _first_paint_ms(screen: list[str]) -> float:
    """Milliseconds; the clock starts in a shell behind the screen's own start."""
    with tempfile.TemporaryDirectory() as home:
        places = {f"XDG_{kind}_HOME": home for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        clock = (
            "import os, sys, time; os.environ['BENCH_STARTED'] = str(time.time()); os.execv(sys.argv[1], sys.argv[1:])"
        )
        command = [*screen, sys.executable, "-S", "-c", clock, sys.executable, "-c", PAINT]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **places})
    if done.returncode:
        raise SystemExit(f"The window did not come: {done.stderr}")
    return 1e3 * float(done.stdout.splitlines()[-1])
