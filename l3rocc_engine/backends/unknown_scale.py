"""What every backend does where nothing tells the size of the scene."""

from __future__ import annotations

MEDIAN_DEPTH = 2.0
"""Model units at the median depth, so that a grid of a few units shows the scene."""
UNKNOWN_SCALE_NOTE = (
    "The size of the scene is not known: distances are relative, with the typical depth set to 2 units. "
    "Set a scale to get metres."
)
