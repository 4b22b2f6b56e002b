"""What this machine offers the network; torch is imported here only when asked."""

from __future__ import annotations

import psutil

from l3rocc_engine.backends.pi3.memory import Device

_CPU_TFLOPS_PER_CORE = {"float32": 0.09, "bfloat16": 0.2}
"""Measured on server cores of 2023, the latter with AMX; an estimate of time needs no more."""
_GPU_TFLOPS = {"float32": 15.0, "bfloat16": 60.0}


def best_device() -> Device:
    """The GPU if torch sees one, else the CPU."""
    import torch

    if torch.cuda.is_available():
        free, _total = torch.cuda.mem_get_info()
        dtype = "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
        label = f"the GPU ({torch.cuda.get_device_name()})"
        return Device(kind="cuda", label=label, free_bytes=free, dtype=dtype, tflops=_GPU_TFLOPS[dtype])
    cores = psutil.cpu_count(logical=False) or 1
    dtype = "bfloat16" if has_cpu_bfloat16() else "float32"
    return Device(
        kind="cpu",
        label=f"the processor ({torch.get_num_threads()} threads)",
        free_bytes=psutil.virtual_memory().available,
        dtype=dtype,
        tflops=_CPU_TFLOPS_PER_CORE[dtype] * min(cores, torch.get_num_threads()),
    )


def has_cpu_bfloat16() -> bool:
    """Whether the processor has matrix units for bfloat16 (AMX).

    AVX-512's bfloat16 dot products alone do not count: measured on such a processor, linears ran at 69 GFLOP a second
    and core in bfloat16 against 117 in float32, attention at 61 against 96.
    """
    import torch

    ask = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return ask is not None and bool(ask())
