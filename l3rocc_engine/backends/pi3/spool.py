"""Point maps on disk while a reconstruction is made, so that memory does not grow with the clip."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.pi3.inference import trust_of
from l3rocc_engine.reconstruction import PointMap
from l3rocc_engine.storage.scratch import scratch_folder, writing_scratch


class SpooledPointMaps(Sequence[PointMap]):
    """A growing list of point maps in a temporary folder that goes away with this object."""

    def __init__(self) -> None:
        held = ExitStack()
        self._folder = held.enter_context(scratch_folder("points"))
        weakref.finalize(self, held.close)
        self._frames: list[int] = []

    def append(self, point_map: PointMap, is_edge: NDArray[np.bool_]) -> None:
        """Write one, with its edges (H, W), which only joining needs.

        Raises
        ------
        OutputError
            The temporary folder is full.
        """
        with writing_scratch(self._folder):
            np.savez(
                self._path(len(self._frames)),
                points_cam=point_map.points_cam,
                confidence=point_map.confidence,
                colors=point_map.colors,
                is_edge=is_edge,
            )
        self._frames.append(point_map.frame_idx)

    def trusted(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Points (H, W, 3) of one, and what to go by in joining (H, W)."""
        with np.load(self._path(index), allow_pickle=False) as arrays:
            return arrays["points_cam"], trust_of(arrays["confidence"], arrays["is_edge"])

    def _path(self, index: int) -> Path:
        return self._folder / f"{index:06d}.npz"

    def __len__(self) -> int:
        """Number of point maps so far."""
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> PointMap: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PointMap, ...]: ...
    def __getitem__(self, index: int | slice) -> PointMap | tuple[PointMap, ...]:
        """Read one, or several at once."""
        if isinstance(index, slice):
            return tuple(self[number] for number in range(len(self))[index])
        number = range(len(self))[index]
        with np.load(self._path(number), allow_pickle=False) as arrays:
            return PointMap(
                frame_idx=self._frames[number],
                points_cam=arrays["points_cam"],
                confidence=arrays["confidence"],
                colors=arrays["colors"],
            )

    def __iter__(self) -> Iterator[PointMap]:
        """Read them one after another."""
        return (self[number] for number in range(len(self)))
