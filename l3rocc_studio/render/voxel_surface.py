"""The voxels of a frame that are drawn as one solid surface, without any mesh of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.run import Run
from l3rocc_studio.model.looks import VoxelColor
from l3rocc_studio.render.frame_voxels import VoxelStyle, history_of, layer_colors
from l3rocc_studio.render.voxel_mesh import touching


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelSurface:
    """Voxels and their colours, for :func:`l3rocc_studio.render.surface_painter.paint_surface`.

    Attributes
    ----------
    grid
        Where they are.
    voxels
        (N,) flat C-order indices, each at most once.
    groups
        (N,) uint8, the palette of each.
    palettes
        (G, layers, 3) float32 RGB in [0, 1], a colour for each layer of the grid.
    layer_axis
        Axis along which the colour changes.
    """

    grid: GridSpec
    voxels: NDArray[np.int32]
    groups: NDArray[np.uint8]
    palettes: NDArray[np.float32]
    layer_axis: int


def surface_of(run: Run, frame_idx: int, style: VoxelStyle) -> VoxelSurface:
    """What a frame sees occupied and what is remembered of earlier ones; seen space stays packed."""
    look, grid = style.look, run.occupancy.grid
    seen = run.occupancy.occupied_indices(frame_idx)
    now, past = seen if look.has_visible else seen[:0], seen[:0]
    length, step = history_of(run, look)
    if look.has_history and length > 0:
        past = run.occupancy.history(frame_idx, length, step)
        past = past[~touching(past, seen, grid.shape)]
    layer_axis = 1 if look.color is VoxelColor.HEIGHT else 2
    return VoxelSurface(
        grid=grid,
        voxels=np.concatenate([now, past]),
        groups=np.repeat(np.array([0, 1], dtype=np.uint8), [len(now), len(past)]),
        palettes=layer_colors(grid, style, layer_axis),
        layer_axis=layer_axis,
    )
