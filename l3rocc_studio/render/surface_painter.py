"""Draws voxels without a graphics library: films of small faces come many times faster than in its software."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.voxel_mesh import CORNER_SHADE, FACE_AXES, marked_grid
from l3rocc_studio.render.voxel_surface import VoxelSurface

SLACK_PX = 1e-6
EDGE_CORE_PX, EDGE_PX = 0.35, 1.15
"""Edges are darkest up to here from the border of a face, and end there."""
FloatArray = NDArray[np.float64]


@njit(cache=True, nogil=True, inline="always")
def _smoothstep(low: float, per_span: float, value: float) -> float:
    share = min(max((value - low) * per_span, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@njit(cache=True, nogil=True)
def _cells(indices: NDArray[np.int64], shape: tuple[int, int, int]) -> NDArray[np.uint32]:
    """Places (N, 3) in the grid of flat indices; without a sign, so that no place is counted from the end."""
    cells = np.empty((len(indices), 3), dtype=np.uint32)
    for position, index in enumerate(indices):
        rest, cells[position, 2] = divmod(np.int64(index), shape[2])
        cells[position, 0], cells[position, 1] = divmod(rest, shape[1])
    return cells


@njit(cache=True, nogil=True)
def _by_layer(layers: NDArray[np.uint32], num_layers: int, is_backwards: bool) -> NDArray[np.uint32]:
    """Positions (N,) in order of layers, those of a layer in order."""
    starts = np.zeros(num_layers + 1, dtype=np.int64)
    for layer in layers:
        starts[(num_layers - 1 - np.int64(layer) if is_backwards else np.int64(layer)) + 1] += 1
    starts = np.cumsum(starts)
    order = np.empty(len(layers), dtype=np.uint32)
    for position, layer in enumerate(layers):
        rank = num_layers - 1 - np.int64(layer) if is_backwards else np.int64(layer)
        order[starts[rank]] = position
        starts[rank] += 1
    return order


@njit(cache=True, nogil=True, inline="always")
def _measure_openness(
    solid: NDArray[np.uint8], near: NDArray[np.uint32], first: int, second: int, shades: FloatArray, result: FloatArray
) -> None:
    """Brightness of a face's corners, from the layer of cells before it; ``near`` is the one right before."""
    for corner in range(4):
        du, dv = 2 * (corner & 1) - 1, 2 * (corner >> 1) - 1
        near[first] += du
        beside_u = solid[near[0], near[1], near[2]]
        near[second] += dv
        across = solid[near[0], near[1], near[2]]
        near[first] -= du
        beside_v = solid[near[0], near[1], near[2]]
        near[second] -= dv
        result[corner] = shades[0] if beside_u and beside_v else shades[3 - (beside_u + beside_v + across)]


