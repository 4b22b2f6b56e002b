"""Compiles every kernel, or loads it from the cache on disk, before anybody waits for it."""

from __future__ import annotations

import logging
import threading

import numpy as np

from l3rocc_engine.occupancy.casters import BeamCaster, PlainCaster
from l3rocc_engine.occupancy.cells import sort_points
from l3rocc_engine.occupancy.device import cuda_problem
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.history import history_indices
from l3rocc_engine.occupancy.ray_tables import build_tables
from l3rocc_engine.occupancy.row_packer import RowPacker
from l3rocc_engine.occupancy.rows import MemoryRows
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.occupancy.sightings import frames_that_saw
from l3rocc_engine.occupancy.world import world_map

_LOG = logging.getLogger(__name__)


class _Once:
    """The one thread that warms in the background."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> threading.Thread:
        """Begin, if nobody has."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=_warm_quietly, name="warm-up", daemon=True)
                self._thread.start()
            return self._thread


_ONCE = _Once()


def warm_in_background() -> threading.Thread:
    """Call :func:`warm` on a thread of its own, once a process, however often this is asked for.

    Nobody need wait for the thread; it does not hold up the program's end.
    """
    return _ONCE.start()


def _warm_quietly() -> None:
    try:
        warm()
    except RuntimeError as error:
        # The program ended meanwhile and takes no more work; nothing is lost.
        _LOG.info("The kernels were not all made ready: %s", error)


def warm() -> None:
    """Run every kernel once on a tiny scene, those for a GPU too where there is one; see :func:`warm_in_background`.

    The first time on a machine this compiles for some tens of seconds, from then on it takes a fraction of one. It is
    harmless to start real work meanwhile: that waits for what it needs only.
    """
    from l3rocc_engine.occupancy.numbering import Numbering
    from l3rocc_engine.occupancy.voxel_moves import rehash

    grid = GridSpec(pc_range=(-1.0, -1.0, -1.0, 1.0, 1.0, 1.0), voxel_size=0.5)
    points = np.array([[0.1, 0.1, 0.6], [0.6, 0.1, 0.1]], dtype=np.float32)
    rays = np.array([[0.1, 0.1, 1.0], [1.0, 0.1, 0.1]], dtype=np.float32)
    poses = np.eye(4)[None]
    PlainCaster(points, poses, rays, grid).cast(0)
    tables = build_tables(rays, grid, threads=1)
    assert tables is not None, "two rays fit into any table"
    cells = sort_points(points, grid)
    beams = BeamCaster(cells, poses.repeat(2, axis=0), tables, grid)
    assert len(list(beams.cast_pair(0, 2))) == 2, "two frames take another kernel than one"
    indices, mask = beams.cast(0)
    packer = RowPacker(grid)
    sequence = OccupancySequence(
        grid=grid,
        world_from_cam=poses,
        occupied_rows=MemoryRows([packer.pack_indices(indices)]),
        visible_rows=MemoryRows([packer.pack_mask(mask)]),
    )
    frames_that_saw(sequence, world_map(sequence), np.array([0.1, 0.1, 0.6]))
    Numbering().number(np.arange(5000, dtype=np.uint64))  # more than there is room for at first
    rehash(np.full((8, 4), -1, np.int64), np.full((16, 4), -1, np.int64))
    history_indices([sequence.occupied_indices(0)], poses, poses[0], grid)
    if not cuda_problem():
        from l3rocc_engine.occupancy.gpu import gpu_caster

        gpu_caster(cells, poses, tables, grid, is_asked_for=False)
