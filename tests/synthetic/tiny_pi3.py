"""A small π³ network whose weights depend on their names only: no file needed, the same everywhere."""

from __future__ import annotations

import math
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from pi3 import TINY, Pi3


def tiny_state() -> dict[str, torch.Tensor]:
    """Weights of every tensor of the tiny network, small enough that depths stay near one."""
    with torch.device("meta"):
        shapes = {name: tuple(tensor.shape) for name, tensor in Pi3(TINY).state_dict().items()}
    return {name: torch.from_numpy(_fill(name, shape)) for name, shape in shapes.items()}


def tiny_model() -> Pi3:
    """The network, ready to run."""
    with torch.device("meta"):
        model = Pi3(TINY)
    model.load_state_dict(tiny_state(), strict=True, assign=True)
    return model.eval().requires_grad_(False)


@cache
def tiny_weights() -> bytes:
    """The same as the bytes of a file."""
    return save(tiny_state())


def write_tiny_weights(path: Path) -> Path:
    """The same as a file."""
    path.write_bytes(tiny_weights())
    return path


def _fill(name: str, shape: tuple[int, ...]) -> np.ndarray:
    if name in ("image_mean", "image_std"):
        values = (0.485, 0.456, 0.406) if name == "image_mean" else (0.229, 0.224, 0.225)
        return np.array(values, np.float32).reshape(shape)
    noise = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))).uniform(-1, 1, shape).astype(np.float32)
    if name.endswith(".gamma"):
        return 0.2 + 0.05 * noise
    if name.endswith(".weight") and len(shape) == 1:
        return 1.0 + 0.1 * noise
    if name.endswith(".weight"):
        gain = 0.3 if name.startswith(("point_head", "conf_head")) else 1.5
        return noise * np.float32(gain / math.sqrt(math.prod(shape[1:])))
    return 0.2 * noise
