"""How many threads or processes are worth starting."""

from __future__ import annotations

import os

import psutil


def usable_cores() -> int:
    """Cores that this process may run on, which a scheduler or a container may have limited; at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    if hasattr(psutil.Process, "cpu_affinity"):
        return len(psutil.Process().cpu_affinity() or ()) or 1
    return os.cpu_count() or 1
