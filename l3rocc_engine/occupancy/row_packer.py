"""Compresses the two rows of a frame the fast way; one per sequence, usable from several threads."""

from __future__ import annotations

import threading
import zlib
from math import gcd

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.rows import Piece

_BLOCK = 16_000
"""Tokens that share one code: shorter blocks adapt better, longer ones spare headers."""
_FARTHEST = 32_768


class RowPacker:
    """Makes pieces of packed masks and of index rows for one grid."""

    def __init__(self, grid: GridSpec) -> None:
        self._num_bytes = (grid.num_voxels + 7) // 8
        self._distances = mask_distances(grid)
        self._local = threading.local()

    def pack_mask(self, mask: NDArray[np.uint8]) -> Piece:
        """Compress one packed mask (ceil(X*Y*Z/8),) uint8."""
        from l3rocc_engine.occupancy.deflate import encode, tokenise_bytes

        padded, tokens, out = self._scratch(self._num_bytes)
        padded[: self._num_bytes] = mask
        num = tokenise_bytes(padded, self._num_bytes, self._distances, tokens)
        end = encode(tokens[:num], _BLOCK, out)
        return Piece(data=out[:end].tobytes(), crc32=zlib.crc32(mask.data), num_bytes=self._num_bytes)

    def pack_indices(self, indices: NDArray[np.int32]) -> Piece:
        """Compress one row of increasing flat indices (N,) int32."""
        from l3rocc_engine.occupancy.deflate import encode, tokenise_indices

        _, tokens, out = self._scratch(indices.nbytes)
        num = tokenise_indices(indices, tokens)
        end = encode(tokens[:num], _BLOCK, out)
        return Piece(data=out[:end].tobytes(), crc32=zlib.crc32(indices.data), num_bytes=indices.nbytes)

    def _scratch(self, num_bytes: int) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8]]:
        """This thread's buffers for rows of up to ``num_bytes``: the row and what follows it, tokens, output."""
        if getattr(self._local, "capacity", -1) < num_bytes:
            self._local.capacity = num_bytes = max(num_bytes, self._num_bytes)
            self._local.buffers = (
                np.zeros(num_bytes + 16, np.uint8),
                np.empty(num_bytes + 16, np.uint32),
                np.empty(2 * num_bytes + 4096, np.uint8),
            )
        buffers: tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8]] = self._local.buffers
        return buffers


def mask_distances(grid: GridSpec) -> NDArray[np.int64]:
    """Distances in bytes at which a mask of this grid is like itself: a run, one row of voxels, one slab."""
    _, y_size, z_size = grid.shape
    distances = [1]
    for num_bits in (z_size, y_size * z_size):
        distance = num_bits // gcd(num_bits, 8)  # the fewest rows that fill whole bytes
        if distance <= _FARTHEST and distance not in distances:
            distances.append(distance)
    return np.array(distances, dtype=np.int64)
