"""Frames worked out on a CUDA device, some at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.casters import BeamCaster, Caster, Seen
from l3rocc_engine.occupancy.cells import PointCells
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.packing import PAD
from l3rocc_engine.occupancy.ray_tables import RayTables
from l3rocc_engine.occupancy.rounding import voxels_from_world

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchShape:
    """How the work is cut.

    Attributes
    ----------
    frames
        Frames a batch: neighbouring threads, so a warp's 32 pay best.
    beams, points, words
        Beams, points and words a block.
    streams
        Batches under way at a time: one is copied while the other is worked on.
    """

    frames: int = 32
    beams: int = 4
    points: int = 128
    words: int = 128
    streams: int = 2


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Packed rows (F, bytes / 4) uint32 of some frames, in memory that the GPU writes to directly."""

    visible: NDArray[np.uint32]
    hits: NDArray[np.uint32]
    rows_left: set[int]


class _Buffers:
    """One stream and what a batch needs on the device."""

    def __init__(self, num_words: int, num_own: int, row_words: int, frames: int) -> None:
        from numba import cuda

        self.stream = cuda.stream()
        self.occupied = cuda.device_array((num_words, frames), np.uint64)
        self.seen = cuda.device_array((num_words, frames), np.uint64)
        self.own = cuda.device_array((max(num_own, 1), frames), np.uint64)
        self.visible = cuda.device_array((frames, row_words), np.uint32)
        self.hits = cuda.device_array((frames, row_words), np.uint32)


