"""What a run cost: seconds a stage, peak memory, and the versions that did the work."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from importlib import metadata

import psutil

import l3rocc_engine
from l3rocc_engine.progress import EventSink, ProgressEvent

_LIBRARIES = ("numpy", "scipy", "numba", "av", "opencv-python-headless", "pycolmap", "torch", "vtk")


def library_versions() -> dict[str, str]:
    """Versions of the program, of Python and of the libraries that shape results; absent ones are left out."""
    versions = {"l3rocc-studio": l3rocc_engine.__version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def peak_memory_bytes() -> int:
    """Largest resident memory so far of this process or of any finished child, whichever is larger."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usage.ru_maxrss for usage in usages) * unit


class StageTimer:
    """Wall seconds by stage, read off the progress events that pass through."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._seconds: dict[str, float] = {}
        self._stage = ""
        self._since_s = now()

    def follow(self, sink: EventSink) -> EventSink:
        """A sink that passes events on and notes when each stage began."""

        def on_event(event: ProgressEvent) -> None:
            if event.stage != self._stage:
                self._close()
                self._stage = event.stage
            sink(event)

        return on_event

    def reset(self) -> None:
        """Forget what was measured and start now."""
        self._seconds, self._stage, self._since_s = {}, "", self._now()

    def finish(self) -> dict[str, float]:
        """Seconds by stage since the reset; what came before the first event counts for the first stage."""
        self._close()
        return {name: round(seconds, 3) for name, seconds in self._seconds.items()}

    def _close(self) -> None:
        now_s = self._now()
        if self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now_s - self._since_s
            self._since_s = now_s
