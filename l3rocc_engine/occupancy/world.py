"""The global occupancy: what all frames saw, in world coordinates.

World voxels have the egocentric grid's size and their corners at its whole multiples: voxel ``i`` spans
``[i, i + 1) * voxel_size`` along each axis. The centre of each visible-occupied egocentric voxel is moved by
``world_from_cam`` in voxel units, in float64, and rounded down.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.cell_keys import HALF, cells_of_keys
from l3rocc_engine.occupancy.archive import NpzWriter
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.ordered import in_order
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_engine.storage.npz_stream import NpzStream


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldMap:
    """World voxels that some frame saw occupied, ordered by the first frame that did.

    Attributes
    ----------
    voxel_size
        Edge of a voxel.
    centres_world
        (M, 3) float32.
    count
        (M,) uint32, how many frames saw the voxel.
    first_frame, last_frame
        (M,) int32, the first and the last of them.
    """

    voxel_size: float
    centres_world: NDArray[np.float32]
    count: NDArray[np.uint32]
    first_frame: NDArray[np.int32]
    last_frame: NDArray[np.int32]

    def __post_init__(self) -> None:
        m = len(self.centres_world)
        shapes = (self.centres_world.shape, self.count.shape, self.first_frame.shape, self.last_frame.shape)
        if shapes != ((m, 3), (m,), (m,), (m,)):
            raise InputError(f"The parts of a world map do not fit together: {shapes}.")
        if m and (np.diff(self.first_frame) < 0).any():
            raise InputError("The voxels of a world map must be ordered by the first frame that saw them.")

    @property
    def num_voxels(self) -> int:
        """M."""
        return len(self.centres_world)

    def voxel_at(self, point_world: NDArray[np.floating]) -> int | None:
        """The voxel that holds a point (3,) of the world; None where no frame saw anything."""
        centre = (np.floor(np.asarray(point_world, np.float64) / self.voxel_size) + 0.5) * self.voxel_size
        found = np.flatnonzero((np.abs(self.centres_world - centre) < 0.25 * self.voxel_size).all(axis=1))
        return int(found[0]) if len(found) else None

    def num_seen_until(self, frame_idx: int) -> int:
        """How many voxels, from the first on, some frame up to and including ``frame_idx`` saw."""
        return int(np.searchsorted(self.first_frame, frame_idx, side="right"))

    def save(self, path: Path) -> None:
        """Write ``all_occ.npz``: the original's ``data``, and count, first_frame, last_frame, voxel_size, frame."""
        with atomic_file(path) as partial, partial.open("wb") as file:
            npz = NpzWriter(file)
            npz.add_array("data", self.centres_world)
            npz.add_array("count", self.count)
            npz.add_array("first_frame", self.first_frame)
            npz.add_array("last_frame", self.last_frame)
            npz.add_array("voxel_size", np.array(self.voxel_size, dtype=np.float64))
            npz.add_array("frame", np.array("world"))
            npz.close()


def load_world_map(path: Path) -> WorldMap:
    """Read what :meth:`WorldMap.save` wrote.

    Raises
    ------
    InputError
        If the file is missing or damaged, or has no observations: the original's ``all_occ.npz`` is no world map but
        the last frame's box in camera coordinates.
    """
    try:
        with NpzStream(path) as npz:
            missing = {"voxel_size", "data", "count", "first_frame", "last_frame"} - npz.names()
            if missing:
                raise InputError(
                    f"{path} is not a world map: it has no {min(missing)}.",
                    "Files by the original hold the last frame's camera box; create it again.",
                )
            return WorldMap(
                voxel_size=float(npz.array("voxel_size")),
                centres_world=npz.array("data"),
                count=npz.array("count"),
                first_frame=npz.array("first_frame"),
                last_frame=npz.array("last_frame"),
            )
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}.", "Create it again.") from error


