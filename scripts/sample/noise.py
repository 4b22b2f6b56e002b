"""Smooth random fields, the raw material of the procedural textures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Field = NDArray[np.float32]


def smooth_noise(shape: tuple[int, int], cell_px: tuple[float, float], rng: np.random.Generator) -> Field:
    """Band-limited noise (H, W) float32 with unit variance; features are about ``cell_px`` (rows, columns) large."""
    rows = np.arange(shape[0]) / cell_px[0] + 1.5
    columns = np.arange(shape[1]) / cell_px[1] + 1.5
    lattice = rng.standard_normal((int(rows[-1]) + 4, int(columns[-1]) + 4))
    grid = np.meshgrid(rows, columns, indexing="ij")
    field = map_coordinates(lattice, grid, order=3, prefilter=False, mode="nearest")
    return (field / field.std()).astype(np.float32)


def fractal_noise(
    shape: tuple[int, int],
    cell_px: tuple[float, float],
    rng: np.random.Generator,
    *,
    octaves: int = 5,
    gain: float = 0.6,
) -> Field:
    """Sum of noises (H, W) float32, each octave half as large and ``gain`` times as strong; unit variance."""
    total = np.zeros(shape, dtype=np.float32)
    weight, size = 1.0, cell_px
    for _ in range(octaves):
        total += weight * smooth_noise(shape, size, rng)
        weight *= gain
        size = (max(1.0, size[0] / 2), max(1.0, size[1] / 2))
    return total / total.std()


def mix(a: NDArray[np.floating], b: NDArray[np.floating], share: NDArray[np.floating] | float) -> NDArray[np.float32]:
    """Colours (..., 3) between ``a`` (share 0) and ``b`` (share 1)."""
    weight = np.clip(np.asarray(share, dtype=np.float32), 0.0, 1.0)
    weight = weight[..., None] if weight.ndim == 2 else weight
    return (np.asarray(a) * (1 - weight) + np.asarray(b) * weight).astype(np.float32)


def smooth_step(low: float, high: float, values: NDArray[np.floating]) -> Field:
    """Cubic ramp from 0 at ``low`` to 1 at ``high``."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return (t * t * (3 - 2 * t)).astype(np.float32)
