"""What this machine can do for a run."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.space import free_bytes

_LOOK_S, _BUSY_SHARE = 0.1, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """A look at the machine.

    Attributes
    ----------
    cpu, num_cores
        Name of the processor and its cores.
    gpu, gpu_note
        Name of a GPU that occupancy and the network can use; else empty, with the reason.
    memory_bytes, free_memory_bytes
        Main memory.
    free_disk_bytes
        Where the workspace is.
    workspace
        The workspace.
    weights
        The π³ network's weights, or None.
    """

    cpu: str
    num_cores: int
    gpu: str
    gpu_note: str
    memory_bytes: int
    free_memory_bytes: int
    free_disk_bytes: int
    workspace: Path
    weights: Path | None


def machine_facts(workspace: Path) -> MachineFacts:
    """Look at the machine; takes a moment, so call it off the GUI thread. Torch is not loaded."""
    from l3rocc_engine.backends.pi3.weights import find_weights

    gpu, note = _gpu()
    memory = psutil.virtual_memory()
    return MachineFacts(
        cpu=_cpu_name(),
        num_cores=psutil.cpu_count(logical=False) or psutil.cpu_count() or 1,
        gpu=gpu,
        gpu_note=note,
        memory_bytes=memory.total,
        free_memory_bytes=memory.available,
        free_disk_bytes=free_disk_bytes(workspace),
        workspace=workspace,
        weights=find_weights(),
    )


def slowdown() -> float:
    """How much longer work may take now because other programs are at work; 1 on a machine that has nothing to do.

    Looks at the processor for a tenth of a second: the load of the last minute alone would count what has just ended.
    """
    num_cores = psutil.cpu_count() or 1
    if _busy_share(num_cores) < _BUSY_SHARE:
        return 1.0
    return 1.0 + max(0.0, psutil.getloadavg()[0] / num_cores - 0.5)


def _busy_share(num_cores: int) -> float:
    """Share of the processor that is at work; psutil's own would leave a record of each thread that asks it."""
    idle_s, began_s = psutil.cpu_times().idle, time.monotonic()
    time.sleep(_LOOK_S)
    return 1.0 - float(psutil.cpu_times().idle - idle_s) / (num_cores * (time.monotonic() - began_s))


def free_disk_bytes(folder: Path) -> int:
    """Free space where a folder is or would be made; 0 if that cannot be told."""
    try:
        return free_bytes(folder)
    except OutputError:
        return 0


def _gpu() -> tuple[str, str]:
    """Name of the GPU, or why there is none."""
    from l3rocc_engine.occupancy.device import cuda_problem

    problem = cuda_problem()
    if problem:
        return "", problem
    from numba import cuda

    name = cuda.get_current_device().name
    return (name.decode() if isinstance(name, bytes) else str(name)), ""


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    try:
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.is_file() else []
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine() or "Unknown processor"
