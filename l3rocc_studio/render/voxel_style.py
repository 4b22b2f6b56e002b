"""How voxels look, apart from which frame they are of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.model.looks import OccupancyLook, VoxelColor
from l3rocc_studio.render.colormaps import PALETTES, Background, rgb_from_hex
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.voxel_canvas import Canvas

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run

FACE_SHADE = np.array([0.84, 0.84, 1.0, 0.66, 0.92, 0.78], dtype=np.float32)
"""Brightness of the faces -x, +x, -y, +y, -z, +z: light from above (-y) and from the viewer's side (-z)."""
HISTORY_FADE, HISTORY_FADE_ON_DARK = 0.6, 0.5
"""How far the colour of a remembered voxel goes towards the background."""
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
        What the frame is painted on instead of making meshes; None for meshes.
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


def history_of(run: Run | GrowingRun, look: OccupancyLook) -> tuple[int, int]:
    """How many past frames are remembered and how far apart: the look's choice, else the run's."""
    length = run.config.history_len if look.history_len is None else look.history_len
    return length, run.config.history_step if look.history_step is None else look.history_step


def layer_axis(look: OccupancyLook) -> int:
    """Along which axis of the grid the colour changes."""
    return 1 if look.color is VoxelColor.HEIGHT else 2


def layer_value_colors(style: VoxelStyle, values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Colours (N, 3) of depths, or of heights, as the look wants them."""
    look = style.look
    if look.color is VoxelColor.PLAIN:
        return np.tile(np.array(rgb_from_hex(look.plain_color), dtype=np.float32), (len(values), 1))
    near, far = style.height_span if look.color is VoxelColor.HEIGHT else style.depth_span
    return PALETTES[look.palette.value].colors(values, near=near, far=far)


def layer_colors(grid: GridSpec, style: VoxelStyle) -> NDArray[np.float32]:
    """(2, layers, 3) colours of the layers along :func:`layer_axis`: seen now, and remembered; not to be changed."""
    return _layer_colors(grid, replace(style, canvas=None))


@lru_cache(maxsize=8)
def _layer_colors(grid: GridSpec, style: VoxelStyle) -> NDArray[np.float32]:
    axis = layer_axis(style.look)
    at = grid.origin[axis] + (np.arange(grid.shape[axis]) + 0.5) * grid.voxel_size
    # The camera's y points down, and heights count upwards.
    now = layer_value_colors(style, -at if axis == 1 else at)
    backdrop = (np.asarray(style.background.bottom) + np.asarray(style.background.top)) / 2
    fade = HISTORY_FADE_ON_DARK if style.background.is_dark else HISTORY_FADE
    return np.stack([now, now + fade * (backdrop.astype(np.float32) - now)])
