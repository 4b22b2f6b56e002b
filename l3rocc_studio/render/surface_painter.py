"""Draws voxels without a graphics library: films of small faces come many times faster than in its software."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render.cell_bits import Shape, Words, marked_words, places_of, words_a_row
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.face_planes import measure_faces
from l3rocc_studio.render.face_sheet import Sheet, clear_sheet, drawn_box, fill_faces, put_on
from l3rocc_studio.render.overlay import Veil
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.seen_faces import BATCH, CORNER_SHADES, UNSEEN, Faces, Sight, find_faces, no_faces
from l3rocc_studio.render.voxel_surface import VoxelSurface


@njit(cache=True, nogil=True)
def _draw(
    sheet: Sheet,
    sight: Sight,
    words: Words,
    shape: Shape,
    places: NDArray[np.uint32],
    rows: NDArray[np.uint32],
    shades: NDArray[np.float32],
    tints: NDArray[np.float32],
    along: tuple[Faces, Faces, Faces],
) -> None:
    """Draw the seen faces of as many voxels as ``rows`` says where in the tints their first face's is.

    ``along`` is room for faces along each axis.
    """
    per_row = words_a_row(shape)
    steps = (np.uint32(np.uint32(shape[1] + 2) * per_row), per_row)
    for begin in range(0, len(rows), BATCH):
        some = rows[begin : begin + BATCH]
        at = places[:, begin : begin + len(some)]
        counts = find_faces(words, steps, at, some, len(tints) // 6, sight.sides, along)
        for axis in range(3):
            measure_faces(along[axis], counts[axis], (axis, (axis + 1) % 3, (axis + 2) % 3), sight)
            fill_faces(sheet, along[axis], counts[axis], shades, tints)


def paint_surface(
    surface: VoxelSurface,
    eye: Eye,
    edge_strength: float,
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
    veil: Veil | None = None,
) -> PixelBox | None:
    """Draw the faces of voxels that an eye sees into a picture, in place, with thin edges and soft corners.

    Corners are shaded as in :func:`l3rocc_studio.render.voxel_mesh.build_voxel_mesh`. In whatever order voxels come,
    the picture is the same.

    Parameters
    ----------
    surface
        Voxels and their colours.
    eye
        Camera.
    edge_strength
        How dark the edges are, 0 for none.
    picture
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA, C order.
    distances
        (H, W) float32, along the line of sight in the grid's unit; 0 where nothing is yet. Changed in place as well.
    veil
        How the nearest faces are laid over what is there; None for solid ones.

    Returns
    -------
    PixelBox or None
        What holds all that was drawn; None if nothing was.
    """
    grid, num_shown = surface.grid, surface.num_shown
    height, width = distances.shape
    places = places_of(np.ascontiguousarray(surface.voxels, dtype=np.int32), grid.shape)
    groups, num_layers = surface.groups[:num_shown].astype(np.uint32), np.uint32(surface.palettes.shape[1])
    with marked_words(places, grid.shape) as words, clear_sheet((width, height)) as sheet:
        _draw(
            sheet,
            _sight(grid, eye, edge_strength, (width, height)),
            words,
            grid.shape,
            places,
            groups * num_layers + places[surface.layer_axis, :num_shown],
            CORNER_SHADES,
            _tints(surface),
            (no_faces(), no_faces(), no_faces()),
        )
        put_on(sheet, picture, distances, veil)
        return drawn_box(sheet)


def _tints(surface: VoxelSurface) -> NDArray[np.float32]:
    """(6 * G * layers, 3) RGB from 0 to 255 of the faces -x, +x, -y, +y, -z, +z."""
    faces = 255.0 * surface.face_shade.astype(np.float64).reshape(6, 1, 1)
    tints: NDArray[np.float64] = faces * surface.palettes.astype(np.float64).reshape(1, -1, 3)
    return tints.astype(np.float32).reshape(-1, 3)


def _sight(grid: GridSpec, eye: Eye, edge_strength: float, size_px: tuple[int, int]) -> Sight:
    """The camera in voxels from the grid's lower corner."""
    place = (eye.position - np.asarray(grid.origin, dtype=np.float64)) / grid.voxel_size
    planes = np.arange(max(grid.shape))
    by_col, by_row = eye.axes[0] / eye.focal_px, eye.axes[1] / eye.focal_px
    width, height = size_px
    start = eye.axes[2] - by_col * (0.5 * width - 0.5) - by_row * (0.5 * height - 0.5)
    is_before, is_past = place[:, None] < planes, place[:, None] > planes + 1
    return Sight(
        sides=np.where(is_before, 0, np.where(is_past, 1, UNSEEN)).astype(np.uint8),
        eye=place,
        rays=np.stack([by_col, by_row, start], axis=1) / grid.voxel_size,
        axes=np.ascontiguousarray(eye.axes * grid.voxel_size),
        focal_px=float(eye.focal_px),
        near=float(eye.near),
        edge_strength=float(edge_strength),
        size_px=size_px,
    )
