"""Until the command line answers, and until the window is painted; each in fresh processes. Part of ``benchmarks``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time

from benchmarks.measure import Row, costs_of, peak_mb_of
from l3rocc_studio.app import has_display

REPEATS = 5
LOOK_S = 0.002
PAINT = """
import os, sys, time
from benchmarks.measure import peak_mb
from l3rocc_studio.ui import studio as module
from l3rocc_studio import app

show = module.Studio.show

def shown(studio):
    def painted():
        taken = time.time() - float(os.environ["BENCH_STARTED"])
        print(taken, peak_mb(), flush=True)
        os._exit(0)
    studio.window.first_painted.connect(painted)
    show(studio)

module.Studio.show = shown
sys.exit(app.main([]))
"""


def rows(*, is_quick: bool) -> list[Row]:
    """Start-up times, each with the new process's own memory."""
    repeats = 1 if is_quick else REPEATS
    commands = {
        "python alone": ["-c", "pass"],
        "l3rocc --version": ["-m", "l3rocc_studio.cli.main", "--version"],
        "l3rocc process --help": ["-m", "l3rocc_studio.cli.main", "process", "--help"],
        "import the occupancy engine": ["-c", "import l3rocc_engine.occupancy"],
        "the same and all kernels from the cache": ["-c", "from l3rocc_engine.occupancy import warm; warm()"],
    }
    return [_process_row(name, arguments, repeats) for name, arguments in commands.items()] + window_rows(repeats)


def _process_row(name: str, arguments: list[str], repeats: int) -> Row:
    peaks: list[float] = []
    cost = costs_of([lambda: peaks.append(_run(arguments))] * repeats)
    return Row(name=name, value=cost.wall_ms, unit="ms", input="new process", peak_mb=max(peaks))


def _run(arguments: list[str]) -> float:
    """Run a program; its largest memory in MB, looked at every few milliseconds, 0 where the system does not tell."""
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, peak_mb_of(process.pid))
            time.sleep(LOOK_S)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}.")
    return peak


def window_rows(repeats: int) -> list[Row]:
    """From the start of the process to the window's first paint; nothing where there is no screen to be had."""
    screen = [] if has_display() else ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24"]
    if screen and shutil.which(screen[0]) is None:
        return []
    times = sorted(_first_paint(screen) for _ in range(repeats))
    note = "Xvfb, its own start taken off" if screen else ""
    value, peak = times[len(times) // 2]
    return [Row(name="window's first paint", value=value, unit="ms", input="new process", note=note, peak_mb=peak)]


def _first_paint(screen: list[str]) -> tuple[float, float]:
    """Milliseconds and MB; the clock starts in a shell behind the screen's own start."""
    with tempfile.TemporaryDirectory() as home:
        places = {f"XDG_{kind}_HOME": home for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        clock = (
            "import os, sys, time; os.environ['BENCH_STARTED'] = str(time.time()); os.execv(sys.argv[1], sys.argv[1:])"
        )
        command = [*screen, sys.executable, "-S", "-c", clock, sys.executable, "-c", PAINT]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **places})
    if done.returncode:
        raise SystemExit(f"The window did not come: {done.stderr}")
    taken_s, peak = done.stdout.splitlines()[-1].split()
    return 1e3 * float(taken_s), float(peak)
