"""The grid as 64-bit words: blocks of 2 x 4 x 8 voxels, mirrored about the camera.

Along each axis the voxels on either side of the camera are numbered outwards from it, and cut into blocks. A bit's
place in its word is ``(x % 2) * 32 + (y % 4) * 8 + (z % 8)`` of these outward numbers, so along every ray bits only
grow; with ``hit = occupied & mask`` the first voxel hit is the lowest bit of ``hit``, and ``mask & (hit ^ (hit - 1))``
is what the ray sees of the block. A camera inside a voxel, not on its face, has that layer of voxels on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.rounding import camera_in_voxels, camera_voxels

SHIFTS = (1, 2, 3)
"""log2 of a block's edges along x, y, z."""
_BIT_PLACES = (5, 3, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLayout:
    """Where each voxel is in the words.

    Attributes
    ----------
    shape
        (3,) int64 voxels of the grid.
    camera
        (3,) float64, optical centre in voxels.
    outward
        (3, 2) int64; outward number = mirrored index + ``outward[axis, side]``; side 0 goes up, 1 goes down.
    first_block
        (3, 2) int64, number of each side's first block along the axis.
    num_blocks
        (3,) int64 along each axis, both sides.
    parts
        (2, X + Y + Z) int64: for the three axes one after the other what an index adds to ``word << 6 | bit``; row 1
        is for the second side of a layer that has both, else -1.
    """

    shape: NDArray[np.int64]
    camera: NDArray[np.float64]
    outward: NDArray[np.int64]
    first_block: NDArray[np.int64]
    num_blocks: NDArray[np.int64]
    parts: NDArray[np.int64]

    @property
    def has_two_sides(self) -> bool:
        """Whether some layer of voxels is on both sides of the camera."""
        return bool((self.parts[1] >= 0).any())

    @property
    def num_words(self) -> int:
        """Words of the whole grid."""
        return int(np.prod(self.num_blocks))

    @property
    def num_levels(self) -> int:
        """No ray crosses more blocks than this."""
        return int(self.num_blocks.sum())

    def places(self, flat_indices: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Words and bits (M,) of voxels (N,); a voxel that is on both sides of the camera has several."""
        found = []
        for x, y, z in np.stack(np.unravel_index(flat_indices, tuple(self.shape)), axis=-1):
            columns = [x, self.shape[0] + y, self.shape[0] + self.shape[1] + z]
            for sides in np.ndindex(2, 2, 2):
                parts = self.parts[sides, columns]
                if (parts >= 0).all():
                    found.append(parts.sum())
        places = np.array(found, dtype=np.int64)
        return places >> 6, places & 63


def block_layout(grid: GridSpec) -> BlockLayout:
    """Cut a grid into blocks about its camera."""
    camera, shape = camera_in_voxels(grid), np.array(grid.shape, dtype=np.int64)
    up_start = np.maximum(np.floor(camera).astype(np.int64), 0)
    down_start = np.minimum(np.ceil(camera).astype(np.int64) - 1, shape - 1)
    sizes = np.left_shift(1, SHIFTS)
    blocks_up = -(-np.maximum(shape - up_start, 0) // sizes)
    blocks_down = -(-np.maximum(down_start + 1, 0) // sizes)
    num_blocks = blocks_up + blocks_down
    strides = np.array([num_blocks[1] * num_blocks[2], num_blocks[2], 1])
    parts = np.full((2, int(shape.sum())), -1, dtype=np.int64)
    axis_start = np.concatenate([[0], np.cumsum(shape)[:-1]])
    for axis in range(3):
        index = np.arange(shape[axis])
        for is_down in (False, True):
            number = down_start[axis] - index if is_down else index - up_start[axis]
            on_side = index[number >= 0]
            number = number[number >= 0]
            columns = axis_start[axis] + on_side
            row = np.where(parts[0, columns] >= 0, 1, 0)
            block = (number >> SHIFTS[axis]) + (blocks_up[axis] if is_down else 0)
            bit = (number & (sizes[axis] - 1)) << _BIT_PLACES[axis]
            parts[row, columns] = (block * strides[axis]) << 6 | bit
    return BlockLayout(
        shape=shape,
        camera=camera,
        outward=np.stack([-up_start, down_start + 1], axis=1),
        first_block=np.stack([np.zeros(3, np.int64), blocks_up], axis=1),
        num_blocks=num_blocks,
        parts=parts,
    )


def own_places(grid: GridSpec, layout: BlockLayout) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words and bits (M,) of the voxels that hold the camera."""
    return layout.places(camera_voxels(grid))
