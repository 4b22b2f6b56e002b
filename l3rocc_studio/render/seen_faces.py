"""The faces of voxels that an eye sees, found and measured in batches, so that the compiler takes several at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.cell_bits import Words, cells_around
from l3rocc_studio.render.voxel_mesh import CORNER_SHADE

BATCH = 128
"""Voxels, and so faces along one axis at most, that are looked at together: as many as stay in the nearest memory."""
LANES = 8
"""Faces are measured in whole multiples of this, so that none is left to be done alone."""
PLANE, FIRST, SECOND = (BATCH * row for row in range(3))
LEFT, RIGHT, TOP, BOTTOM = (BATCH * row for row in range(3, 7))
BY_COL, BY_ROW, START = (tuple(BATCH * row for row in range(first, first + 3)) for first in (7, 10, 13))
DARK, PX_PER_U, PX_PER_V = (BATCH * row for row in range(16, 19))
"""Where the numbers of a batch begin: a face's place, its pixels, 1/z, u/z and v/z on them, and its edges."""
SIZE = BATCH * 19
UNSEEN = 2
"""Of two opposite faces the eye sees the lower one (0), the upper one (1) or none."""
FloatArray = NDArray[np.float64]


class Sight(NamedTuple):
    """A camera before a grid, in voxels.

    Attributes
    ----------
    sides
        (3, N) uint8: the face that is seen of the voxels at each place along each axis.
    eye
        (3,) float64, from the grid's lower corner.
    rays
        (3, 3) float64: for each axis of the grid its change by column, by row, and start along the lines of sight.
    axes
        (3, 3) float64: right, down and forward, times the length of a voxel.
    focal_px, near
        Of the camera.
    edge_strength
        How dark the edges are, 0 for none.
    size_px
        (width, height).
    """

    sides: NDArray[np.uint8]
    eye: FloatArray
    rays: FloatArray
    axes: FloatArray
    focal_px: float
    near: float
    edge_strength: float
    size_px: tuple[int, int]


class Faces(NamedTuple):
    """A batch of faces along one axis.

    Attributes
    ----------
    numbers
        (SIZE,) float32 in one piece, so that the compiler knows that no two of its rows overlap.
    shades
        (BATCH,) uint32, rows of :data:`CORNER_SHADES`.
    tints
        (BATCH,) uint32, rows of the colours.
    """

    numbers: NDArray[np.float32]
    shades: NDArray[np.uint32]
    tints: NDArray[np.uint32]


def no_faces() -> Faces:
    """Room for a batch."""
    return Faces(np.zeros(SIZE, np.float32), np.zeros(BATCH, np.uint32), np.zeros(BATCH, np.uint32))


def _corner_shades() -> NDArray[np.float32]:
    """(2 * 512, 4): for the nine cells before a face what its brightness is at u, v = 0, and by u, v, and u * v.

    The cell at u + i - 1, v + j - 1 is bit ``3 * i + j``, in the second half bit ``3 * j + i``.
    """
    shades = np.empty((2, 512, 4), dtype=np.float32)
    for is_turned, cells in np.ndindex(2, 512):
        is_full = np.array([cells >> bit & 1 for bit in range(9)]).reshape(3, 3)
        beside = is_full.T if is_turned else is_full
        corner = np.empty((2, 2), dtype=np.float32)
        for u, v in np.ndindex(2, 2):
            by_u, by_v, across = beside[2 * u, 1], beside[1, 2 * v], beside[2 * u, 2 * v]
            corner[u, v] = CORNER_SHADE[0 if by_u and by_v else 3 - by_u - by_v - across]
        (ground, at_v), (at_u, at_both) = corner
        shades[is_turned, cells] = ground, at_u - ground, at_v - ground, at_both - at_u - at_v + ground
    return shades.reshape(-1, 4)


CORNER_SHADES = _corner_shades()


@njit(cache=True, nogil=True, inline="always")
def _layer_before(around: np.uint64, axis: int, side: np.uint64) -> np.uint32:
    """The nine cells before a face as :func:`_corner_shades` wants them, the middle one at bit 4."""
    seven, high, higher, six, twelve = np.uint64(7), np.uint64(56), np.uint64(448), np.uint64(6), np.uint64(12)
    if axis == 0:
        return np.uint32((around >> (np.uint64(18) * side)) & np.uint64(511))
    if axis == 1:
        row = around >> (six * side)
        return np.uint32(np.uint64(512) | (row & seven) | ((row >> six) & high) | ((row >> twelve) & higher))
    column = (around >> (side + side)) & np.uint64(0b001001001001001001001001001)
    column |= (column >> np.uint64(2)) | (column >> np.uint64(4))
    return np.uint32((column & seven) | ((column >> six) & high) | ((column >> twelve) & higher))


@njit(cache=True, nogil=True, inline="always")
def _add(
    faces: Faces, count: np.uint64, side: np.uint32, layer: np.uint32, tint: np.uint32, place: tuple[np.uint32, ...]
) -> np.uint64:
    """Take a face in, at (axis, first, second), unless it is unseen or covered; how many there are now."""
    if side == UNSEEN or layer & np.uint32(16):
        return count
    faces.numbers[np.uint64(PLANE) + count] = np.float32(place[0] + side)
    faces.numbers[np.uint64(FIRST) + count] = np.float32(place[1])
    faces.numbers[np.uint64(SECOND) + count] = np.float32(place[2])
    faces.shades[count], faces.tints[count] = layer, tint
    return count + np.uint64(1)


@njit(cache=True, nogil=True)
def find_faces(
    words: Words,
    steps: tuple[np.uint32, np.uint32],
    places: NDArray[np.uint32],
    tints: NDArray[np.uint32],
    num_tints: int,
    sides: NDArray[np.uint8],
    along: tuple[Faces, Faces, Faces],
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Note what is seen of voxels, at most a batch of them, along x, y and z; how many faces there are of each.

    Parameters
    ----------
    words, steps
        The grid's bits, and how many words it is to the next slab and row.
    places
        (3, N) uint32.
    tints
        (N,) uint32, rows of the colours for the first face.
    num_tints
        Rows between those of two faces.
    sides
        As in :class:`Sight`.
    along
        Where the faces go.
    """
    num_x, num_y, num_z = np.uint64(0), np.uint64(0), np.uint64(0)
    for n in range(np.uint64(len(tints))):
        x, y, z = places[0, n], places[1, n], places[2, n]
        around = cells_around(words, x, y, z, steps[0], steps[1])
        by_x, by_y, by_z = np.uint32(sides[0, x]), np.uint32(sides[1, y]), np.uint32(sides[2, z])
        tint, more = tints[n], np.uint32(num_tints)
        layer, tint_x = _layer_before(around, 0, np.uint64(by_x)), np.uint32(tint + by_x * more)
        num_x = _add(along[0], num_x, by_x, layer, tint_x, (x, y, z))
        layer, tint_y = _layer_before(around, 1, np.uint64(by_y)), np.uint32(tint + (np.uint32(2) + by_y) * more)
        num_y = _add(along[1], num_y, by_y, layer, tint_y, (y, z, x))
        layer, tint_z = _layer_before(around, 2, np.uint64(by_z)), np.uint32(tint + (np.uint32(4) + by_z) * more)
        num_z = _add(along[2], num_z, by_z, layer, tint_z, (z, x, y))
    return num_x, num_y, num_z