def world_map(
    sequence: OccupancySequence, *, progress: StepProgress | None = None, cancel: CancelToken | None = None
) -> WorldMap:
    """Gather what all frames of a sequence saw.

    Raises
    ------
    InputError
        If the trajectory leads further than a million voxels from the world's origin.
    Cancelled
        If asked to stop.
    """
    table = _Observations(sequence.grid)
    report = progress or no_progress
    # One thread decompresses ahead, this one notes; noting must go frame by frame.
    rows = in_order(sequence.decode_indices, sequence.num_frames, 1, cancel)
    for frame_idx, indices in enumerate(rows):
        table.add(indices, sequence.world_from_cam[frame_idx], frame_idx)
        report(frame_idx + 1, sequence.num_frames)
    return table.finish()


def world_voxels_from_voxels(world_from_cam: NDArray[np.float64], grid: GridSpec) -> NDArray[np.float64]:
    """(3, 4) float64 from places in a camera's grid to places in the world, both in voxels."""
    affine = world_from_cam[:3].copy()
    affine[:, 3] = (affine[:, :3] @ grid.origin + affine[:, 3]) / grid.voxel_size
    return affine


def world_voxel_keys(
    indices: NDArray[np.int32], world_from_cam: NDArray[np.float64], grid: GridSpec
) -> NDArray[np.int64]:
    """Keys (N,) of the world voxels that one frame's voxels fall into, see :mod:`l3rocc_engine.geometry.cell_keys`.

    Parameters
    ----------
    indices
        (N,) flat, in the grid of the pose (4, 4); of a sequence whose world map could be made, so that none is too far.
    """
    from l3rocc_engine.occupancy.voxel_moves import move_keys

    keys = np.empty(len(indices), np.int64)
    move_keys(indices, np.array(grid.shape, dtype=np.int64), world_voxels_from_voxels(world_from_cam, grid), keys)
    return keys


class _Observations:
    """A growing table of world voxels."""

    def __init__(self, grid: GridSpec) -> None:
        self._grid, self._shape = grid, np.array(grid.shape, dtype=np.int64)
        self._num = 0
        self._table = np.full((1 << 16, 4), -1, np.int64)

    def add(self, indices: NDArray[np.int32], world_from_cam: NDArray[np.float64], frame_idx: int) -> None:
        """Note one frame's voxels, (N,) flat indices in the grid of the pose (4, 4).

        Raises
        ------
        InputError
            If they are farther from the origin than indices reach.
        """
        from l3rocc_engine.occupancy.voxel_moves import observe, rehash

        while 2 * (self._num + len(indices)) > len(self._table):
            larger = np.full((2 * len(self._table), 4), -1, np.int64)
            rehash(self._table, larger)
            self._table = larger
        affine = world_voxels_from_voxels(world_from_cam, self._grid)
        num_new, num_far = observe(indices, self._shape, affine, frame_idx, self._table)
        if num_far:
            raise InputError(
                f"Frame {frame_idx} sees points farther than {HALF * self._grid.voxel_size:.3g} units from the world's "
                "origin; that is not supported at this voxel size.",
                "Move the world's origin nearer to the cameras, or choose larger voxels.",
            )
        self._num += num_new

    def finish(self) -> WorldMap:
        """All voxels by first frame, and by place within one."""
        from l3rocc_engine.occupancy.voxel_moves import COUNT, FIRST, KEY, LAST

        rows = self._table[self._table[:, KEY] >= 0]
        rows = rows[np.lexsort((rows[:, KEY], rows[:, FIRST]))]
        xyz = cells_of_keys(rows[:, KEY])
        return WorldMap(
            voxel_size=self._grid.voxel_size,
            centres_world=((xyz + 0.5) * self._grid.voxel_size).astype(np.float32),
            count=rows[:, COUNT].astype(np.uint32),
            first_frame=rows[:, FIRST].astype(np.int32),
            last_frame=rows[:, LAST].astype(np.int32),
        )
