"""The π³ network: permutation-equivariant visual geometry, written anew from the published description.

Names are imported when they are first used, so that ``pi3.edges`` and ``pi3.frames``, which are numpy alone, do not
load torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pi3.config import TINY, Pi3Config
    from pi3.model import Pi3, Pi3Output
    from pi3.steps import StepSize
    from pi3.weights import Pi3WeightsError

__all__ = ["TINY", "Pi3", "Pi3Config", "Pi3Output", "Pi3WeightsError", "StepSize"]

_HOMES = {
    "TINY": "pi3.config",
    "Pi3Config": "pi3.config",
    "Pi3": "pi3.model",
    "Pi3Output": "pi3.model",
    "StepSize": "pi3.steps",
    "Pi3WeightsError": "pi3.weights",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