@njit(cache=True, nogil=True, inline="always")
def _bounds(
    places: FloatArray,
    cell: NDArray[np.uint32],
    axis: int,
    plane: int,
    spans: tuple[int, int],
    focal_px: float,
    near: float,
    result: FloatArray,
) -> bool:
    """Least and largest column and row of a face's corners from the middle; False if one is nearer than ``near``."""
    first, second = spans
    result[0], result[1], result[2], result[3] = np.inf, -np.inf, np.inf, -np.inf
    for corner in range(4):
        one, other = cell[first] + (corner & 1), cell[second] + (corner >> 1)
        z = places[axis, plane, 2] + places[first, one, 2] + places[second, other, 2]
        if z < near:
            return False
        scale = focal_px / z
        x = (places[axis, plane, 0] + places[first, one, 0] + places[second, other, 0]) * scale
        y = (places[axis, plane, 1] + places[first, one, 1] + places[second, other, 1]) * scale
        result[0], result[1] = min(result[0], x), max(result[1], x)
        result[2], result[3] = min(result[2], y), max(result[3], y)
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(
    lines: FloatArray,
    box: tuple[int, int, int, int],
    dark: float,
    px_per: tuple[float, float],
    tint: FloatArray,
    shades: FloatArray,
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> None:
    """Draw a face into its box of pixels. Rows of ``lines``: change by column, by row, and start of 1/z, u/z, v/z."""
    left, right, top, bottom = box
    has_opacity = picture.shape[2] == 4
    zx, ux, vx = lines[0, 0], lines[1, 0], lines[2, 0]
    # A little over the border, so that no gap is left between neighbours.
    before_u, after_u = -SLACK_PX * abs(ux), -SLACK_PX * abs(zx - ux)
    before_v, after_v = -SLACK_PX * abs(vx), -SLACK_PX * abs(zx - vx)
    ground, by_u, by_v = shades[0], shades[1] - shades[0], shades[2] - shades[0]
    by_both = shades[3] - shades[2] - by_u
    red, green, blue = tint[0], tint[1], tint[2]
    u_px, v_px = px_per
    zero, one, two, three = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
    for row in range(top, bottom + 1):
        z0, u0 = lines[0, 2] + lines[0, 1] * row, lines[1, 2] + lines[1, 1] * row
        v0 = lines[2, 2] + lines[2, 1] * row
        line, pixels = distances[row], picture[row]
        for col in range(np.uint64(left), np.uint64(right + 1)):
            at = np.float64(np.int64(col))
            per_z, u, v = z0 + zx * at, u0 + ux * at, v0 + vx * at
            if (u < before_u) | (v < before_v) | (per_z - u < after_u) | (per_z - v < after_v):
                continue
            z = 1.0 / per_z
            here = line[col]
            if (here > 0.0) & (z >= here):
                continue
            line[col] = z
            u, v = z * u, z * v
            shade = ground + by_u * u + by_v * v + by_both * u * v
            if dark > 0.0:
                to_edge_px = min(min(u, 1.0 - u) * u_px, min(v, 1.0 - v) * v_px)
                shade *= 1.0 - dark * (1.0 - _smoothstep(EDGE_CORE_PX, 1.0 / (EDGE_PX - EDGE_CORE_PX), to_edge_px))
            pixels[col, zero] = np.uint8(np.int32(shade * red + 0.5))
            pixels[col, one] = np.uint8(np.int32(shade * green + 0.5))
            pixels[col, two] = np.uint8(np.int32(shade * blue + 0.5))
            if has_opacity:
                pixels[col, three] = 255


@njit(cache=True, nogil=True, inline="always")
def _set_lines(
    layers: FloatArray,
    rays: FloatArray,
    axis: int,
    plane: int,
    spans: tuple[int, int],
    cells_away: tuple[float, float],
    lines: FloatArray,
) -> None:
    """Functions of the pixel for a face: 1/z, u/z, v/z; ``cells_away`` is how far the eye is past its lower ends."""
    for part in range(3):
        per_z = layers[axis, plane, part]
        lines[0, part] = per_z
        lines[1, part] = cells_away[0] * per_z + rays[spans[0], part]
        lines[2, part] = cells_away[1] * per_z + rays[spans[1], part]


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
def _px_per_cell(lines: FloatArray, line: int, z: float) -> float:
    """Pixels along u or v in the middle of a face, the way in which they change most slowly."""
    per_px = abs(lines[line, 0] - 0.5 * lines[0, 0]) + abs(lines[line, 1] - 0.5 * lines[0, 1])
    return 1.0 / max(z * per_px, 1e-6)


@njit(cache=True, nogil=True, error_model="numpy")
def _paint(
    solid: NDArray[np.uint8],
    cells: NDArray[np.uint32],
    groups: NDArray[np.uint8],
    palettes: FloatArray,
    layer_axis: int,
    order: NDArray[np.uint32],
    face_axes: NDArray[np.int64],
    away: FloatArray,
    layers: FloatArray,
    places: FloatArray,
    rays: FloatArray,
    focal_px: float,
    near_z: float,
    edge_strength: float,
    face_shades: FloatArray,
    corner_shades: FloatArray,
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> tuple[int, int, int, int]:
    """First and last column and row of the faces' boxes."""
    height, width = distances.shape
    first_col, last_col, first_row, last_row = width, -1, height, -1
    middle_x, middle_y = 0.5 * width - 0.5, 0.5 * height - 0.5
    near, shades, bounds = np.empty(3, dtype=np.uint32), np.empty(4), np.empty(4)
    lines, tint = np.empty((3, 3)), np.empty(3)
    for position in order:
        cell = cells[position]
        for axis in range(3):
            # Of two opposite faces the eye sees at most one.
            if away[axis, cell[axis]] < 0.0:
                side = 0
            elif away[axis, cell[axis] + 1] > 0.0:
                side = 1
            else:
                continue
            for other in range(3):
                near[other] = cell[other] + 1
            near[axis] += 2 * side - 1
            if solid[near[0], near[1], near[2]]:
                continue
            spans, plane = (face_axes[axis, 1], face_axes[axis, 2]), cell[axis] + side
            if not _bounds(places, cell, axis, plane, spans, focal_px, near_z, bounds):
                continue
            left, right = int(max(0.0, np.ceil(bounds[0] + middle_x))), int(min(width - 1.0, bounds[1] + middle_x))
            top, bottom = int(max(0.0, np.ceil(bounds[2] + middle_y))), int(min(height - 1.0, bounds[3] + middle_y))
            if left > right or top > bottom or bounds[1] + middle_x < 0.0 or bounds[3] + middle_y < 0.0:
                continue
            first, second = spans
            cells_away = (away[first, cell[first]], away[second, cell[second]])
            _set_lines(layers, rays, axis, plane, spans, cells_away, lines)
            z = places[axis, plane, 2] + 0.5 * (
                places[first, cell[first], 2]
                + places[first, cell[first] + 1, 2]
                + places[second, cell[second], 2]
                + places[second, cell[second] + 1, 2]
            )
            px_per = (_px_per_cell(lines, 1, z), _px_per_cell(lines, 2, z))
            dark = edge_strength * (1.0 - _smoothstep(0.15, 1.0 / 0.3, 1.0 / min(px_per[0], px_per[1])))
            _measure_openness(solid, near, first, second, corner_shades, shades)
            for channel in range(3):
                tint[channel] = face_shades[2 * axis + side] * palettes[groups[position], cell[layer_axis], channel]
            _fill(lines, (left, right, top, bottom), dark, px_per, tint, shades, picture, distances)
            first_col, last_col = min(first_col, left), max(last_col, right)
            first_row, last_row = min(first_row, top), max(last_row, bottom)
    return first_col, last_col, first_row, last_row


def paint_surface(
    surface: VoxelSurface,
    eye: Eye,
    edge_strength: float,
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> PixelBox | None:
    """Draw the faces of voxels that an eye sees into a picture, in place, with thin edges and soft corners.

    On a flat face 1/z, u/z and v/z are linear in the picture (J. Blinn, "Hyperbolic interpolation", 1992), and faces of
    one layer of the grid share 1/z. The nearest layers come first, so that little is drawn that something hides later.
    Corners are shaded as in :func:`l3rocc_studio.render.voxel_mesh.build_voxel_mesh`.

    Parameters
    ----------
    surface
        Voxels and their colours.
    eye
        Camera.
    edge_strength
        How dark the edges are, 0 for none.
    picture
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA.
    distances
        (H, W) float32, along the line of sight in the grid's unit; 0 where nothing is yet. Changed in place as well.

    Returns
    -------
    PixelBox or None
        What holds all that was drawn; None if nothing was.
    """
    grid, indices = surface.grid, np.ascontiguousarray(surface.voxels, dtype=np.int64)
    cells = _cells(indices[: surface.num_shown], grid.shape)
    away, layers, places = _tables(grid, eye, distances.shape)
    towards = int(np.abs(eye.axes[2]).argmax())
    order = _by_layer(cells[:, towards], grid.shape[towards], bool(eye.axes[2, towards] < 0))
    with marked_grid(indices, grid.shape) as solid:
        left, right, top, bottom = _paint(
            solid,
            cells,
            surface.groups,
            255.0 * surface.palettes.astype(np.float64),
            surface.layer_axis,
            order,
            FACE_AXES,
            away,
            layers,
            places,
            _rays(eye, distances.shape) / grid.voxel_size,
            eye.focal_px,
            eye.near,
            edge_strength,
            surface.face_shade.astype(np.float64),
            CORNER_SHADE.astype(np.float64),
            picture,
            distances,
        )
    if right < left or bottom < top:
        return None
    return PixelBox(left_px=left, top_px=top, width_px=right + 1 - left, height_px=bottom + 1 - top)


def _tables(grid: GridSpec, eye: Eye, size_px: tuple[int, ...]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of each plane of the grid along each axis, arrays that begin with (3, N).

    How many voxels the eye is past it; the function 1/z of the pixel on it; what it adds to a place as the eye sees it.
    """
    planes = np.asarray(grid.origin, dtype=np.float64)[:, None] + np.arange(max(grid.shape) + 1) * grid.voxel_size
    away = eye.position[:, None] - planes
    with np.errstate(divide="ignore", invalid="ignore"):
        layers = -_rays(eye, size_px)[:, None] / away[..., None]
    return away / grid.voxel_size, layers, -away[..., None] * eye.axes.T[:, None]


def _rays(eye: Eye, size_px: tuple[int, ...]) -> FloatArray:
    """(3, 3): for each axis of the grid its change by column, by row, and start along the lines of sight."""
    height, width = size_px
    by_col, by_row = eye.axes[0] / eye.focal_px, eye.axes[1] / eye.focal_px
    start = eye.axes[2] - by_col * (0.5 * width - 0.5) - by_row * (0.5 * height - 0.5)
    return np.stack([by_col, by_row, start], axis=1)
