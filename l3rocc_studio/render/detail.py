"""How much a layer draws."""

from __future__ import annotations

from enum import Enum


class Detail(Enum):
    """Coarse while something moves, full at rest."""

    COARSE = "coarse"
    FULL = "full"