class GpuCaster:
    """Beams through words as :class:`BeamCaster`, on the GPU; the same bits.

    A frame that is asked for brings its batch and the next one: while the caller packs one, the other is made.
    """

    def __init__(
        self,
        cells: PointCells,
        poses: NDArray[np.float64],
        tables: RayTables,
        grid: GridSpec,
        launch: LaunchShape | None = None,
    ) -> None:
        self._cells, self._tables, self._grid, self._poses = cells, tables, grid, poses
        self._launch = launch or LaunchShape()
        self._affine = voxels_from_world(poses, grid)
        self._must_visit_all = np.array([not cells.is_cullable(affine) for affine in self._affine], dtype=np.uint8)
        self._row_words = ((grid.num_voxels + 63) // 64 * 8 + 2 * PAD) // 4
        self._lock, self._local = threading.Lock(), threading.local()
        self._batches: dict[int, Future[_Batch]] = {}
        self._free: list[_Batch] = []
        self._pool = ThreadPoolExecutor(max_workers=self._launch.streams, thread_name_prefix="occupancy-gpu")
        self._constants = self._uploaded()

    def cast(self, frame_idx: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """See :class:`~l3rocc_engine.occupancy.casters.Caster`."""
        from l3rocc_engine.occupancy.pack_kernels import list_bits

        number, row = divmod(frame_idx, self._launch.frames)
        batch = self._asked(number).result()
        visible = batch.visible[row].view(np.uint8)[PAD : PAD + (self._grid.num_voxels + 7) // 8].copy()
        packed = batch.hits[row].view(np.uint8)[PAD:-PAD]
        words = packed.view(np.uint64)
        indices = np.empty(int(np.bitwise_count(words).sum()), dtype=np.int32)
        list_bits(words, indices)
        self._done(number, row, batch)
        return indices, visible

    def cast_pair(self, first: int, count: int) -> Iterator[Seen]:
        """See :class:`~l3rocc_engine.occupancy.casters.Caster`."""
        return (self.cast(frame_idx) for frame_idx in range(first, first + count))

    def view(self) -> NDArray[np.uint8]:
        """See :class:`~l3rocc_engine.occupancy.casters.Caster`; a single sweep, done on the CPU."""
        return BeamCaster(self._cells, self._poses, self._tables, self._grid).view()

    def _asked(self, number: int) -> Future[_Batch]:
        """The batch, begun if it was not, and the next one begun."""
        num_batches = -(-len(self._affine) // self._launch.frames)
        with self._lock:
            for wanted in range(number, min(number + self._launch.streams, num_batches)):
                if wanted not in self._batches:
                    self._batches[wanted] = self._pool.submit(self._make, wanted)
            return self._batches[number]

    def _done(self, number: int, row: int, batch: _Batch) -> None:
        """One row was taken; after the last one the memory goes to another batch."""
        with self._lock:
            batch.rows_left.discard(row)
            if not batch.rows_left and self._batches.pop(number, None) is not None:
                self._free.append(batch)

    def _uploaded(self) -> dict[str, Any]:
        """Everything that no frame changes, on the device."""
        from numba import cuda

        cells, tables, beams = self._cells, self._tables, self._tables.beams
        parts: dict[str, NDArray[Any]] = {
            "xs": cells.xs, "ys": cells.ys, "zs": cells.zs, "starts": cells.starts, "spheres": cells.spheres,
            "reach": tables.reach.astype(np.uint8), "shape": tables.layout.shape, "parts": tables.layout.parts,
            "compact": tables.compact, "places": tables.places, "octants": tables.octants,
            "own_words": tables.own_words, "own_bits": tables.own_bits, "steps": beams.steps,
            "masks": beams.masks[beams.mask_numbers], "sets": beams.sets[beams.set_numbers],
            "ends": beams.beam_ends, "rays": beams.beam_rays,
        }  # fmt: skip
        # Empty arrays cannot be copied; what is in their place is never read.
        return {name: cuda.to_device(part if part.size else np.zeros_like(part, shape=(1, *part.shape[1:])))
                for name, part in parts.items()}  # fmt: skip

    def _host_batch(self, num_frames: int) -> _Batch:
        """Memory of a batch that is done with, or new."""
        from numba import cuda

        with self._lock:
            if self._free:
                batch = self._free.pop()
                batch.rows_left = set(range(num_frames))
                return batch
        shape = (self._launch.frames, self._row_words)
        visible, hits = (cuda.pinned_array(shape, np.uint32) for _ in range(2))
        return _Batch(visible=visible, hits=hits, rows_left=set(range(num_frames)))

    def _make(self, number: int) -> _Batch:
        """Work out one batch; runs on a thread of the pool, each of which has a stream and buffers of its own."""
        first = number * self._launch.frames
        chosen = slice(first, first + self._launch.frames)
        affine, must_visit_all = self._affine[chosen], self._must_visit_all[chosen]
        if not hasattr(self._local, "buffers"):
            self._local.buffers = _Buffers(
                len(self._tables.places), len(self._tables.own_words), self._row_words, self._launch.frames
            )
        buffers: _Buffers = self._local.buffers
        batch = self._host_batch(len(affine))
        if len(self._tables.places) == 0:
            batch.visible[:], batch.hits[:] = 0, 0
            return batch
        self._run(affine, must_visit_all, buffers)
        buffers.visible.copy_to_host(batch.visible, stream=buffers.stream)
        buffers.hits.copy_to_host(batch.hits, stream=buffers.stream)
        buffers.stream.synchronize()
        return batch

    def _run(self, affine: NDArray[np.float32], must_visit_all: NDArray[np.uint8], buffers: _Buffers) -> None:
        """Enqueue the kernels of one batch."""
        from numba import cuda

        from l3rocc_engine.occupancy import gpu_kernels as kernels

        launch, fixed, stream, num_frames = self._launch, self._constants, buffers.stream, len(affine)
        num_cells, num_words = len(self._cells.starts) - 1, len(self._tables.places)
        num_beams, num_own = len(self._tables.beams.beam_ends), len(self._tables.own_words)
        for words in (buffers.occupied, buffers.seen, buffers.visible, buffers.hits):
            kernels.clear[min(1024, -(-words.size // launch.words)), launch.words, stream](words)
        if num_cells:
            kernels.fill_words[(num_cells, num_frames), launch.points, stream](
                fixed["xs"], fixed["ys"], fixed["zs"], fixed["starts"], fixed["spheres"],
                cuda.to_device(np.ascontiguousarray(affine), stream), fixed["reach"],
                cuda.to_device(np.ascontiguousarray(must_visit_all), stream),
                fixed["shape"], fixed["parts"], fixed["compact"], buffers.occupied,
            )  # fmt: skip
        if num_own:
            kernels.lift_own[1, launch.frames, stream](
                fixed["own_words"], fixed["own_bits"], buffers.occupied, buffers.own
            )
        kernels.sweep_beams[-(-num_beams // launch.beams), (num_frames, launch.beams), stream](
            fixed["steps"], fixed["masks"], fixed["sets"], fixed["ends"], fixed["rays"], buffers.occupied, buffers.seen
        )
        if num_own:
            kernels.restore_own[1, launch.frames, stream](fixed["own_words"], buffers.own, buffers.occupied)
        kernels.pack_words[(-(-num_words // launch.words), num_frames), (launch.words, 1), stream](
            buffers.occupied, buffers.seen, fixed["places"], fixed["octants"], fixed["shape"],
            buffers.visible, buffers.hits,
        )  # fmt: skip


def gpu_caster(
    cells: PointCells, poses: NDArray[np.float64], tables: RayTables, grid: GridSpec, *, is_asked_for: bool
) -> Caster:
    """A caster on the GPU that gave the CPU's bits for the first of the poses (T, 4, 4), and the CPU's own otherwise.

    Raises
    ------
    ConfigError
        If the GPU was asked for, and fails or gives other bits.
    """
    from numba.cuda.cudadrv import error as cuda_error

    names = ("CudaDriverError", "CudaSupportError", "NvvmError", "NvvmSupportError")  # the simulator lacks some
    failures = tuple(getattr(cuda_error, name) for name in names if hasattr(cuda_error, name))
    on_cpu = BeamCaster(cells, poses, tables, grid)
    if not len(poses):
        return on_cpu
    try:
        caster = GpuCaster(cells, poses, tables, grid)
        made, exact = caster.cast(0), on_cpu.cast(0)
        is_same = np.array_equal(made[0], exact[0]) and np.array_equal(made[1], exact[1])
    except failures as error:
        problem = str(error)
    else:
        if is_same:
            return caster
        problem = "it gives other bits than the CPU"
    if is_asked_for:
        raise ConfigError(f"Occupancy cannot run on this GPU: {problem}.", "Choose the CPU.")
    _LOG.warning("Occupancy runs on the CPU: %s.", problem)
    return on_cpu
