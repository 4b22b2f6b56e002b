"""Names of the scales of colour; ``render.colormaps`` has their colours."""

from __future__ import annotations

from enum import Enum


class PaletteName(Enum):
    """A scale from low to high, or from near to far."""

    MORANDI = "morandi"
    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    MAGMA = "magma"
    TURBO = "turbo"
    GREY = "grey"
