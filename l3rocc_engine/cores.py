"""How many threads or processes are worth starting."""

from __future__ import annotations

import os

import psutil

_sharing = 1


def share_cores(num_processes: int) -> None:
    """From now on count only this process's share: so many like it work beside each other."""
    global _sharing  # noqa: PLW0603  (a fact about the whole process)
    _sharing = num_processes


def usable_cores() -> int:
    """Cores that this process may use: those it may run on, or its share of them; at least 1."""
    return max(1, _open_cores() // _sharing)


def _open_cores() -> int:
    """Cores that this process may run on, which a scheduler or a container may have limited."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    if hasattr(psutil.Process, "cpu_affinity"):
        return len(psutil.Process().cpu_affinity() or ()) or 1
    return os.cpu_count() or 1
