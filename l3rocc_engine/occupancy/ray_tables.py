"""Everything about a ray set and a grid that no frame changes, kept for the next run."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.beam_tables import BeamTables, build_beam_tables
from l3rocc_engine.occupancy.beams import beams_of
from l3rocc_engine.occupancy.blocks import SHIFTS, BlockLayout, block_layout, own_places
from l3rocc_engine.occupancy.cells import CELL
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.packing import PAD
from l3rocc_engine.progress import CancelToken

MAX_TABLE_BYTES = 1 << 30
"""Ray sets whose tables would be larger are cast ray by ray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RayTables:
    """Tables of a ray set and a grid.

    Attributes
    ----------
    layout
        Where voxels are in the grid's words.
    beams
        What each beam crosses; word numbers are those of ``compact``.
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
    beams: BeamTables
    compact: NDArray[np.int32]
    places: NDArray[np.int64]
    octants: NDArray[np.uint8]
    reach: NDArray[np.bool_]
    own_words: NDArray[np.int64]
    own_bits: NDArray[np.uint64]


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


def forget_tables() -> None:
    """Free the tables that are kept for the next run."""
    _LAST.keep("", None)


def ray_tables(
    rays: NDArray[np.float32],
    grid: GridSpec,
    threads: int,
    *,
    cancel: CancelToken | None = None,
    max_bytes: int = MAX_TABLE_BYTES,
) -> RayTables | None:
    """Tables of a ray set, kept ones if they fit, or None if they would take more than ``max_bytes``.

    Parameters
    ----------
    rays
        (R, 3) float32 directions, camera frame, C order.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    digest = hashlib.sha256(f"{grid} {max_bytes}".encode())
    digest.update(rays.data)
    found = _LAST.find(digest.hexdigest())
    if found is None:
        found = build_tables(rays, grid, threads, cancel=cancel, max_bytes=max_bytes)
        if found is not None:
            _LAST.keep(digest.hexdigest(), found)
    return found


def build_tables(
    rays: NDArray[np.float32],
    grid: GridSpec,
    threads: int,
    *,
    cancel: CancelToken | None = None,
    max_bytes: int = MAX_TABLE_BYTES,
) -> RayTables | None:
    """The same for rays (R, 3), without looking for kept ones and without keeping them."""
    layout = block_layout(grid)
    beams = build_beam_tables(*beams_of(rays), layout, threads, max_bytes, cancel)
    return None if beams is None else _compacted(grid, layout, beams)


def _compacted(grid: GridSpec, layout: BlockLayout, beams: BeamTables) -> RayTables:
    """Renumber words in place so that only touched ones count, and note where each one is in space."""
    heads = beams.steps.view(np.uint32).reshape(-1, 4)[:, 0]  # the lower half of a step's first number
    is_touched = np.zeros(layout.num_words, dtype=bool)
    is_touched[heads] = True
    touched = np.flatnonzero(is_touched)
    compact = np.full(layout.num_words, -1, dtype=np.int32)
    compact[touched] = np.arange(len(touched), dtype=np.int32)
    heads[:] = compact[heads]
    first, is_down = _first_voxels(layout, touched)
    own_words, own_bits = own_places(grid, layout)
    own_words = compact[own_words].astype(np.int64)
    _, y_size, z_size = grid.shape
    # Downwards along z the eight bits of a row begin seven voxels before the first.
    z_first = first[:, 2] - 7 * is_down[:, 2]
    return RayTables(
        layout=layout,
        beams=beams,
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
    extent = np.left_shift(1, SHIFTS) - 1
    low = (np.where(is_down, first - extent, first) - CELL) // CELL + 2
    high = (np.where(is_down, first, first + extent) + CELL) // CELL + 2
    corners = np.unique(np.concatenate([low, high], axis=1), axis=0)
    reach = np.zeros(shape, dtype=bool)
    for x0, y0, z0, x1, y1, z1 in np.maximum(corners, 0).tolist():
        reach[x0 : x1 + 1, y0 : y1 + 1, z0 : z1 + 1] = True
    return reach
