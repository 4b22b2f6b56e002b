"""What is found in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.progress import CancelToken

BACKGROUND, PATH, OCCUPANCY = 0, 1, 2
"""Labels of the visual format."""
ROLE_NAMES = {BACKGROUND: "background", PATH: "path", OCCUPANCY: "occupancy"}
"""What they stand for."""


class Axes(Enum):
    """What the coordinates refer to; the value says it to people."""

    CAMERA = "camera: x right, y down, z forward"
    WORLD = "world of the run"
    VOXELS = "voxel numbers; range and voxel size are not known"
    UNKNOWN = "not stated by the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Where voxels lie: voxel ``i`` spans ``origin + [i, i + 1) * cell_size``."""

    origin: tuple[float, float, float]
    cell_size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePoints:
    """The points of one moment.

    Attributes
    ----------
    points
        (N, 3) float32, finite.
    colors
        (N, 3) uint8 RGB.
    labels
        (N,) uint8.
    counts
        (N,) int64, how often each was seen.
    has_roles
        Whether the labels are those of the visual format: 0 background, 1 camera path in order, 2 occupancy.
    lattice
        The points that :meth:`is_voxel` names are centres of its cells; None if there are no voxels, or their size is
        not known.
    num_dropped
        Points that were left out because they are not finite.
    columns
        Names of the numbers that a point has in the file, where it is a table; empty where they are of no interest.
    """

    points: NDArray[np.float32]
    colors: NDArray[np.uint8] | None = None
    labels: NDArray[np.uint8] | None = None
    counts: NDArray[np.int64] | None = None
    has_roles: bool = False
    lattice: Lattice | None = None
    num_dropped: int = 0
    columns: str = ""

    def is_voxel(self) -> NDArray[np.bool_]:
        """(N,) which points are voxels of the lattice: all but background and path."""
        if self.lattice is None:
            return np.zeros(len(self.points), bool)
        if self.labels is None or not self.has_roles:
            return np.ones(len(self.points), bool)
        voxels: NDArray[np.bool_] = self.labels == OCCUPANCY
        return voxels

    def is_path(self) -> NDArray[np.bool_]:
        """(N,) which points are those of a camera's path, in order."""
        if self.labels is None or not self.has_roles:
            return np.zeros(len(self.points), bool)
        path: NDArray[np.bool_] = self.labels == PATH
        return path


class InspectedFile(Protocol):
    """An opened file.

    Attributes
    ----------
    path
        The file or folder.
    kind
        What it is, for people.
    axes
        What its coordinates refer to.
    num_frames
        Moments that it holds.
    grid
        The egocentric grid, where it has one and range and voxel size are known.
    up
        Direction against gravity in its coordinates, where known.
    notes
        Sentences about what had to be assumed.
    """

    @property
    def path(self) -> Path: ...
    @property
    def kind(self) -> str: ...
    @property
    def axes(self) -> Axes: ...
    @property
    def num_frames(self) -> int: ...
    @property
    def grid(self) -> GridSpec | None: ...
    @property
    def up(self) -> tuple[float, float, float] | None: ...
    @property
    def notes(self) -> tuple[str, ...]: ...

    def frame(self, frame_idx: int, cancel: CancelToken | None = None) -> FramePoints:
        """The points of one moment."""
        ...

    def frame_name(self, frame_idx: int) -> str:
        """What to call it: ``frame 7``, or a file's name."""
        ...

    def frame_of(self, number: int) -> int:
        """The moment that people call by a number: in a folder, that in the files' names."""
        ...

    def facts(self) -> dict[str, Any]:
        """Numbers about the whole file that are known without unpacking it."""
        ...


def no_such_frame(path: Path, number: int, numbers: Sequence[int]) -> InputError:
    """What to raise where a moment is asked for that a file does not have; it has these, in order."""
    if not numbers:
        return InputError(f"{path.name} holds no frames.")
    if len(numbers) == 1:
        return InputError(f"{path.name} has no frame {number}, it holds a single moment.", "Leave --frame out.")
    first, step, last = numbers[0], numbers[1] - numbers[0], numbers[-1]
    if tuple(numbers) != tuple(range(first, last + 1, step)):
        return InputError(f"{path.name} has no frame {number}; it has {len(numbers)} frames from {first} to {last}.")
    if step > 1:
        return InputError(f"{path.name} has no frame {number}; it has the frames {first} to {last} in steps of {step}.")
    return InputError(f"{path.name} has no frame {number}; it has the frames {first} to {last}.")
