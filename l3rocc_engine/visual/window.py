"""The occupancy that a frame shows: what it sees, and what the frames of its history saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.cell_keys import cells_of_keys
from l3rocc_engine.occupancy.world import world_voxel_keys
from l3rocc_engine.run import Run


class OccupancyWindow:
    """Goes through a run and gathers each frame's voxels with those of its history.

    The history is the configuration's: frames ``t - step, t - 2 * step, ...``, ``history_len`` of them.

    Parameters
    ----------
    run
        Its occupancy is read frame by frame; what the window still needs is kept.
    """

    def __init__(self, run: Run) -> None:
        self._sequence, self._config = run.occupancy, run.config
        self._kept: dict[int, NDArray[np.int64]] = {}

    def frames(self, frame_idx: int) -> list[int]:
        """The frame itself and its history, newest first."""
        length, step = self._config.history_len, self._config.history_step
        return [t for t in range(frame_idx, frame_idx - length * step - 1, -step) if t >= 0]

    def points_cam(self, frame_idx: int) -> NDArray[np.float32]:
        """Centres (N, 3) float32 of grid voxels, camera frame; the history is cut to the grid."""
        own = self._sequence.occupied_indices(frame_idx)
        past = self._sequence.history(frame_idx, self._config.history_len, self._config.history_step)
        return self._sequence.grid.centres(np.union1d(own, past))

    def points_world(self, frame_idx: int) -> NDArray[np.float32]:
        """Centres (N, 3) float32 of world voxels, whose corners are at whole multiples of the voxel size."""
        wanted = self.frames(frame_idx)
        self._kept = {t: keys for t, keys in self._kept.items() if t >= wanted[-1]}
        for t in wanted:
            if t not in self._kept:
                self._kept[t] = self._world_keys(t)
        keys = np.unique(np.concatenate([self._kept[t] for t in wanted]))
        return ((cells_of_keys(keys) + 0.5) * self._sequence.grid.voxel_size).astype(np.float32)

    def _world_keys(self, frame_idx: int) -> NDArray[np.int64]:
        """One frame's voxels as keys of world voxels, the same ones that the world map has."""
        sequence = self._sequence
        indices, pose = sequence.decode_indices(frame_idx), sequence.world_from_cam[frame_idx]
        return np.unique(world_voxel_keys(indices, pose, sequence.grid))
