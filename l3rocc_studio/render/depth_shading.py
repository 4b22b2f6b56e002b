"""Soft shadows and outlines that depths alone give: they need no lights, no normals and no graphics card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Depths = NDArray[np.float32]
Shades = NDArray[np.float32]

PAIRS = 8
MAX_REACH_PX = 80.0
SHADOW_STRENGTH, SHADOW_BIAS = 0.8, 0.20
EDGE_STRENGTH, EDGE_TOLERANCE, EDGE_REACH_PX = 0.55, 0.012, 1
EDGE_FULL = 0.06
"""Step in depth, as a share of the depth, from which on an outline is as dark as it gets."""
_NOISE = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], dtype=np.float32) + 0.5) / 16.0
"""Bayer's ordered pattern, so that neighbours look in different directions and a blur of its size hides it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """What turns the depth buffer of a perspective picture into distances.

    Attributes
    ----------
    near, far
        Clipping range.
    focal_px
        Focal length in pixels.
    """

    near: float
    far: float
    focal_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shading:
    """How hollows are darkened, and what lies just behind an edge.

    Attributes
    ----------
    lens
        Of the picture.
    radius
        How far things darken each other, in the scene's unit.
    step
        Distance of the pixels that hollows are looked for at; the work goes with its square.
    """

    lens: Lens
    radius: float
    step: int = 2


@njit(cache=True, nogil=True, error_model="numpy")
def _to_distances(depth: Depths, near: np.float32, far: np.float32, span: np.float32, distances: Depths) -> None:
    for place in range(np.uint64(len(depth))):
        here = depth[place]
        distances[place] = near * far / (far - here * span) if here < np.float32(1.0) else np.float32(0.0)


def to_distances(depth: Depths, lens: Lens) -> Depths:
    """Distances (H, W) along the line of sight of a depth buffer in [0, 1]; 0 where nothing was drawn."""
    distances = np.empty(depth.shape, dtype=np.float32)
    near, far, span = np.float32(lens.near), np.float32(lens.far), np.float32(lens.far - lens.near)
    _to_distances(depth.reshape(-1), near, far, span, distances.reshape(-1))
    return distances


def _directions() -> NDArray[np.float32]:
    """(16, 3, PAIRS) share of the reach to the right and down, and its inverse, for each place in the pattern."""
    start = _NOISE.reshape(16, 1)
    pair = np.arange(PAIRS)
    angle = (pair + start) * (np.pi / PAIRS)
    # Every radius once, in an order that mixes near and far with the angle.
    reach = (pair * 5 % PAIRS + 0.5 + 0.5 * start) / (PAIRS + 0.5)
    return np.stack([reach * np.cos(angle), reach * np.sin(angle), 1.0 / reach], axis=1).astype(np.float32)


_DIRECTIONS = _directions()


@njit(cache=True, nogil=True, fastmath=True)
def _shadows(
    z: Depths,
    focal_px: np.float32,
    radius: np.float32,
    directions: NDArray[np.float32],
    max_reach_px: np.float32,
    bias: np.float32,
    result: Shades,
) -> None:
    height, width = z.shape
    one, half, zero = np.float32(1.0), np.float32(0.5), np.float32(0.0)
    # Added before the fraction is cut off, so that this rounds down on either side of zero.
    lift, lifted = np.float32(4096.5), np.int32(4096)
    limit, least = radius + radius, np.float32(3.0)
    flat, row_step = z.reshape(-1), np.int32(width)
    for row in range(height):
        rows_free = np.int32(min(row, height - 1 - row))
        for col in range(width):
            here = z[row, col]
            if here <= zero:
                result[row, col] = zero
                continue
            cols_free = np.int32(min(col, width - 1 - col))
            reach_px = min(max(radius * focal_px / here, least), max_reach_px)
            steepness = half * focal_px / (reach_px * here)
            table = directions[(row & 3) * 4 + (col & 3)]
            closed, at = zero, np.int32(row * width + col)
            # No branches, a known count, and indices without a sign: only then are all pairs taken at once.
            for pair in range(PAIRS):
                dx = np.int32(reach_px * table[0, pair] + lift) - lifted
                dy = np.int32(reach_px * table[1, pair] + lift) - lifted
                is_inside = (abs(dx) <= cols_free) & (abs(dy) <= rows_free)
                off = dy * row_step + dx if is_inside else np.int32(0)
                first, second = here - flat[np.uint64(at + off)], here - flat[np.uint64(at - off)]
                # Opposite samples cancel on a plane, however it is slanted; what is left is a hollow.
                steep = (first + second) * steepness * table[2, pair] - bias
                is_near = (abs(first) < limit) & (abs(second) < limit)
                closed += min(max(steep, zero), one) if is_near else zero
            result[row, col] = closed / np.float32(PAIRS)


@njit(cache=True, nogil=True)
def _add_near(
    line: Depths, other: Depths, raw: Shades, shift: int, radius: np.float32, total: Shades, weight: Shades
) -> None:
    """Add the shadows of another line's pixels, so far to the right, that are about as far away."""
    zero, one = np.float32(0.0), np.float32(1.0)
    first, last = np.uint64(max(-shift, 0)), np.uint64(len(line) - max(shift, 0))
    step = np.uint64(shift)
    for col in range(first, last):
        there = other[col + step]
        is_near = (there > zero) & (abs(there - line[col]) < radius)
        total[col] += raw[col + step] if is_near else zero
        weight[col] += one if is_near else zero


