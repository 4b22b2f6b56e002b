"""The two ways to work out one frame: with tables, and ray by ray. They give the same bits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.cells import PointCells
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.packing import PAD
from l3rocc_engine.occupancy.ray_tables import RayTables
from l3rocc_engine.occupancy.rounding import camera_in_voxels, camera_voxels, voxels_from_world

Seen = tuple[NDArray[np.int32], NDArray[np.uint8]]
"""Sorted flat indices of visible-occupied voxels, and the packed mask."""


class Caster(Protocol):
    """Works out frames of one scene; may be called from several threads."""

    def cast(self, frame_idx: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Sorted flat indices (N,) of visible-occupied voxels, and the packed mask (ceil(X*Y*Z/8),).

        Both are valid until the thread's next call.
        """

    def cast_pair(self, first: int, count: int) -> Iterator[Seen]:
        """One or two frames that follow each other; each is valid until the next one is asked for."""

    def view(self) -> NDArray[np.uint8] | None:
        """Packed mask of what the rays would cross in an empty scene; None where that differs from frame to frame."""


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

    def cast_pair(self, first: int, count: int) -> Iterator[Seen]:
        """See :class:`Caster`."""
        return (self.cast(frame_idx) for frame_idx in range(first, first + count))

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

    def cast(self, frame_idx: int) -> Seen:
        """See :class:`Caster`."""
        return next(self.cast_pair(frame_idx, 1))

    def cast_pair(self, first: int, count: int) -> Iterator[Seen]:
        """See :class:`Caster`."""
        from l3rocc_engine.occupancy.sweep import fill_words

        tables, layout, cells = self._tables, self._tables.layout, self._cells
        both = self._cleared_words()[:count]
        for words, affine in zip(both, self._affine[first : first + count], strict=True):
            fill_words(
                cells.xs, cells.ys, cells.zs, cells.starts, cells.spheres, affine, tables.reach,
                not cells.is_cullable(affine), layout.shape, layout.parts, layout.has_two_sides, tables.compact, words,
            )  # fmt: skip
        return self._swept(both)

    def view(self) -> NDArray[np.uint8]:
        """See :class:`Caster`."""
        return next(self._swept(self._cleared_words()[:1]))[1].copy()

    def _swept(self, both: NDArray[np.uint64]) -> Iterator[Seen]:
        """What the beams see of the words (1 or 2, W, 2) that are occupied."""
        from l3rocc_engine.occupancy.sweep import sweep_beams, sweep_beams_twice

        tables, beams = self._tables, self._tables.beams
        parts = (
            beams.steps, beams.mask_numbers, beams.set_numbers, beams.masks, beams.sets,
            beams.beam_ends, beams.beam_rays,
        )  # fmt: skip
        owns = []
        for words in both:
            own = words[tables.own_words, 0] & (np.uint64(1) << tables.own_bits)
            np.bitwise_and.at(words[:, 0], tables.own_words, ~own)
            owns.append(own)
        if len(both) == 1:
            sweep_beams(*parts, both[0])
        else:
            sweep_beams_twice(*parts, both[0], both[1])
        for words, own in zip(both, owns, strict=True):
            np.bitwise_or.at(words[:, 0], tables.own_words, own)
            yield self._packed(words)

    def _packed(self, words: NDArray[np.uint64]) -> Seen:
        """One frame's words as indices and mask."""
        from l3rocc_engine.occupancy.pack_kernels import list_bits, pack_words

        tables = self._tables
        visible, hits = self._cleared_rows()
        pack_words(words, tables.places, tables.octants, tables.layout.shape, visible, hits)
        hit_words = hits[PAD:-PAD].view(np.uint64)
        indices = np.empty(int(np.bitwise_count(hit_words).sum()), dtype=np.int32)
        list_bits(hit_words, indices)
        return indices, visible[PAD : PAD + (self._grid.num_voxels + 7) // 8]

    def _cleared_words(self) -> NDArray[np.uint64]:
        """This thread's words (2, W, 2) for two frames, zero."""
        if not hasattr(self._local, "words"):
            self._local.words = np.empty((2, len(self._tables.places), 2), np.uint64)
        words: NDArray[np.uint64] = self._local.words
        words[:] = 0
        return words

    def _cleared_rows(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """This thread's packed buffers, zero and a whole number of words long."""
        if not hasattr(self._local, "rows"):
            num_bytes = (self._grid.num_voxels + 63) // 64 * 8 + 2 * PAD
            self._local.rows = (np.empty(num_bytes, np.uint8), np.empty(num_bytes, np.uint8))
        visible, hits = self._local.rows
        visible[:], hits[:] = 0, 0
        return visible, hits
