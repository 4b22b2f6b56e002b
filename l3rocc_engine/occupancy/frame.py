"""What one frame sees."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError


class VoxelState(Enum):
    """What one frame knows of a voxel; each voxel has exactly one."""

    OCCUPIED = "occupied"
    FREE = "free"
    OCCLUDED = "occluded"
    OUT_OF_VIEW = "out of view"


class FrameOccupancy:
    """The voxels of one frame by what is known of them; index arrays are sorted int32, flat, in its camera grid.

    Every voxel is one of: ``occupied`` (and seen), ``free`` (seen to be empty), ``occluded`` (on the way of some ray,
    but behind the first voxel it hit), ``out_of_view`` (no ray comes by). The first two together are ``visible``.

    Attributes
    ----------
    frame_idx
        The frame.
    occupied
        Voxels that hold a point and are crossed by a ray before or at its first hit.
    """

    __slots__ = ("_in_view", "_num_voxels", "_packed", "_visible", "frame_idx", "occupied")

    def __init__(
        self,
        frame_idx: int,
        occupied: NDArray[np.int32],
        packed: bytes,
        num_voxels: int,
        in_view: NDArray[np.uint8] | None = None,
    ) -> None:
        self.frame_idx, self.occupied = frame_idx, occupied
        self._packed, self._num_voxels, self._in_view = packed, num_voxels, in_view
        self._visible: NDArray[np.int32] | None = None

    @property
    def visible_packed(self) -> NDArray[np.uint8]:
        """(ceil(X*Y*Z/8),) uint8, most significant bit first, read-only."""
        return np.frombuffer(self._packed, dtype=np.uint8)

    @property
    def visible(self) -> NDArray[np.int32]:
        """(N,) sorted flat indices, as all below: voxels crossed by some ray, free space and the visible surface."""
        if self._visible is None:
            self._visible = self._indices(self.visible_packed)
        return self._visible

    @property
    def free(self) -> NDArray[np.int32]:
        """Voxels seen to be empty: visible and not occupied."""
        is_free = np.unpackbits(self.visible_packed, count=self._num_voxels)
        is_free[self.occupied] = 0
        return np.flatnonzero(is_free).astype(np.int32)

    @property
    def occluded(self) -> NDArray[np.int32]:
        """Voxels that rays would cross if nothing were in their way, but none does."""
        return self._indices(self._known_view & ~self.visible_packed)

    @property
    def out_of_view(self) -> NDArray[np.int32]:
        """Voxels that no ray comes by, whatever the scene."""
        return self._indices(~self._known_view)

    @property
    def _known_view(self) -> NDArray[np.uint8]:
        if self._in_view is None:
            raise InputError(
                "The occupancy file does not say which voxels the camera could see, so occluded and out of view cannot "
                "be told apart.",
                "Run the occupancy stage again; files by this program say it.",
            )
        return self._in_view

    def state(self, flat_index: int) -> VoxelState:
        """What the frame knows of one voxel.

        Raises
        ------
        InputError
            If there is no such voxel, or occluded and out of view cannot be told apart.
        """
        if not 0 <= flat_index < self._num_voxels:
            raise InputError(f"There is no voxel {flat_index}; the grid has {self._num_voxels}.")
        byte, bit = flat_index >> 3, 128 >> (flat_index & 7)
        if self.visible_packed[byte] & bit:
            place = int(np.searchsorted(self.occupied, flat_index))
            is_occupied = place < len(self.occupied) and self.occupied[place] == flat_index
            return VoxelState.OCCUPIED if is_occupied else VoxelState.FREE
        return VoxelState.OCCLUDED if self._known_view[byte] & bit else VoxelState.OUT_OF_VIEW

    def _indices(self, packed: NDArray[np.uint8]) -> NDArray[np.int32]:
        return np.flatnonzero(np.unpackbits(packed, count=self._num_voxels)).astype(np.int32)
