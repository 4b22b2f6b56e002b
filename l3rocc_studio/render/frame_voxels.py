"""What the occupancy panel draws of one frame, made ready; no renderer is touched, so any thread may do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.frame import FrameOccupancy
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.model.looks import OccupancyLook, VoxelShape
from l3rocc_studio.render.cell_bits import touching
from l3rocc_studio.render.cell_blocks import block_factor, block_shape, filled_blocks
from l3rocc_studio.render.colormaps import Rgb, rgb_from_hex
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.frame_counts import FrameCounts, count_voxels
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh, exposed
from l3rocc_studio.render.voxel_style import FACE_SHADE, VoxelStyle, history_of, layer_axis, layer_colors
from l3rocc_studio.render.voxel_surface import VoxelSurface, mesh_of, passing_surface

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run

MANY_LAYERS = 3
"""From so many on, cells that are no surface are drawn as larger blocks."""
HIDDEN_COLORS: dict[str, Rgb] = {
    "occluded": rgb_from_hex("#c98bdb"),
    "out_of_view": rgb_from_hex("#7f93b5"),
    "free": rgb_from_hex("#58b7a6"),
}
"""Colours of the layers that are no surface, by the engine's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelCubes:
    """Voxels to be drawn as a cube each: centres (N, 3) float32 in the grid's frame, colours (N, 4) uint8 RGBA."""

    centres: NDArray[np.float32]
    colors: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameVoxels:
    """One frame made ready.

    Attributes
    ----------
    mesh, cubes
        The surface in one form or the other.
    hidden
        Cells of the shown layers that are no surface, by the engine's names.
    counts
        How many there are.
    """

    mesh: VoxelMesh | None = None
    cubes: VoxelCubes | None = None
    hidden: dict[str, VoxelMesh] = field(default_factory=dict)
    counts: FrameCounts


def prepare_voxels_of(run: Run | GrowingRun, frame_idx: int, style: VoxelStyle) -> FrameVoxels:
    """Make a frame ready; tens of milliseconds, or a few where a coarse one shows nothing but its surface."""
    look, grid = style.look, run.occupancy.grid
    if style.detail is Detail.COARSE and not look.hidden_layers:
        surface, counts = passing_surface(run, frame_idx, style)
        return FrameVoxels(mesh=mesh_of(surface), counts=counts)
    frame = run.occupancy.frame(frame_idx)
    now = frame.occupied if look.has_visible else np.zeros(0, dtype=np.int32)
    has_past = look.has_history and style.detail is Detail.FULL
    past = _remembered(run, frame, look) if has_past else np.zeros(0, dtype=np.int32)
    surface = VoxelSurface(
        grid=grid,
        voxels=np.concatenate([now, past]),
        groups=np.repeat(np.array([0, 1], dtype=np.uint8), [len(now), len(past)]),
        palettes=layer_colors(grid, style),
        layer_axis=layer_axis(look),
    )
    are_cubes = look.shape is VoxelShape.CUBES and style.detail is Detail.FULL
    if style.detail is Detail.COARSE:
        surface, _ = passing_surface(run, frame_idx, style)
    return FrameVoxels(
        mesh=None if are_cubes else mesh_of(surface),
        cubes=_cubes(surface) if are_cubes else None,
        hidden=_hidden(run, frame, style),
        counts=replace(
            count_voxels(run, frame, num_remembered=len(past) if has_past else None),
            is_rough=style.detail is Detail.COARSE,
        ),
    )


def shown_voxels(run: Run, frame_idx: int, look: OccupancyLook) -> NDArray[np.int32]:
    """Flat indices of everything that is drawn as a surface in full detail: seen now, and remembered."""
    frame = run.occupancy.frame(frame_idx)
    now = frame.occupied if look.has_visible else np.zeros(0, dtype=np.int32)
    past = _remembered(run, frame, look) if look.has_history else np.zeros(0, dtype=np.int32)
    return np.concatenate([now, past])


def _cubes(surface: VoxelSurface) -> VoxelCubes:
    """Cubes of the voxels that anything of can be seen of."""
    grid, is_exposed = surface.grid, exposed(surface.voxels, surface.grid.shape)
    voxels, groups = surface.voxels[is_exposed], surface.groups[is_exposed]
    layers = np.unravel_index(voxels, grid.shape)[surface.layer_axis]
    rgba = np.full((len(voxels), 4), 255, dtype=np.uint8)
    rgba[:, :3] = np.round(255 * surface.palettes[groups, layers])
    return VoxelCubes(centres=grid.centres(voxels), colors=rgba)


def _remembered(run: Run | GrowingRun, frame: FrameOccupancy, look: OccupancyLook) -> NDArray[np.int32]:
    length, step = history_of(run, look)
    if length == 0:
        return np.zeros(0, dtype=np.int32)
    past = run.occupancy.history(frame.frame_idx, length, step)
    # The same surface, seen from elsewhere, falls into neighbouring voxels: drawn too, it would speckle it.
    return past[~touching(past, frame.occupied, run.occupancy.grid.shape)]


def _hidden(run: Run | GrowingRun, frame: FrameOccupancy, style: VoxelStyle) -> dict[str, VoxelMesh]:
    grid, in_view, seen = run.occupancy.grid, run.occupancy.in_view, frame.visible_packed
    # Bits of a large grid are tens of megabytes: only those of layers that are shown are worked out.
    bits: dict[str, Callable[[], NDArray[np.uint8]]] = {"free": lambda: seen}
    if in_view is not None:
        bits |= {"occluded": lambda: in_view & ~seen, "out_of_view": lambda: ~in_view}
    names = [name for name in style.look.hidden_layers if name in bits]
    without = {"free": frame.occupied}
    factor = block_factor(grid.shape) * (1 if style.detail is Detail.FULL else 2)
    if len(names) >= MANY_LAYERS:
        factor *= 2  # all outlines of so many would be too dense to tell them apart
    return {name: _blocks(bits[name](), without.get(name), grid, name, factor) for name in names}


def _blocks(
    packed: NDArray[np.uint8], without: NDArray[np.int32] | None, grid: GridSpec, name: str, factor: int
) -> VoxelMesh:
    shape = block_shape(grid.shape, factor)
    return build_voxel_mesh(
        filled_blocks(packed, grid.shape, factor, without=without),
        shape,
        origin=grid.origin,
        voxel_size=factor * grid.voxel_size,
        palettes=np.tile(np.array(HIDDEN_COLORS[name], dtype=np.float32), (1, shape[2], 1)),
        layer_axis=2,
        face_shade=FACE_SHADE,
    )
