"""The voxels of a frame that are drawn as one solid surface, without any mesh of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render.cell_bits import touching
from l3rocc_studio.render.cell_blocks import block_shape, touched_blocks
from l3rocc_studio.render.frame_counts import FrameCounts
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh
from l3rocc_studio.render.voxel_style import FACE_SHADE, VoxelStyle, history_of, layer_axis, layer_colors

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run

COARSE_VOXELS, COARSE_FACTOR = 25_000, 2
"""More voxels than this are drawn as blocks of so many an edge while something moves."""


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
    face_shade
        (6,) float32 brightness of the faces -x, +x, -y, +y, -z, +z.
    num_shown
        How many of the voxels, from the first on, are drawn where only those are painted; the others just hide the
        faces between. None for all.
    """

    grid: GridSpec
    voxels: NDArray[np.int32]
    groups: NDArray[np.uint8]
    palettes: NDArray[np.float32]
    layer_axis: int
    face_shade: NDArray[np.float32] = field(default_factory=lambda: FACE_SHADE)
    num_shown: int | None = None


def surface_of(run: Run | GrowingRun, frame_idx: int, style: VoxelStyle) -> VoxelSurface:
    """What a frame sees occupied and what is remembered of earlier ones; seen space stays packed."""
    look, grid = style.look, run.occupancy.grid
    seen = run.occupancy.occupied_indices(frame_idx)
    now, past = seen if look.has_visible else seen[:0], seen[:0]
    length, step = history_of(run, look)
    if look.has_history and length > 0:
        past = run.occupancy.history(frame_idx, length, step)
        past = past[~touching(past, seen, grid.shape)]
    return VoxelSurface(
        grid=grid,
        voxels=np.concatenate([now, past]),
        groups=np.repeat(np.array([0, 1], dtype=np.uint8), [len(now), len(past)]),
        palettes=layer_colors(grid, style),
        layer_axis=layer_axis(look),
    )


def passing_surface(run: Run | GrowingRun, frame_idx: int, style: VoxelStyle) -> tuple[VoxelSurface, FrameCounts]:
    """What is shown of a frame that passes by, and what was counted on the way.

    Many voxels become blocks of two an edge: half of the faces, and the same outline. Few are shown as they are, and
    where they are painted, which is quick, with what is remembered.
    """
    num_visible = len(run.occupancy.occupied_indices(frame_idx))
    if num_visible <= COARSE_VOXELS and style.canvas is not None:
        return resting_surface(run, frame_idx, style)
    surface = surface_of(run, frame_idx, replace(style, look=replace(style.look, has_history=False)))
    counts = FrameCounts(visible=num_visible, is_rough=True)
    return (surface if num_visible <= COARSE_VOXELS else _in_blocks(surface)), counts


def resting_surface(run: Run | GrowingRun, frame_idx: int, style: VoxelStyle) -> tuple[VoxelSurface, FrameCounts]:
    """What is shown of a frame that stays, and what was counted on the way."""
    surface = surface_of(run, frame_idx, style)
    return surface, FrameCounts(
        visible=len(run.occupancy.occupied_indices(frame_idx)),
        remembered=int(np.count_nonzero(surface.groups)) if style.look.has_history else None,
        is_rough=True,
    )


def _in_blocks(surface: VoxelSurface) -> VoxelSurface:
    grid, axis = surface.grid, surface.layer_axis
    shape = block_shape(grid.shape, COARSE_FACTOR)
    size = COARSE_FACTOR * grid.voxel_size
    x0, y0, z0 = grid.pc_range[:3]
    voxels = touched_blocks(surface.voxels, grid.shape, COARSE_FACTOR).astype(np.int32)
    layers = np.minimum(np.arange(shape[axis]) * COARSE_FACTOR, grid.shape[axis] - 1)
    return VoxelSurface(
        # The last blocks may stand out of the range.
        grid=GridSpec(
            pc_range=(x0, y0, z0, x0 + shape[0] * size, y0 + shape[1] * size, z0 + shape[2] * size), voxel_size=size
        ),
        voxels=voxels,
        groups=np.zeros(len(voxels), dtype=np.uint8),
        palettes=surface.palettes[:, layers],
        layer_axis=axis,
    )


def mesh_of(surface: VoxelSurface) -> VoxelMesh:
    """The same as faces for a graphics library."""
    return build_voxel_mesh(
        surface.voxels,
        surface.grid.shape,
        origin=surface.grid.origin,
        voxel_size=surface.grid.voxel_size,
        palettes=surface.palettes,
        layer_axis=surface.layer_axis,
        face_shade=surface.face_shade,
        groups=surface.groups,
    )
