"""Which process holds something, noted so that a later process with the same number is not taken for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import psutil

SLACK_S = 1.0


def note_of_this_process() -> dict[str, Any]:
    """What to write down: number and time of start, plain values for JSON."""
    return {"pid": os.getpid(), "started_s": psutil.Process().create_time()}


def is_running(note: Mapping[str, Any]) -> bool:
    """Whether the process of a note, on this machine, still runs; false for a note that holds something else."""
    try:
        return bool(abs(psutil.Process(note["pid"]).create_time() - note["started_s"]) < SLACK_S)
    except psutil.AccessDenied:  # it is there, but not ours to look at
        return True
    except (KeyError, TypeError, ValueError, OverflowError, psutil.Error):
        return False


def was_started_before(pid: int, time_s: float) -> bool:
    """Whether a process of this number runs that is older than a time, seconds since the epoch."""
    try:
        return bool(psutil.Process(pid).create_time() < time_s)
    except (ValueError, psutil.Error):
        return False
