"""The beams' tables of a whole ray set, built on several threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.beams import BEAM
from l3rocc_engine.occupancy.blocks import BlockLayout
from l3rocc_engine.progress import CancelToken

_CHUNK = 16
"""Beams a task."""
_FIRST_BYTES = 40 << 20
"""Room of a growing array at first. Pages that nobody touches cost nothing, and a block of this size the system can
lengthen without copying, where smaller ones would leave holes behind as large as themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Steps and pairs of a few beams, see ``tables``."""

    steps: NDArray[np.uint64]
    pair_masks: NDArray[np.uint64]
    pair_sets: NDArray[np.uint64]
    beam_ends: NDArray[np.int64]
    beam_rays: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamTables:
    """Steps and pairs of all beams, see ``tables``.

    Attributes
    ----------
    steps
        (S, 2) uint64.
    mask_numbers, set_numbers
        (P,) uint16 and uint32: each pair's mask and set of rays, as numbers in the two lists. Rays cross a block along
        a path that never turns back, and a block of 2 x 4 x 8 has 17988 of those: 16 bits are enough for any rays.
    masks, sets
        (M,) and (R,) uint64, the different ones.
    beam_ends
        (B, 2) int64.
    beam_rays
        (B,) uint64.
    """

    steps: NDArray[np.uint64]
    mask_numbers: NDArray[np.uint16]
    set_numbers: NDArray[np.uint32]
    masks: NDArray[np.uint64]
    sets: NDArray[np.uint64]
    beam_ends: NDArray[np.int64]
    beam_rays: NDArray[np.uint64]


def build_beam_tables(
    ordered: NDArray[np.float32],
    bounds: NDArray[np.int64],
    layout: BlockLayout,
    threads: int,
    max_bytes: int,
    cancel: CancelToken | None,
) -> BeamTables | None:
    """Tables of all beams, with words numbered as in the layout; None once they exceed ``max_bytes``.

    Parameters
    ----------
    ordered, bounds
        See ``beams_of``.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    builder = _Builder(ordered, bounds, layout, cancel)
    joined = _Join()
    starts = range(0, len(bounds) - 1, _CHUNK)
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="ray-tables") as pool:
        for group in range(0, len(starts), 8 * threads):
            for part in pool.map(builder.build, starts[group : group + 8 * threads]):
                joined.append(part)
            if joined.num_bytes > max_bytes:
                return None
    return joined.finish()


class _Builder:
    """Builds runs of beams; each thread has its own scratch."""

    def __init__(
        self,
        ordered: NDArray[np.float32],
        bounds: NDArray[np.int64],
        layout: BlockLayout,
        cancel: CancelToken | None,
    ) -> None:
        self._ordered, self._bounds, self._layout, self._cancel = ordered, bounds, layout, cancel
        self._local = threading.local()

    def build(self, first: int) -> _Part:
        """Tables of ``_CHUNK`` beams from ``first`` on."""
        from l3rocc_engine.occupancy.tables import build_beams

        if self._cancel is not None:
            self._cancel.check()
        layout, local = self._layout, self._local
        if not hasattr(local, "scratch"):
            levels = layout.num_levels
            most = _CHUNK * BEAM * levels
            local.scratch = (
                np.full((levels, BEAM), -1, np.int32),
                np.empty((levels, BEAM), np.uint64),
                np.empty((most, 2), np.uint64),
                np.empty(most, np.uint64),
                np.empty(most, np.uint64),
            )
        words, masks, steps, pair_masks, pair_sets = local.scratch
        some = self._bounds[first : first + _CHUNK + 1]
        ends, rays = np.empty((len(some) - 1, 2), np.int64), np.empty(len(some) - 1, np.uint64)
        num_steps, num_pairs = build_beams(
            self._ordered, some, layout.camera, layout.shape, layout.outward, layout.first_block, layout.num_blocks,
            words, masks, steps, pair_masks, pair_sets, ends, rays,
        )  # fmt: skip
        return _Part(
            steps=steps[:num_steps].copy(),
            pair_masks=pair_masks[:num_pairs].copy(),
            pair_sets=pair_sets[:num_pairs].copy(),
            beam_ends=ends,
            beam_rays=rays,
        )


class _Growing:
    """An array that grows in place where the system can, so that memory does not double at the end."""

    def __init__(self, dtype: type[np.unsignedinteger[Any]]) -> None:
        self._values: NDArray[Any] = np.empty(_FIRST_BYTES // np.dtype(dtype).itemsize, dtype)
        self.length = 0

    @property
    def num_bytes(self) -> int:
        """Memory of the values."""
        return self.length * self._values.itemsize

    def append(self, values: NDArray[Any]) -> None:
        """Add values at the end."""
        end = self.length + len(values)
        if end > len(self._values):
            self._values.resize(max(end, len(self._values) * 9 // 8), refcheck=False)
        self._values[self.length : end] = values
        self.length = end

    def finish(self) -> NDArray[Any]:
        """The array; nothing may be added after that."""
        self._values.resize(self.length, refcheck=False)
        return self._values


class _Join:
    """Puts parts together as they come."""

    def __init__(self) -> None:
        from l3rocc_engine.occupancy.numbering import Numbering

        self._steps, self._masks, self._sets = _Growing(np.uint64), _Growing(np.uint16), _Growing(np.uint32)
        self._known_masks, self._known_sets = Numbering(), Numbering()
        self._ends, self._rays = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.uint64)]

    @property
    def num_bytes(self) -> int:
        """Memory taken so far."""
        return self._steps.num_bytes + self._masks.num_bytes + self._sets.num_bytes

    def append(self, part: _Part) -> None:
        """Add the next beams."""
        self._ends.append(part.beam_ends + np.array([self._steps.length // 2, self._masks.length]))
        self._rays.append(part.beam_rays)
        self._steps.append(part.steps.ravel())
        self._masks.append(self._known_masks.number(part.pair_masks))
        self._sets.append(self._known_sets.number(part.pair_sets))

    def finish(self) -> BeamTables:
        """The tables of all beams."""
        return BeamTables(
            steps=self._steps.finish().reshape(-1, 2),
            mask_numbers=self._masks.finish(),
            set_numbers=self._sets.finish(),
            masks=self._known_masks.values,
            sets=self._known_sets.values,
            beam_ends=np.concatenate(self._ends),
            beam_rays=np.concatenate(self._rays),
        )
