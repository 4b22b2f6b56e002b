"""The tables of a whole ray set: built on several threads, cut down to the words that rays touch, kept for reuse."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.beams import BEAM, beams_of
from l3rocc_engine.occupancy.blocks import SHIFTS, BlockLayout, block_layout, own_places
from l3rocc_engine.occupancy.cells import CELL
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.packing import PAD
from l3rocc_engine.progress import CancelToken

MAX_TABLE_BYTES = 1 << 30
"""Ray sets whose tables would be larger are cast ray by ray."""
_CHUNK = 32
"""Beams a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RayTables:
    """Everything about a ray set and a grid that no frame changes.

    Attributes
    ----------
    layout
        Where voxels are in the grid's words.
    steps, pairs, beam_ends, beam_rays
        See ``tables``; word numbers are those of ``compact``.
    compact
        (words of the grid,) int32: number among the words that rays touch, or -1.
    places, octants
        (W,) int64 and uint8 of the touched words: first bit in the packed buffer, and side of the camera.
    reach
        Coarse grid of bool: where a cell of points may meet a ray.
    own_words, own_bits
        Where the voxels that hold the camera are.
    """

    layout: BlockLayout
    steps: NDArray[np.uint64]
    pairs: NDArray[np.uint64]
    beam_ends: NDArray[np.int64]
    beam_rays: NDArray[np.uint64]
    compact: NDArray[np.int32]
    places: NDArray[np.int64]
    octants: NDArray[np.uint8]
    reach: NDArray[np.bool_]
    own_words: NDArray[np.int64]
    own_bits: NDArray[np.uint64]

    @property
    def num_bytes(self) -> int:
        """Memory of the two large tables."""
        return self.steps.nbytes + self.pairs.nbytes


