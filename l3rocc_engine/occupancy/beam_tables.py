"""The beams' tables of a whole ray set, built on several threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.beams import BEAM
from l3rocc_engine.occupancy.blocks import BlockLayout
from l3rocc_engine.progress import CancelToken

_CHUNK = 16
"""Beams a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamTables:
    """Steps and pairs of some beams, see ``tables``.

    Attributes
    ----------
    steps
        (S, 2) uint64.
    pair_masks, pair_sets
        (P,) uint64.
    beam_ends
        (B, 2) int64.
    beam_rays
        (B,) uint64.
    """

    steps: NDArray[np.uint64]
    pair_masks: NDArray[np.uint64]
    pair_sets: NDArray[np.uint64]
    beam_ends: NDArray[np.int64]
    beam_rays: NDArray[np.uint64]

    @property
    def num_bytes(self) -> int:
        """Memory they take."""
        return self.steps.nbytes + self.pair_masks.nbytes + self.pair_sets.nbytes


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
    parts: list[BeamTables] = []
    starts = range(0, len(bounds) - 1, _CHUNK)
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="ray-tables") as pool:
        for group in range(0, len(starts), 8 * threads):
            parts += pool.map(builder.build, starts[group : group + 8 * threads])
            if sum(part.num_bytes for part in parts) > max_bytes:
                return None
    return _joined(parts)


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

    def build(self, first: int) -> BeamTables:
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
        return BeamTables(
            steps=steps[:num_steps].copy(),
            pair_masks=pair_masks[:num_pairs].copy(),
            pair_sets=pair_sets[:num_pairs].copy(),
            beam_ends=ends,
            beam_rays=rays,
        )


def _joined(parts: list[BeamTables]) -> BeamTables:
    """One table of all parts; lets go of each part once it is copied, so that memory does not double."""
    num_steps, num_pairs = sum(len(part.steps) for part in parts), sum(len(part.pair_masks) for part in parts)
    steps = np.empty((num_steps, 2), np.uint64)
    pair_masks, pair_sets = np.empty(num_pairs, np.uint64), np.empty(num_pairs, np.uint64)
    beam_ends, beam_rays = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.uint64)]
    s = p = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        beam_ends.append(part.beam_ends + np.array([s, p]))
        beam_rays.append(part.beam_rays)
        steps[s : s + len(part.steps)] = part.steps
        pair_masks[p : p + len(part.pair_masks)] = part.pair_masks
        pair_sets[p : p + len(part.pair_sets)] = part.pair_sets
        s, p = s + len(part.steps), p + len(part.pair_masks)
    return BeamTables(
        steps=steps,
        pair_masks=pair_masks,
        pair_sets=pair_sets,
        beam_ends=np.concatenate(beam_ends),
        beam_rays=np.concatenate(beam_rays),
    )
