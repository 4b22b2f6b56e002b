"""Occupancy and visibility of all frames of one run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.occupancy.frame import FrameOccupancy
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.history import history_indices, past_frames
from l3rocc_engine.occupancy.row_cache import RowCache
from l3rocc_engine.occupancy.rows import RowStore
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


SEQUENCE_FILES = ("occ_sequence.npz", "mask_sequence.npz")
"""Names of the two files where nobody says others."""


class OccupancySequence:
    """Visible-occupied voxels and visible space of T frames, compressed in memory or left in their files.

    A sequence that is still being made can be read already, from any thread: frames 0 to ``num_ready - 1`` are there.

    Parameters
    ----------
    grid
        The egocentric grid.
    world_from_cam
        (T, 4, 4) float64.
    occupied_rows, visible_rows
        Compressed rows: int32 indices and packed bits; fewer than T while the sequence is being made.
    in_view
        Packed bits of the voxels that the rays would cross in an empty scene, the same for all frames; None if unknown.
    notes
        Sentences for the user about what had to be assumed.
    """

    def __init__(
        self,
        *,
        grid: GridSpec,
        world_from_cam: NDArray[np.float64],
        occupied_rows: RowStore,
        visible_rows: RowStore,
        in_view: NDArray[np.uint8] | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        if len(occupied_rows) != len(visible_rows) or len(occupied_rows) > len(world_from_cam):
            raise InputError(
                f"The occupancy has {len(occupied_rows)} and {len(visible_rows)} frames, "
                f"the trajectory {len(world_from_cam)} poses."
            )
        self.grid = grid
        self.world_from_cam = np.array(world_from_cam, dtype=np.float64)
        self.world_from_cam.setflags(write=False)
        self.in_view = in_view
        self.occupied_rows, self.visible_rows = occupied_rows, visible_rows
        self.notes = tuple(notes)
        self._decoded = RowCache(self._decode)

    @property
    def num_frames(self) -> int:
        """T, those included that are not made yet."""
        return len(self.world_from_cam)

    @property
    def num_ready(self) -> int:
        """How many frames, from the first on, can be read."""
        return min(len(self.occupied_rows), len(self.visible_rows))

    @property
    def is_complete(self) -> bool:
        """Whether all frames can be read."""
        return self.num_ready == self.num_frames

    @property
    def counts(self) -> NDArray[np.int64]:
        """(num_ready,) visible-occupied voxels a frame."""
        rows = self.occupied_rows
        return np.fromiter((rows.num_bytes(t) // 4 for t in range(self.num_ready)), dtype=np.int64)

    def occupied_indices(self, frame_idx: int) -> NDArray[np.int32]:
        """(N,) sorted flat indices of one frame's visible-occupied voxels."""
        return self._decoded.row(self._checked(frame_idx))

    def decode_indices(self, frame_idx: int) -> NDArray[np.int32]:
        """The same, not kept: for going through all frames once."""
        return self._decode(self._checked(frame_idx))

    def _decode(self, frame_idx: int) -> NDArray[np.int32]:
        return np.frombuffer(self.occupied_rows.row(frame_idx), dtype="<i4")

    def frame(self, frame_idx: int) -> FrameOccupancy:
        """One frame; costs a millisecond or two.

        Raises
        ------
        InputError
            If there is no such frame or it is not made yet, or the file it is in is damaged.
        """
        packed = self.visible_rows.row(self._checked(frame_idx))
        return FrameOccupancy(frame_idx, self.occupied_indices(frame_idx), packed, self.grid.num_voxels, self.in_view)

    @cached_property
    def occupied(self) -> csr_matrix:
        """All frames as a CSR matrix, (T, X*Y*Z) uint8 ones; made once, when first asked for."""
        from scipy.sparse import csr_matrix

        indptr = np.concatenate([[0], np.cumsum(self.counts)])
        indices = np.empty(indptr[-1], dtype=np.int32)
        for t in range(self.num_frames):
            self._checked(t)
            indices[indptr[t] : indptr[t + 1]] = self._decode(t)
        shape = (self.num_frames, self.grid.num_voxels)
        dtype = np.int32 if indptr[-1] < 2**31 else np.int64
        return csr_matrix((np.ones(len(indices), np.uint8), indices, indptr.astype(dtype)), shape=shape)

    @property
    def visible_packed(self) -> NDArray[np.uint8]:
        """All masks, (T, ceil(X*Y*Z/8)) uint8, most significant bit first; large, and made anew at each access."""
        masks = np.empty((self.num_frames, (self.grid.num_voxels + 7) // 8), dtype=np.uint8)
        for t in range(self.num_frames):
            masks[t] = np.frombuffer(self.visible_rows.row(self._checked(t)), dtype=np.uint8)
        return masks

    def history(self, frame_idx: int, length: int, step: int) -> NDArray[np.int32]:
        """What frames ``t - step, t - 2 * step, ..., t - length * step`` saw, in the grid of frame ``t``.

        Voxel centres go through the world into the current camera; those outside the grid are left out, and so are
        frames before the first. Float64 throughout. Rows stay decompressed from one call to the next, so that playing
        reads one new row a frame; what they hold is moved anew, since every frame has a grid of its own.

        Returns
        -------
        numpy.ndarray
            (N,) sorted unique flat indices, int32.

        Raises
        ------
        InputError
            If the frame is not there, or ``length`` or ``step`` make no sense.
        """
        self._checked(frame_idx)
        if length < 0 or step < 1:
            raise InputError(f"A history needs a length of 0 or more and a step of 1 or more, not {length} and {step}.")
        past = past_frames(frame_idx, length, step)
        return history_indices(
            [self.occupied_indices(s) for s in past],
            self.world_from_cam[past],
            self.world_from_cam[frame_idx],
            self.grid,
        )

    def save(
        self,
        target: Path,
        mask_path: Path | None = None,
        *,
        progress: StepProgress = no_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        """Write ``occ_sequence.npz`` and ``mask_sequence.npz``, each atomically.

        Parameters
        ----------
        target
            Folder for both files under these names; with ``mask_path`` the path of the CSR file.
        mask_path
            Path of the mask file.

        Raises
        ------
        OutputError
            If they cannot be written.
        Cancelled
            If asked to stop; nothing is left behind.
        """
        from l3rocc_engine.occupancy.growing import sequence_files

        paths = (target, mask_path) if mask_path is not None else tuple(target / name for name in SEQUENCE_FILES)
        with sequence_files(self.grid, self.world_from_cam, self.in_view, *paths) as files:
            for t in range(self.num_frames):
                if cancel is not None:
                    cancel.check()
                self._checked(t)
                files.append(self.occupied_rows.piece(t), self.visible_rows.piece(t))
                progress(t + 1, self.num_frames)

    def _checked(self, frame_idx: int) -> int:
        if not 0 <= frame_idx < self.num_frames:
            raise InputError(f"There is no frame {frame_idx}; the sequence has {self.num_frames}.")
        if frame_idx >= self.num_ready:
            raise InputError(f"Frame {frame_idx} is not made yet; {self.num_ready} of {self.num_frames} are.")
        return frame_idx
