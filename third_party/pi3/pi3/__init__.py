"""The π³ network: permutation-equivariant visual geometry, written anew from the published description."""

from __future__ import annotations

from pi3.config import TINY, Pi3Config
from pi3.model import Pi3, Pi3Output
from pi3.steps import StepSize
from pi3.weights import Pi3WeightsError

__all__ = ["TINY", "Pi3", "Pi3Config", "Pi3Output", "Pi3WeightsError", "StepSize"]
