"""Where occupancy is worked out: on the CPU, or on a CUDA device by numba.

Asking costs next to nothing where there is no GPU: the driver's library is looked for before anything large is loaded,
and torch never is.
"""

from __future__ import annotations

import ctypes
import sys

from l3rocc_engine.errors import ConfigError

DEVICE_NAMES = ("auto", "cpu", "cuda")

_CPU_S_PER_RAY = 3.5e-8
"""CPU time of one ray of one frame with compression, from ``benchmarks.bench_occupancy``."""
_WORTHWHILE_S = 4.0
"""A GPU run first loads its compiler and copies the tables, some seconds; a job that takes less is not sent there."""
INSTALL = "Install a driver and `pip install numba-cuda[cu12]`, or choose the CPU."


def runs_on_cuda(device: str, *, num_frames: int, num_rays: int, threads: int) -> bool:
    """Whether a job is for the GPU.

    Parameters
    ----------
    device
        ``cpu`` and ``cuda`` say it; ``auto`` is the GPU if there is one and the job is large enough to pay.

    Raises
    ------
    ConfigError
        ``cuda`` where there is none, or another word.
    """
    check_device(device)
    if device != "auto":
        return device == "cuda"
    if num_frames * num_rays * _CPU_S_PER_RAY / max(threads, 1) < _WORTHWHILE_S:
        return False
    return not cuda_problem()


def check_device(device: str) -> None:
    """Refuse a device that is not there, before any work is done for it.

    Raises
    ------
    ConfigError
        ``cuda`` where there is none, or an unknown word.
    """
    if device not in DEVICE_NAMES:
        raise ConfigError(f"The device {device!r} is unknown.", f"Choose one of {', '.join(DEVICE_NAMES)}.")
    problem = cuda_problem() if device == "cuda" else ""
    if problem:
        raise ConfigError(f"Occupancy cannot run on a GPU here: {problem}.", INSTALL)


def cuda_problem() -> str:
    """Why CUDA cannot be used, or nothing."""
    from numba import config

    if not (config.ENABLE_CUDASIM or _has_driver()):
        return "there is no NVIDIA driver"
    from numba import cuda

    if not cuda.is_available():
        return "numba finds no usable GPU, or no CUDA compiler (libNVVM)"
    return ""


def _has_driver() -> bool:
    """Whether the driver's own library can be loaded."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    if sys.platform == "darwin":
        return False
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
