"""A view of the occupancy without its voxels, and with them: what threads paint on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.render.eye import Eye


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Canvas:
    """A view of the occupancy without its voxels; every canvas is different from every other.

    Attributes
    ----------
    color
        (H, W, 3) uint8 RGB.
    distances
        (H, W) float32, along the line of sight in the grid's unit; 0 where nothing is.
    eye
        Where it is seen from.
    edge_strength
        How dark the edges of voxels are on it, 0 for none.
    """

    color: NDArray[np.uint8]
    distances: NDArray[np.float32]
    eye: Eye
    edge_strength: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """A canvas with voxels on it; ``color`` is (H, W, 3) uint8 RGB."""

    canvas: Canvas
    color: NDArray[np.uint8]
