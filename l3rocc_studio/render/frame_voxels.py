"""What the occupancy panel draws of one frame, made ready; no renderer is touched, so any thread may do it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.frame import FrameOccupancy
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.model.looks import OccupancyLook, VoxelColor, VoxelShape
from l3rocc_studio.render.cell_blocks import block_factor, block_shape, filled_blocks, touched_blocks
from l3rocc_studio.render.colormaps import PALETTES, Background, Rgb, rgb_from_hex
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.frame_counts import FrameCounts, count_voxels
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh, exposed, touching
from l3rocc_studio.render.voxel_sketch import Canvas

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run

FACE_SHADE = np.array([0.84, 0.84, 1.0, 0.66, 0.92, 0.78], dtype=np.float32)
"""Brightness of the faces -x, +x, -y, +y, -z, +z: light from above (-y) and from the viewer's side (-z)."""
HISTORY_FADE, HISTORY_FADE_ON_DARK = 0.6, 0.5
"""How far the colour of a remembered voxel goes towards the background."""
COARSE_VOXELS, COARSE_FACTOR = 25_000, 2
"""More voxels than this are drawn as blocks of so many an edge while something moves."""
HIDDEN_COLORS: dict[str, Rgb] = {
    "occluded": rgb_from_hex("#c98bdb"),
    "out_of_view": rgb_from_hex("#7f93b5"),
    "free": rgb_from_hex("#58b7a6"),
}
"""Colours of the layers that are no surface, by the engine's names."""
Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelStyle:
    """Everything but the frame that its meshes depend on.

    Attributes
    ----------
    look
        With what no mesh depends on set to the usual; see :func:`mesh_look`.
    detail
        How much to draw.
    depth_span, height_span
        Ends of the colour scales, in the grid's unit.
    background
        What remembered voxels fade into.
    canvas
        What a coarse frame is painted on besides; None for nothing.
    """

    look: OccupancyLook
    detail: Detail
    depth_span: Span
    height_span: Span
    background: Background
    canvas: Canvas | None = None


def mesh_look(look: OccupancyLook) -> OccupancyLook:
    """A look without what changes no mesh, so that meshes are not made anew for it."""
    usual = OccupancyLook()
    return replace(
        look,
        edge_strength=usual.edge_strength,
        has_box=usual.has_box,
        has_camera=usual.has_camera,
        has_legend=usual.has_legend,
        hidden_style=usual.hidden_style,
        backdrop=usual.backdrop,
    )


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
        return _prepare_surface(run, frame_idx, style)
    frame = run.occupancy.frame(frame_idx)
    now = frame.occupied if look.has_visible else np.zeros(0, dtype=np.int32)
    past = _remembered(run, frame, look, style.detail)
    voxels = np.concatenate([now, past])
    groups = np.repeat(np.array([0, 1], dtype=np.uint8), [len(now), len(past)])
    are_cubes = look.shape is VoxelShape.CUBES and style.detail is Detail.FULL
    layer_axis = _layer_axis(look)
    colors = layer_colors(grid, style, layer_axis)
    if style.detail is Detail.COARSE:
        mesh: VoxelMesh | None = _coarse_mesh(now, grid, colors, layer_axis)
    else:
        mesh = None if are_cubes else _mesh(voxels, groups, grid, colors, layer_axis)
    return FrameVoxels(
        mesh=mesh,
        cubes=_cubes(voxels, groups, grid, colors, layer_axis) if are_cubes else None,
        hidden=_hidden(run, frame, style),
        counts=count_voxels(run, frame, num_remembered=len(past)),
    )


def _prepare_surface(run: Run | GrowingRun, frame_idx: int, style: VoxelStyle) -> FrameVoxels:
    """The coarse surface of a frame, whose space stays packed."""
    look, grid = style.look, run.occupancy.grid
    occupied = run.occupancy.occupied_indices(frame_idx)
    layer_axis = _layer_axis(look)
    shown = occupied if look.has_visible else occupied[:0]
    mesh = _coarse_mesh(shown, grid, layer_colors(grid, style, layer_axis), layer_axis)
    return FrameVoxels(mesh=mesh, counts=FrameCounts(visible=len(occupied), is_rough=True))


def _layer_axis(look: OccupancyLook) -> int:
    """Along which axis of the grid the colour changes."""
    return 1 if look.color is VoxelColor.HEIGHT else 2


def shown_voxels(run: Run, frame_idx: int, look: OccupancyLook) -> NDArray[np.int32]:
    """Flat indices of everything that is drawn as a surface in full detail: seen now, and remembered."""
    frame = run.occupancy.frame(frame_idx)
    now = frame.occupied if look.has_visible else np.zeros(0, dtype=np.int32)
    return np.concatenate([now, _remembered(run, frame, look, Detail.FULL)])