@njit(cache=True, nogil=True, error_model="numpy")
def _smooth_shadows(z: Depths, raw: Shades, radius: np.float32, strength: np.float32, result: Shades) -> None:
    height, width = z.shape
    total, weight = np.empty(width, dtype=np.float32), np.empty(width, dtype=np.float32)
    zero, one = np.float32(0.0), np.float32(1.0)
    for row in range(height):
        total[:], weight[:] = zero, zero
        for other in range(max(0, row - 2), min(height, row + 2)):
            for shift in range(-2, 2):
                _add_near(z[row], z[other], raw[other], shift, radius, total, weight)
        for col in range(width):
            shade = one - strength * total[col] / max(weight[col], one)
            result[row, col] = shade if z[row, col] > zero else one


def ambient_shadows(distances: Depths, shading: Shading) -> Shades:
    """How open the surroundings of each ``step``-th pixel are, 1 in the open and less in corners.

    Depth-only ambient obscurance: opposite pairs of samples around a pixel, so that planes stay bright at any slant
    (paired samples as in "Volumetric obscurance", Symposium on Interactive 3D Graphics, 2010).

    Parameters
    ----------
    distances
        (H, W) float32, 0 where nothing is.
    shading
        How.

    Returns
    -------
    numpy.ndarray
        (ceil(H/step), ceil(W/step)) float32 in [0, 1].
    """
    step, radius = shading.step, np.float32(shading.radius)
    sparse = np.ascontiguousarray(distances[::step, ::step])
    raw, result = np.empty_like(sparse), np.empty_like(sparse)
    focal_px, reach_px = np.float32(shading.lens.focal_px / step), np.float32(MAX_REACH_PX / step)
    _shadows(sparse, focal_px, radius, _DIRECTIONS, reach_px, np.float32(SHADOW_BIAS), raw)
    _smooth_shadows(sparse, raw, radius, np.float32(SHADOW_STRENGTH), result)
    return result


@njit(cache=True, nogil=True)
def spread_shades(shades: Shades, row: int, step: int, begin: int, end: int, plain: Shades) -> None:
    """Columns of a row of shades, of which one stands for ``step`` rows and columns."""
    sparse = np.uint64(row // step)
    for place in range(begin, begin + step):
        at = np.uint64(place)
        for col in range(np.uint64((end - place + step - 1) // step)):
            plain[at] = shades[sparse, col]
            at += np.uint64(step)


@njit(cache=True, nogil=True, error_model="numpy")
def light_row(
    distances: Depths, row: np.uint64, begin: np.uint64, end: np.uint64, plain: Shades, light: Shades
) -> None:
    """How light some columns of a row are, from 0 to 1: less in hollows, and just behind an edge.

    Parameters
    ----------
    distances
        (H, W) float32, 0 where nothing is.
    row, begin, end
        Which: first column and end; what is beyond them counts for nothing.
    plain
        (W,) as hollows make it.
    light
        (W,) where it goes; 1 where nothing is.
    """
    step = np.uint64(EDGE_REACH_PX)
    above, below = row - min(row, step), min(row + step, np.uint64(len(distances) - 1))
    zero, one, full = np.float32(0.0), np.float32(1.0), np.float32(EDGE_FULL)
    strength, tolerance = np.float32(EDGE_STRENGTH), np.float32(EDGE_TOLERANCE)
    for col in range(begin, end):
        light[col] = plain[col] if distances[row, col] > zero else one
    # Indices without a sign: only then does the compiler take many pixels at once. The border has no neighbours.
    for col in range(begin + step, max(end, step) - step):
        here, up, down = distances[row, col], distances[above, col], distances[below, col]
        left, right = distances[row, col - step], distances[row, col + step]
        up, down = up if up > zero else here, down if down > zero else here
        left, right = left if left > zero else here, right if right > zero else here
        nearest = min(up, down, left, right)
        # None where nothing is.
        fall = max(here - nearest, zero) / max(here, np.float32(1e-12))
        light[col] *= one - strength * min(max(fall - tolerance, zero) / full, one)
