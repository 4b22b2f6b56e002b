"""How many units are worked on at once, by what this machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

import psutil

from l3rocc_engine.cores import usable_cores
from l3rocc_engine.errors import ConfigError

MEMORY_EACH_BYTES = 1_800 << 20
"""What a run of a usual trajectory takes at most, with room to spare."""
SHARE_OF_MEMORY = 0.85
THREADS_EACH = 2
"""A run uses about one and a half cores on average: two threads lose little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """What works at once.

    Attributes
    ----------
    count
        Processes.
    threads_each
        Threads that the libraries of each may use.
    gpus
        Names of GPUs as CUDA counts them, handed out in turn; empty for none.
    """

    count: int
    threads_each: int
    gpus: tuple[str, ...] = ()


def choose_workers(
    wanted: int | None = None,
    *,
    uses_gpu: bool = False,
    cores: int | None = None,
    free_memory_bytes: int | None = None,
    gpus: tuple[str, ...] | None = None,
) -> Workers:
    """As many as cores and memory allow, or one a GPU where the network runs on GPUs.

    Parameters
    ----------
    wanted
        How many the person asked for; None chooses.
    uses_gpu
        Whether each worker needs a GPU of its own.
    cores, free_memory_bytes, gpus
        What there is; looked up where None.

    Raises
    ------
    ConfigError
        If fewer than one is asked for.
    """
    if wanted is not None and wanted < 1:
        raise ConfigError(f"There must be at least one worker, not {wanted}.")
    cores = cores or usable_cores()
    found = (list_gpus() if gpus is None else gpus) if uses_gpu else ()
    free = psutil.virtual_memory().available if free_memory_bytes is None else free_memory_bytes
    fitting = max(1, int(free * SHARE_OF_MEMORY) // MEMORY_EACH_BYTES)
    count = wanted or (len(found) if found else min(max(1, cores // THREADS_EACH), fitting))
    return Workers(count=count, threads_each=max(1, cores // count), gpus=found)


def list_gpus() -> tuple[str, ...]:
    """GPUs as ``CUDA_VISIBLE_DEVICES`` names them; empty where there is no driver."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return tuple(name for name in visible.split(",") if name)
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(str(number) for number, line in enumerate(listed.stdout.splitlines()) if line.startswith("GPU "))