def layer_value_colors(style: VoxelStyle, values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Colours (N, 3) of depths, or of heights, as the look wants them."""
    look = style.look
    if look.color is VoxelColor.PLAIN:
        return np.tile(np.array(rgb_from_hex(look.plain_color), dtype=np.float32), (len(values), 1))
    near, far = style.height_span if look.color is VoxelColor.HEIGHT else style.depth_span
    return PALETTES[look.palette.value].colors(values, near=near, far=far)


def layer_colors(grid: GridSpec, style: VoxelStyle, axis: int) -> NDArray[np.float32]:
    """(2, layers, 3) colours of the layers along an axis: seen now, and remembered."""
    at = grid.origin[axis] + (np.arange(grid.shape[axis]) + 0.5) * grid.voxel_size
    # The camera's y points down, and heights count upwards.
    now = layer_value_colors(style, -at if axis == 1 else at)
    backdrop = (np.asarray(style.background.bottom) + np.asarray(style.background.top)) / 2
    fade = HISTORY_FADE_ON_DARK if style.background.is_dark else HISTORY_FADE
    return np.stack([now, now + fade * (backdrop.astype(np.float32) - now)])


def _mesh(
    voxels: NDArray[np.int32],
    groups: NDArray[np.uint8],
    grid: GridSpec,
    colors: NDArray[np.float32],
    layer_axis: int,
) -> VoxelMesh:
    return build_voxel_mesh(
        voxels,
        grid.shape,
        origin=grid.origin,
        voxel_size=grid.voxel_size,
        palettes=colors,
        layer_axis=layer_axis,
        face_shade=FACE_SHADE,
        groups=groups,
    )


def _coarse_mesh(voxels: NDArray[np.int32], grid: GridSpec, colors: NDArray[np.float32], layer_axis: int) -> VoxelMesh:
    """Blocks of two voxels an edge where there are many: a third of the faces, and the same outline."""
    if len(voxels) <= COARSE_VOXELS:
        return _mesh(voxels, np.zeros(len(voxels), dtype=np.uint8), grid, colors, layer_axis)
    shape = block_shape(grid.shape, COARSE_FACTOR)
    layers = np.minimum(np.arange(shape[layer_axis]) * COARSE_FACTOR, grid.shape[layer_axis] - 1)
    return build_voxel_mesh(
        touched_blocks(voxels, grid.shape, COARSE_FACTOR),
        shape,
        origin=grid.origin,
        voxel_size=COARSE_FACTOR * grid.voxel_size,
        palettes=colors[:, layers],
        layer_axis=layer_axis,
        face_shade=FACE_SHADE,
    )


def _cubes(
    voxels: NDArray[np.int32],
    groups: NDArray[np.uint8],
    grid: GridSpec,
    colors: NDArray[np.float32],
    layer_axis: int,
) -> VoxelCubes:
    """Cubes of the voxels that anything of can be seen of."""
    is_exposed = exposed(voxels, grid.shape)
    voxels, groups = voxels[is_exposed], groups[is_exposed]
    layers = np.unravel_index(voxels, grid.shape)[layer_axis]
    rgba = np.full((len(voxels), 4), 255, dtype=np.uint8)
    rgba[:, :3] = np.round(255 * colors[groups, layers])
    return VoxelCubes(centres=grid.centres(voxels), colors=rgba)


def history_of(run: Run | GrowingRun, look: OccupancyLook) -> tuple[int, int]:
    """How many past frames are remembered and how far apart: the look's choice, else the run's."""
    length = run.config.history_len if look.history_len is None else look.history_len
    return length, run.config.history_step if look.history_step is None else look.history_step


def _remembered(run: Run | GrowingRun, frame: FrameOccupancy, look: OccupancyLook, detail: Detail) -> NDArray[np.int32]:
    length, step = history_of(run, look)
    if not look.has_history or detail is Detail.COARSE or length == 0:
        return np.zeros(0, dtype=np.int32)
    past = run.occupancy.history(frame.frame_idx, length, step)
    # The same surface, seen from elsewhere, falls into neighbouring voxels: drawn too, it would speckle it.
    return past[~touching(past, frame.occupied, run.occupancy.grid.shape)]


def _hidden(run: Run | GrowingRun, frame: FrameOccupancy, style: VoxelStyle) -> dict[str, VoxelMesh]:
    grid, in_view, seen = run.occupancy.grid, run.occupancy.in_view, frame.visible_packed
    bits = {"free": seen}
    if in_view is not None:
        bits |= {"occluded": in_view & ~seen, "out_of_view": ~in_view}
    names = [name for name in style.look.hidden_layers if name in bits]
    without = {"free": frame.occupied}
    return {name: _blocks(bits[name], without.get(name), grid, name, style.detail) for name in names}


def _blocks(
    packed: NDArray[np.uint8], without: NDArray[np.int32] | None, grid: GridSpec, name: str, detail: Detail
) -> VoxelMesh:
    factor = block_factor(grid.shape) * (1 if detail is Detail.FULL else 2)
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
