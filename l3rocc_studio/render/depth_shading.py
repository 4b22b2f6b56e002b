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


@njit(cache=True, nogil=True, error_model="numpy")
def _to_depths(distances: Depths, start: np.float32, slope: np.float32, depth: Depths) -> None:
    for place in range(np.uint64(len(depth))):
        here = distances[place]
        depth[place] = start - slope / here if here > np.float32(0.0) else np.float32(1.0)


def to_depths(distances: Depths, lens: Lens) -> Depths:
    """The depth buffer (H, W) in [0, 1] of distances along the line of sight; 1 where they are 0."""
    depth, start = np.empty(distances.shape, dtype=np.float32), lens.far / (lens.far - lens.near)
    _to_depths(distances.reshape(-1), np.float32(start), np.float32(lens.near * start), depth.reshape(-1))
    return depth


def _directions() -> NDArray[np.float32]:
    """(16, PAIRS, 3) cosine, sine and share of the reach, for each place in the pattern."""
    start = _NOISE.reshape(16, 1)
    pair = np.arange(PAIRS)
    angle = (pair + start) * (np.pi / PAIRS)
    # Every radius once, in an order that mixes near and far with the angle.
    reach = (pair * 5 % PAIRS + 0.5 + 0.5 * start) / (PAIRS + 0.5)
    return np.stack([np.cos(angle), np.sin(angle), reach], axis=2).astype(np.float32)


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
    limit = radius + radius
    num_pairs = directions.shape[1]
    for row in range(height):
        for col in range(width):
            here = z[row, col]
            if here <= zero:
                result[row, col] = zero
                continue
            reach_px = min(max(radius * focal_px / here, np.float32(3.0)), max_reach_px)
            table = directions[(row & 3) * 4 + (col & 3)]
            closed = zero
            for pair in range(num_pairs):
                out_px = reach_px * table[pair, 2]
                dx, dy = int(np.floor(out_px * table[pair, 0] + half)), int(np.floor(out_px * table[pair, 1] + half))
                y1, x1, y2, x2 = row + dy, col + dx, row - dy, col - dx
                if min(y1, y2) < 0 or min(x1, x2) < 0 or max(y1, y2) >= height or max(x1, x2) >= width:
                    continue
                first, second = here - z[y1, x1], here - z[y2, x2]
                # Opposite samples cancel on a plane, however it is slanted; what is left is a hollow.
                if abs(first) < limit and abs(second) < limit:
                    steep = half * (first + second) * focal_px / (out_px * here) - bias
                    closed += min(max(steep, zero), one)
            result[row, col] = closed / np.float32(num_pairs)


@njit(cache=True, nogil=True)
def _smooth_shadows(z: Depths, raw: Shades, radius: np.float32, strength: np.float32, result: Shades) -> None:
    height, width = z.shape
    for row in range(height):
        for col in range(width):
            here = z[row, col]
            if here <= 0.0:
                result[row, col] = 1.0
                continue
            total, weight = np.float32(0.0), np.float32(0.0)
            for y in range(max(0, row - 2), min(height, row + 2)):
                for x in range(max(0, col - 2), min(width, col + 2)):
                    if z[y, x] > 0.0 and abs(z[y, x] - here) < radius:
                        total += raw[y, x]
                        weight += 1.0
            result[row, col] = np.float32(1.0) - strength * total / max(weight, np.float32(1.0))


