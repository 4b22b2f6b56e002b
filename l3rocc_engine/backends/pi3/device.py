"""What this machine offers the network; torch is imported here only when asked."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

import psutil

from l3rocc_engine.backends.pi3.memory import Device

if TYPE_CHECKING:
    import torch

_CPU_TFLOPS_PER_CORE = {"float32": 0.09, "bfloat16": 0.2}
"""Measured on server cores of 2023, the latter with AMX; an estimate of time needs no more."""
_LEAST_SPEEDUP = 1.2
"""Well between the processors that gain and those that lose, so that a busy machine gives the same answer."""
_RACES = 3
_GPU_TFLOPS = {"float32": 15.0, "bfloat16": 60.0}


def best_device() -> Device:
    """The GPU if torch sees one, else the CPU."""
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        dtype = "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
        label = f"the GPU ({torch.cuda.get_device_name()})"
        return Device(
            kind="cuda", label=label, free_bytes=free, total_bytes=total, dtype=dtype, tflops=_GPU_TFLOPS[dtype]
        )
    cores = psutil.cpu_count(logical=False) or 1
    dtype = "bfloat16" if has_cpu_bfloat16() else "float32"
    memory = psutil.virtual_memory()
    return Device(
        kind="cpu",
        label=f"the processor ({torch.get_num_threads()} threads)",
        free_bytes=memory.available,
        total_bytes=memory.total,
        dtype=dtype,
        tflops=_CPU_TFLOPS_PER_CORE[dtype] * min(cores, torch.get_num_threads()),
    )


@cache
def has_cpu_bfloat16() -> bool:
    """Whether the processor computes faster in bfloat16 than in float32.

    With matrix units (AMX) it does. With AVX-512's dot products alone it depends on the maker: on the Intel processor
    at hand they run at half the rate of float32 (75 against 130 GFLOP a second and core), so there a race decides.
    """
    import torch

    if _has("_is_amx_tile_supported"):
        return True
    return _has("_is_avx512_bf16_supported") and race_seconds(torch.float32) > _LEAST_SPEEDUP * race_seconds(
        torch.bfloat16
    )


def _has(question: str) -> bool:
    """What torch says of the processor; older versions do not know every question."""
    import torch

    ask = getattr(torch.cpu, question, None)
    return ask is not None and bool(ask())


def race_seconds(dtype: torch.dtype) -> float:
    """Shortest of a few times that one linear of the network takes for some tokens; a tenth of a second in all."""
    import torch

    tokens, weight = torch.ones(256, 1024, dtype=dtype), torch.ones(4096, 1024, dtype=dtype)
    times = []
    with torch.inference_mode():
        for _ in range(_RACES):
            begin = time.perf_counter()
            torch.nn.functional.linear(tokens, weight)
            times.append(time.perf_counter() - begin)
    return min(times)