class _LastTables:
    """The tables used last; a second run with the same camera and grid need not build them again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key = ""
        self._tables: RayTables | None = None

    def find(self, key: str) -> RayTables | None:
        """The tables kept under this key."""
        with self._lock:
            return self._tables if self._key == key else None

    def keep(self, key: str, tables: RayTables | None) -> None:
        """Keep these and drop the others."""
        with self._lock:
            self._key, self._tables = key, tables


_LAST = _LastTables()


def ray_tables(
    rays: NDArray[np.float32],
    grid: GridSpec,
    threads: int,
    *,
    cancel: CancelToken | None = None,
    max_bytes: int = MAX_TABLE_BYTES,
) -> RayTables | None:
    """Tables of a ray set, or None if they would take more than ``max_bytes``.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    key = hashlib.sha256(f"{grid} {max_bytes}".encode() + rays.tobytes()).hexdigest()
    found = _LAST.find(key)
    if found is None:
        found = _build(rays, grid, threads, cancel, max_bytes)
        if found is not None:
            _LAST.keep(key, found)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Tables of some beams."""

    steps: NDArray[np.uint64]
    pairs: NDArray[np.uint64]
    beam_ends: NDArray[np.int64]
    beam_rays: NDArray[np.uint64]


def _build(
    rays: NDArray[np.float32], grid: GridSpec, threads: int, cancel: CancelToken | None, max_bytes: int
) -> RayTables | None:
    layout = block_layout(grid)
    ordered, bounds = beams_of(rays)
    parts = _build_parts(ordered, bounds, layout, threads, cancel, max_bytes)
    if parts is None:
        return None
    num_steps, num_pairs = sum(len(p.steps) for p in parts), sum(len(p.pairs) for p in parts)
    steps, pairs = np.empty((num_steps, 2), np.uint64), np.empty((num_pairs, 2), np.uint64)
    beam_ends, beam_rays = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.uint64)]
    s = p = 0
    for idx, part in enumerate(parts):
        steps[s : s + len(part.steps)], pairs[p : p + len(part.pairs)] = part.steps, part.pairs
        beam_ends.append(part.beam_ends + np.array([s, p]))
        beam_rays.append(part.beam_rays)
        s, p = s + len(part.steps), p + len(part.pairs)
        parts[idx] = _EMPTY_PART  # lets go of the part, so that memory does not double
    return _compacted(grid, layout, steps, pairs, np.concatenate(beam_ends), np.concatenate(beam_rays))


_EMPTY_PART = _Part(
    steps=np.zeros((0, 2), np.uint64),
    pairs=np.zeros((0, 2), np.uint64),
    beam_ends=np.zeros((0, 2), np.int64),
    beam_rays=np.zeros(0, np.uint64),
)


def _build_parts(
    ordered: NDArray[np.float32],
    bounds: NDArray[np.int64],
    layout: BlockLayout,
    threads: int,
    cancel: CancelToken | None,
    max_bytes: int,
) -> list[_Part] | None:
    """Tables chunk by chunk, in order; None once they exceed ``max_bytes``."""
    from l3rocc_engine.occupancy.tables import build_beams

    local = threading.local()
    levels = layout.num_levels
    most = _CHUNK * BEAM * levels

    def build(first: int) -> _Part:
        if cancel is not None:
            cancel.check()
        if not hasattr(local, "scratch"):
            local.scratch = (
                np.empty((levels, BEAM), np.int32),
                np.empty((levels, BEAM), np.uint64),
                np.empty((most, 2), np.uint64),
                np.empty((most, 2), np.uint64),
            )
        words, masks, steps, pairs = local.scratch
        some = bounds[first : first + _CHUNK + 1]
        ends, sets = np.empty((len(some) - 1, 2), np.int64), np.empty(len(some) - 1, np.uint64)
        num_steps, num_pairs = build_beams(
            ordered, some, layout.camera, layout.shape, layout.outward, layout.first_block, layout.num_blocks,
            words, masks, steps, pairs, ends, sets,
        )  # fmt: skip
        return _Part(steps=steps[:num_steps].copy(), pairs=pairs[:num_pairs].copy(), beam_ends=ends, beam_rays=sets)

    parts: list[_Part] = []
    total = 0
    starts = range(0, len(bounds) - 1, _CHUNK)
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="ray-tables") as pool:
        for group in range(0, len(starts), 4 * threads):
            for part in pool.map(build, starts[group : group + 4 * threads]):
                parts.append(part)
                total += part.steps.nbytes + part.pairs.nbytes
            if total > max_bytes:
                return None
    return parts


def _compacted(
    grid: GridSpec,
    layout: BlockLayout,
    steps: NDArray[np.uint64],
    pairs: NDArray[np.uint64],
    beam_ends: NDArray[np.int64],
    beam_rays: NDArray[np.uint64],
) -> RayTables:
    """Renumber words so that only touched ones count, and note where each one is in space."""
    heads = steps.view(np.uint32).reshape(-1, 4)  # word, end of pairs, and the two halves of the union
    low = 0 if np.little_endian else 1
    is_touched = np.zeros(layout.num_words, dtype=bool)
    is_touched[heads[:, low]] = True
    touched = np.flatnonzero(is_touched)
    compact = np.full(layout.num_words, -1, dtype=np.int32)
    compact[touched] = np.arange(len(touched), dtype=np.int32)
    heads[:, low] = compact[heads[:, low]].astype(np.uint32)
    first, is_down = _first_voxels(layout, touched)
    own_words, own_bits = own_places(grid, layout)
    own_words = compact[own_words].astype(np.int64)
    _, y_size, z_size = grid.shape
    # Downwards along z the eight bits of a row begin seven voxels before the first.
    z_first = first[:, 2] - 7 * is_down[:, 2]
    return RayTables(
        layout=layout,
        steps=steps,
        pairs=pairs,
        beam_ends=beam_ends,
        beam_rays=beam_rays,
        compact=compact,
        places=(first[:, 0] * y_size + first[:, 1]) * z_size + z_first + 8 * PAD,
        octants=(is_down * (4, 2, 1)).sum(axis=1).astype(np.uint8),
        reach=_reach(grid, first, is_down),
        own_words=own_words[own_words >= 0],
        own_bits=own_bits[own_words >= 0].astype(np.uint64),
    )


def _first_voxels(layout: BlockLayout, words: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Grid index (W, 3) of the voxel nearest to the camera in each word, and on which sides (W, 3) it lies."""
    blocks = np.stack(np.unravel_index(words, tuple(layout.num_blocks)), axis=-1)
    is_down = blocks >= layout.first_block[:, 1]
    number = (blocks - np.where(is_down, layout.first_block[:, 1], 0)) << np.array(SHIFTS)
    first = np.where(is_down, layout.outward[:, 1] - 1 - number, number - layout.outward[:, 0])
    return first, is_down


def _reach(grid: GridSpec, first: NDArray[np.int64], is_down: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark coarse cells from whose inside a point at most ``CELL`` voxels away may lie in a touched word."""
    shape = -(-np.array(grid.shape) // CELL) + 4
    reach = np.zeros(shape, dtype=bool)
    extent = np.left_shift(1, SHIFTS) - 1
    low = np.where(is_down, first - extent, first) - CELL
    high = np.where(is_down, first, first + extent) + 1 + CELL
    # At most 16 + 9 voxels wide, so four coarse cells: low, high and what is between.
    ends = [np.clip(low // CELL + 2 + step, 0, np.minimum(high // CELL + 2, shape - 1)) for step in range(5)]
    for i in range(5):
        for j in range(5):
            for k in range(5):
                reach[ends[i][:, 0], ends[j][:, 1], ends[k][:, 2]] = True
    return reach