def ambient_shadows(distances: Depths, lens: Lens, radius: float, step: int = 2) -> Shades:
    """How open the surroundings of each pixel are, 1 in the open and less in corners.

    Depth-only ambient obscurance: opposite pairs of samples around a pixel, so that planes stay bright at any slant
    (paired samples as in "Volumetric obscurance", Symposium on Interactive 3D Graphics, 2010), worked out at each
    ``step``-th pixel.

    Parameters
    ----------
    distances
        (H, W) float32, 0 where nothing is.
    lens
        Of the picture.
    radius
        How far things darken each other, in the scene's unit.
    step
        Distance of the pixels that are looked at; the work goes with its square.

    Returns
    -------
    numpy.ndarray
        (ceil(H/step), ceil(W/step)) float32 in [0, 1].
    """
    sparse = np.ascontiguousarray(distances[::step, ::step])
    raw, result = np.empty_like(sparse), np.empty_like(sparse)
    focal_px, reach_px = np.float32(lens.focal_px / step), np.float32(MAX_REACH_PX / step)
    _shadows(sparse, focal_px, np.float32(radius), _DIRECTIONS, reach_px, np.float32(SHADOW_BIAS), raw)
    _smooth_shadows(sparse, raw, np.float32(radius), np.float32(SHADOW_STRENGTH), result)
    return result


@njit(cache=True, nogil=True)
def _outline(
    above: Shades,
    line: Shades,
    below: Shades,
    reach: int,
    edge_strength: np.float32,
    tolerance: np.float32,
    full: np.float32,
    brightness: Shades,
) -> None:
    """Darken the brightness of what lies just behind an edge in a row of distances."""
    zero, one = np.float32(0.0), np.float32(1.0)
    step, width = np.uint64(reach), np.uint64(len(line))
    # Indices without a sign: only then does the compiler take many pixels at once. The border has no neighbours.
    for col in range(step, width - step):
        here, up, down, left, right = line[col], above[col], below[col], line[col - step], line[col + step]
        up, down = up if up > zero else here, down if down > zero else here
        left, right = left if left > zero else here, right if right > zero else here
        nearest = min(up, down, left, right)
        fall = max(here - nearest, zero) / max(here, np.float32(1e-12))
        brightness[col] *= one - edge_strength * min(max(fall - tolerance, zero) / full, one)


@njit(cache=True, nogil=True)
def _darken(row: NDArray[np.uint8], channels: np.uint64, brightness: Shades) -> None:
    half, one, two = np.float32(0.5), np.uint64(1), np.uint64(2)
    for col in range(np.uint64(len(brightness))):
        shade, at = brightness[col], channels * col
        if shade < np.float32(1.0):
            row[at] = np.uint8(row[at] * shade + half)
            row[at + one] = np.uint8(row[at + one] * shade + half)
            row[at + two] = np.uint8(row[at + two] * shade + half)


@njit(cache=True, nogil=True)
def _apply(
    rows: NDArray[np.uint8],
    channels: int,
    z: Depths,
    shades: Shades,
    step: int,
    edge_strength: np.float32,
    tolerance: np.float32,
    full: np.float32,
    reach: int,
) -> None:
    height, width = z.shape
    brightness = np.empty(width, dtype=np.float32)
    for row in range(height):
        sparse = shades[row // step]
        for col in range(len(sparse)):
            brightness[col * step : (col + 1) * step] = sparse[col]
        above, below = z[max(row - reach, 0)], z[min(row + reach, height - 1)]
        _outline(above, z[row], below, reach, edge_strength, tolerance, full, brightness)
        for col in range(width):
            if z[row, col] <= 0.0:
                brightness[col] = 1.0
        _darken(rows[row], np.uint64(channels), brightness)


def shade_by_depth(picture: NDArray[np.uint8], distances: Depths, lens: Lens, radius: float, step: int = 2) -> None:
    """Darken hollows, and what lies just behind an edge, in place.

    Parameters
    ----------
    picture
        (H, W, 3 or 4) uint8.
    distances, lens, radius, step
        As for :func:`ambient_shadows`.
    """
    shades = ambient_shadows(distances, lens, radius, step)
    edges = (np.float32(EDGE_STRENGTH), np.float32(EDGE_TOLERANCE), np.float32(EDGE_FULL))
    height, width, channels = picture.shape
    rows = picture.reshape(height, width * channels)
    _apply(rows, channels, distances, shades, step, *edges, EDGE_REACH_PX)
