"""What this machine offers the network; torch is imported here only when asked."""

from __future__ import annotations

import psutil

from l3rocc_engine.backends.pi3.memory import Device

_CPU_TFLOPS_PER_CORE = {"float32": 0.085, "bfloat16": 0.2}
"""Measured on server cores of 2023; an estimate of time needs no more."""
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
    """Whether the processor multiplies bfloat16 itself (AMX or AVX-512 BF16); emulated it is slower than float32."""
    import torch

    asked = (getattr(torch.cpu, name, None) for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"))
    return any(ask is not None and ask() for ask in asked)
