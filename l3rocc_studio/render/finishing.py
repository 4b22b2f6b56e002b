"""The last steps of a drawn picture in one: hollows and what is behind edges are darkened, and stairs softened."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.depth_shading import Depths, Shades, Shading, ambient_shadows, light_row, spread_shades
from l3rocc_studio.render.edge_smoothing import BLOCK, LEAST_CONTRAST, NUM_WEIGHTS, soften_row
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.pixel_planes import (
    Plane,
    Planes,
    darken,
    join_rgb,
    join_rgba,
    split_rgb,
    split_rgba,
    weigh_rgb,
    weigh_rgba,
)

_NO_SHADES = np.zeros((0, 0), dtype=np.float32)


@njit(cache=True, nogil=True)
def _read(
    picture: Plane, row: np.uint64, begin: np.uint64, end: np.uint64, light: Shades, planes: Planes, slot: np.uint64
) -> None:
    """Take pixels apart, darken them, and work out how bright they are."""
    has_opacity = planes.shape[1] == 5
    if has_opacity:
        split_rgba(picture, row, begin, end, planes, slot)
    else:
        split_rgb(picture, row, begin, end, planes, slot)
    if len(light):
        for channel in range(np.uint64(3)):
            darken(planes, slot, channel, begin, end, light)
    if has_opacity:
        weigh_rgba(planes, slot, begin, end)
    else:
        weigh_rgb(planes, slot, begin, end)


@njit(cache=True, nogil=True)
def _finish(
    picture: Plane,
    distances: Depths,
    shades: Shades,
    step: int,
    least_contrast: int,
    columns: tuple[int, int],
    num_channels: int,
    target: Plane,
) -> None:
    """Finish some columns of a picture (H, C * W), into another or the same one."""
    height, begin, end = np.uint64(len(picture)), np.uint64(columns[0]), np.uint64(columns[1])
    whole, has_shades = -(-columns[1] // BLOCK) * BLOCK, len(shades) > 0
    # Three rows and the softened one, with a pixel beyond each end.
    planes, one, three = np.zeros((4, num_channels + 1, whole + 2), np.uint8), np.uint64(1), np.uint64(3)
    is_edge, weights = np.zeros(whole, np.bool_), np.empty(NUM_WEIGHTS, np.float32)
    marks = is_edge.view(np.uint64)
    plain = np.empty(whole if has_shades else 0, np.float32)
    light = np.empty_like(plain)
    for row in range(height + one):
        if row < height:
            if has_shades and row % np.uint64(step) == 0:
                spread_shades(shades, row, step, columns[0], columns[1], plain)
            if has_shades:
                light_row(distances, row, begin, end, plain, light)
            _read(picture, row, begin, end, light, planes, row % three)
        if row > 0:
            # Only now, so that the target may be the same picture.
            done = row - one
            rows = ((done + np.uint64(2)) % three, done % three, row % three)
            has_neighbours = (done > 0) & (row < height)
            soften_row(planes, rows, (begin, end), has_neighbours, least_contrast, is_edge, marks, weights, three)
            if num_channels == 4:
                join_rgba(planes, three, begin, end, target, done)
            else:
                join_rgb(planes, three, begin, end, target, done)


def finish_part(
    picture: NDArray[np.uint8],
    distances: Depths,
    box: PixelBox,
    shading: Shading | None,
    least_contrast: int,
    target: NDArray[np.uint8],
) -> None:
    """Finish a part of a picture as if it were all there is.

    Parameters
    ----------
    picture
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity, C order.
    distances
        (H, W) float32 along the line of sight, 0 where nothing is.
    box
        The part.
    shading
        How hollows and what is behind edges are darkened; None for not at all.
    least_contrast
        Edges that differ by less in brightness, from 0 to 255, are not softened.
    target
        Where it goes, at the same place; another picture of that size, or the same.
    """
    height, width, channels = picture.shape
    flat = (height, width * channels)
    shades, step = _NO_SHADES, 1
    if shading is not None:
        shades, step = ambient_shadows(distances[box.rows, box.columns], shading), shading.step
    columns = (box.columns.start, box.columns.stop)
    rows, of_target = picture.reshape(flat)[box.rows], target.reshape(flat)[box.rows]
    _finish(rows, distances[box.rows], shades, step, least_contrast, columns, channels, of_target)


def finish_picture(
    picture: NDArray[np.uint8], distances: Depths, shading: Shading | None, least_contrast: int = LEAST_CONTRAST
) -> None:
    """Finish all of a picture, in place; see :func:`finish_part`."""
    height, width, _ = picture.shape
    box = PixelBox(left_px=0, top_px=0, width_px=width, height_px=height)
    finish_part(picture, distances, box, shading, least_contrast, picture)


def smooth_edges(picture: NDArray[np.uint8], least_contrast: int = LEAST_CONTRAST) -> NDArray[np.uint8]:
    """The picture with softened stairs; see :func:`finish_part`."""
    result = np.ascontiguousarray(picture).copy()
    finish_picture(result, np.zeros((0, 0), dtype=np.float32), None, least_contrast)
    return result
