"""The two ways to work out one frame: with tables, and ray by ray. They give the same bits."""

from __future__ import annotations

import threading
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.cells import PointCells
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.packing import PAD
from l3rocc_engine.occupancy.ray_tables import RayTables
from l3rocc_engine.occupancy.rounding import camera_in_voxels, camera_voxels, voxels_from_world


class Caster(Protocol):
    """Works out frames of one scene; may be called from several threads."""

    def cast(self, frame_idx: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Sorted flat indices of visible-occupied voxels, and the packed mask.

        Both are valid until the thread's next call.
        """

    def view(self) -> NDArray[np.uint8]:
        """Packed mask of what the rays would cross in an empty scene."""


class PlainCaster:
    """Ray by ray through a dense grid of bytes; needs no preparation, and one byte a voxel and thread."""

    def __init__(
        self, points: NDArray[np.float32], poses: NDArray[np.float64], rays: NDArray[np.float32], grid: GridSpec
    ) -> None:
        self._points, self._rays, self._grid = points, rays, grid
        self._affine = voxels_from_world(poses, grid)
        self._camera, self._own = camera_in_voxels(grid), camera_voxels(grid)

    def cast(self, frame_idx: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """See :class:`Caster`."""
        return self._seen(self._points, self._affine[frame_idx])

    def view(self) -> NDArray[np.uint8]:
        """See :class:`Caster`."""
        return self._seen(self._points[:0], np.zeros((3, 4), np.float32))[1]

    def _seen(
        self, points: NDArray[np.float32], affine: NDArray[np.float32]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        from l3rocc_engine.occupancy.dda import BLOCKS, OCCUPIED, VISIBLE, cast_rays, voxelise

        cells = np.zeros(self._grid.num_voxels, dtype=np.uint8)
        shape = np.array(self._grid.shape, dtype=np.int64)
        voxelise(points, affine, shape, cells)
        cells[self._own] &= ~np.uint8(BLOCKS)
        cast_rays(cells, self._rays, self._camera, shape)
        seen = OCCUPIED | VISIBLE
        indices = np.flatnonzero((cells & seen) == seen).astype(np.int32)
        return indices, np.packbits(cells & VISIBLE != 0)


class BeamCaster:
    """Beams of rays through 64-bit words, by tables."""

    def __init__(self, cells: PointCells, poses: NDArray[np.float64], tables: RayTables, grid: GridSpec) -> None:
        self._cells, self._tables, self._grid = cells, tables, grid
        self._affine = voxels_from_world(poses, grid)
        self._local = threading.local()

    def cast(self, frame_idx: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """See :class:`Caster`."""
        from l3rocc_engine.occupancy.sweep import fill_words

        tables, layout, cells = self._tables, self._tables.layout, self._cells
        words, visible, hits = self._scratch()
        affine = self._affine[frame_idx]
        fill_words(
            cells.xs, cells.ys, cells.zs, cells.starts, cells.spheres, affine, tables.reach,
            not cells.is_cullable(affine), layout.shape, layout.parts, layout.has_two_sides, tables.compact, words,
        )  # fmt: skip
        return self._sweep(words, visible, hits)

    def view(self) -> NDArray[np.uint8]:
        """See :class:`Caster`."""
        return self._sweep(*self._scratch())[1].copy()

    def _sweep(
        self, words: NDArray[np.uint64], visible: NDArray[np.uint8], hits: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """What the beams see of the words that are occupied."""
        from l3rocc_engine.occupancy.pack_kernels import list_bits, pack_words
        from l3rocc_engine.occupancy.sweep import sweep_beams

        tables, beams = self._tables, self._tables.beams
        own = words[tables.own_words, 0] & (np.uint64(1) << tables.own_bits)
        np.bitwise_and.at(words[:, 0], tables.own_words, ~own)
        sweep_beams(beams.steps, beams.pair_masks, beams.pair_sets, beams.beam_ends, beams.beam_rays, words)
        np.bitwise_or.at(words[:, 0], tables.own_words, own)
        pack_words(words, tables.places, tables.octants, tables.layout.shape, visible, hits)
        packed = hits[PAD:-PAD]
        hit_words = packed.view(np.uint64)
        indices = np.empty(int(np.bitwise_count(hit_words).sum()), dtype=np.int32)
        list_bits(hit_words, indices)
        return indices, visible[PAD : PAD + (self._grid.num_voxels + 7) // 8]

    def _scratch(self) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.uint8]]:
        """This thread's words and packed buffers, zero; buffers are a whole number of words long."""
        if not hasattr(self._local, "buffers"):
            num_bytes = (self._grid.num_voxels + 63) // 64 * 8 + 2 * PAD
            self._local.buffers = (
                np.empty((len(self._tables.places), 2), np.uint64),
                np.empty(num_bytes, np.uint8),
                np.empty(num_bytes, np.uint8),
            )
        words, visible, hits = self._local.buffers
        words[:] = 0
        visible[:] = 0
        hits[:] = 0
        return words, visible, hits
