"""Reading a checkpoint: strictly, memory-mapped, and with words for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

_SHOWN = 5


class Pi3WeightsError(ValueError):
    """The file is not a complete checkpoint of this network."""


def load_strictly(
    model: nn.Module, path: str | PathLike[str], device: torch.device, dtypes: Mapping[str, torch.dtype]
) -> None:
    """Give a model on the meta device the tensors of a file, one by one, without a second copy of them all.

    Parameters
    ----------
    model
        On the meta device.
    path
        A safetensors file.
    device, dtypes
        Where the tensors go, and as what; those not named keep the file's dtype.

    Raises
    ------
    Pi3WeightsError
        If the file is missing or damaged, or names and shapes are not exactly the model's.
    """
    path = Path(path)
    if not path.is_file():
        raise Pi3WeightsError(f"There is no weights file {path}.")
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            found = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            _compare(path, wanted, found)
            state: dict[str, Tensor] = {name: _converted(file.get_tensor(name), dtypes.get(name)) for name in wanted}
    except (SafetensorError, OSError) as error:
        raise Pi3WeightsError(f"{path} is damaged or not a safetensors file: {error}.") from error
    model.load_state_dict(state, strict=True, assign=True)


def _converted(tensor: Tensor, dtype: torch.dtype | None) -> Tensor:
    return tensor if dtype is None else tensor.to(dtype)


def _compare(path: Path, wanted: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]) -> None:
    missing = sorted(wanted.keys() - found.keys())
    unexpected = sorted(found.keys() - wanted.keys())
    reshaped = sorted(name for name in wanted.keys() & found.keys() if wanted[name] != found[name])
    problems = [
        f"{len(names)} {what} ({', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''})"
        for what, names in (("missing", missing), ("unexpected", unexpected), ("of another shape", reshaped))
        if names
    ]
    if problems:
        raise Pi3WeightsError(f"{path} holds another model's weights: tensors {'; '.join(problems)}.")
