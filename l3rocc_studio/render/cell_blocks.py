"""Many voxels as few larger cells, for layers whose outline is all that matters."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.voxel_mesh import Shape

MAX_BLOCKS = 100_000
MIN_FILL = 0.8
"""Share of a block that must belong to a layer, so that it stays behind the surface that bounds it."""


def block_factor(shape: Shape) -> int:
    """Voxels along a block's edge, so that a grid has at most ``MAX_BLOCKS``."""
    factor = 1
    while np.prod(block_shape(shape, factor)) > MAX_BLOCKS:
        factor += 1
    return factor


def block_shape(shape: Shape, factor: int) -> Shape:
    """Blocks along x, y, z; the last ones may stand out of the grid."""
    x, y, z = (-(-size // factor) for size in shape)
    return x, y, z


def filled_blocks(
    packed: NDArray[np.uint8], shape: Shape, factor: int, *, without: NDArray[np.integer] | None = None
) -> NDArray[np.int64]:
    """Flat indices of the blocks of which at least ``MIN_FILL`` of the voxels are in a set.

    Parameters
    ----------
    packed
        One bit a voxel in C order, most significant bit first.
    shape
        Voxels along x, y, z.
    factor
        Voxels along a block's edge.
    without
        Flat indices of voxels that do not count though their bit is set.
    """
    counts = _count_bits(packed, shape, factor, np.zeros(block_shape(shape, factor), np.int32))
    if without is not None and len(without):
        x, y, z = np.unravel_index(without, shape)
        np.subtract.at(counts, (x // factor, y // factor, z // factor), 1)
    return np.flatnonzero(counts >= MIN_FILL * _volumes(shape, factor))


def touched_blocks(flat_indices: NDArray[np.integer], shape: Shape, factor: int) -> NDArray[np.int64]:
    """Flat indices (M,) of the blocks that hold any voxel of a set, in order; see :func:`filled_blocks`."""
    blocks = block_shape(shape, factor)
    words = np.zeros(-(-int(np.prod(blocks)) // 64), dtype=np.uint64)
    count = _note_touched(np.ascontiguousarray(flat_indices, dtype=np.int64), shape, blocks, factor, words)
    return _noted(words, np.empty(count, dtype=np.int64))


@njit(cache=True, nogil=True)
def _note_touched(
    indices: NDArray[np.int64], shape: Shape, blocks: Shape, factor: int, words: NDArray[np.uint64]
) -> int:
    """Set a bit for each touched block; how many there are."""
    _, ny, nz = shape
    count = 0
    for i in range(len(indices)):
        flat = indices[i]
        x, y, z = flat // (ny * nz), flat // nz % ny, flat % nz
        block = ((x // factor) * blocks[1] + y // factor) * blocks[2] + z // factor
        bit = np.uint64(1) << np.uint64(block & 63)
        if not words[block >> 6] & bit:
            words[block >> 6] |= bit
            count += 1
    return count


@njit(cache=True, nogil=True)
def _noted(words: NDArray[np.uint64], result: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the bits that are set, in order."""
    place = 0
    for i in range(len(words)):
        word = words[i]
        if word:
            for bit in range(64):
                if (word >> np.uint64(bit)) & np.uint64(1):
                    result[place] = 64 * i + bit
                    place += 1
    return result


def _volumes(shape: Shape, factor: int) -> NDArray[np.int64]:
    """Voxels of each block that are inside the grid, in the shape of the blocks."""
    lengths = [np.minimum(size - np.arange(0, size, factor), factor) for size in shape]
    return lengths[0][:, None, None] * lengths[1][:, None] * lengths[2]


@njit(cache=True, nogil=True)
def _count_bits(packed: NDArray[np.uint8], shape: Shape, factor: int, counts: NDArray[np.int32]) -> NDArray[np.int32]:
    nx, ny, nz = shape
    flat = 0
    for x in range(nx):
        for y in range(ny):
            for start in range(0, nz, factor):
                total = 0
                for _ in range(start, min(start + factor, nz)):
                    total += (packed[flat >> 3] >> (7 - (flat & 7))) & 1
                    flat += 1
                counts[x // factor, y // factor, start // factor] += total
    return counts
