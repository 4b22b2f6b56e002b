"""What a piece of work costs, and one line of the table."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: what was measured on what, and how it compares."""

    name: str
    value: float
    unit: str
    input: str = ""
    note: str = ""
    peak_mb: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Medians of a few runs, and the largest memory of the process meanwhile."""

    cpu_ms: float
    wall_ms: float
    peak_mb: float

    def row(
        self,
        name: str,
        *,
        unit: str = "CPU ms",
        per: float = 1.0,
        input: str = "",  # noqa: A002  (the row's field)
        note: str = "",
    ) -> Row:
        """As a line; ``per`` divides the time."""
        value = {"CPU ms": self.cpu_ms, "ms": self.wall_ms, "s": self.wall_ms / 1e3}[unit]
        return Row(name=name, value=value / per, unit=unit, input=input, note=note, peak_mb=self.peak_mb)


def cost_of(work: Callable[[], object], repeats: int = 3) -> Cost:
    """Run something a few times."""
    return costs_of([work] * repeats)


def costs_of(works: list[Callable[[], object]]) -> Cost:
    """Run several things of a kind once each, such as frames."""
    reset_peak()
    cpus, walls = [], []
    for work in works:
        cpu, wall = cpu_s(), time.perf_counter()
        work()
        cpus.append(1e3 * (cpu_s() - cpu))
        walls.append(1e3 * (time.perf_counter() - wall))
    return Cost(cpu_ms=statistics.median(cpus), wall_ms=statistics.median(walls), peak_mb=peak_mb())


def cpu_s() -> float:
    """CPU seconds of this process, all threads, and of its finished children."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def reset_peak() -> None:
    """Let :func:`peak_mb` start anew, where the system can (Linux)."""
    if sys.platform.startswith("linux"):
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return  # the peak is then that of the process's life


def peak_mb() -> float:
    """Largest resident memory of this process since the last reset."""
    return peak_mb_of(os.getpid()) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )


def peak_mb_of(pid: int) -> float:
    """The same of any process; 0 where the system does not tell, or the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return found[0] * 1024 / 1e6 if found else 0.0
