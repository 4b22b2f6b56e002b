"""Files of voxels, one row a frame: visible-occupied voxels as a CSR matrix, visible space as packed bits."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection.content import Axes, FramePoints, Lattice, no_such_frame
from l3rocc_engine.inspection.facts import spread_of
from l3rocc_engine.inspection.surroundings import GridHint, Shape, find_grid, grid_in_file, look_around
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.memory import require_memory
from l3rocc_engine.storage.npz_member import NpzMember
from l3rocc_engine.storage.npz_stream import DamagedNpz, NpzStream

BYTES_A_VOXEL = 40
"""Memory that a voxel takes while a frame is unpacked and turned to points."""


class VoxelFile:
    """What both kinds of files share: a grid, and rows that become points.

    Parameters
    ----------
    path
        The .npz.
    hint
        Its grid.
    """

    num_frames: int

    def __init__(self, path: Path, hint: GridHint) -> None:
        self.path, self._hint = path, hint
        self.up: tuple[float, float, float] | None = (0.0, -1.0, 0.0)
        self._sums: NDArray[np.uint32] | None = None

    @property
    def grid(self) -> GridSpec | None:
        """With range and voxel size, where those are known."""
        return self._hint.grid

    @property
    def axes(self) -> Axes:
        """Camera axes; voxel numbers along them where the voxels' size is not known."""
        return Axes.VOXELS if self.grid is None else Axes.CAMERA

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the grid comes from, if it is not in the file."""
        return () if self._hint.origin == self.path.name else (f"The grid comes from {self._hint.origin}.",)

    def frame_name(self, frame_idx: int) -> str:
        """``frame 7``."""
        return f"frame {frame_idx}"

    def frame_of(self, number: int) -> int:
        """The frame itself.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        return self._checked(number)

    def _grid_facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"grid": list(self._hint.shape), "grid from": self._hint.origin}
        if self.grid is not None:
            facts["range"], facts["voxel size"] = list(self.grid.pc_range), self.grid.voxel_size
            unit = look_around(self.path).unit
            facts |= {"unit": unit} if unit else {}
        return facts

    def _points(self, flat: NDArray[np.integer]) -> FramePoints:
        require_memory(len(flat) * BYTES_A_VOXEL, self.path.name)
        grid = self.grid
        if grid is None:
            xyz = np.stack(np.unravel_index(flat.astype(np.int64), self._hint.shape), axis=-1)
            lattice = Lattice(origin=(0.0, 0.0, 0.0), cell_size=1.0)
            return FramePoints(points=(xyz + 0.5).astype(np.float32), lattice=lattice)
        x, y, z = (float(v) for v in grid.origin)
        lattice = Lattice(origin=(x, y, z), cell_size=grid.voxel_size)
        return FramePoints(points=grid.centres(flat), lattice=lattice)

    def _checked(self, frame_idx: int) -> int:
        if not 0 <= frame_idx < self.num_frames:
            raise no_such_frame(self.path, frame_idx, range(self.num_frames))
        return frame_idx

    def _use_index(self, member: NpzMember, starts: NDArray[np.int64]) -> bool:
        """Take the index of rows that our own files carry, if there is one that fits."""
        with NpzStream(self.path) as npz:
            if not {f"{member.name}_offsets", f"{member.name}_crc32"} <= npz.names():
                return False
        offsets = NpzMember(self.path, f"{member.name}_offsets").array()
        sums = NpzMember(self.path, f"{member.name}_crc32").array()
        if offsets.dtype.kind not in "iu" or sums.dtype.kind not in "iu" or offsets.ndim != 1 or sums.ndim != 1:
            return False
        offsets = offsets.astype(np.int64)
        if len(offsets) != len(starts) or len(sums) != len(starts) - 1 or not member.set_row_starts(starts, offsets):
            return False
        self._sums = sums
        return True

    def _check_sum(self, frame_idx: int, row: NDArray[Any]) -> None:
        if self._sums is not None and zlib.crc32(row.tobytes()) != int(self._sums[frame_idx]):
            raise DamagedNpz(self.path, f"frame {frame_idx} does not have the checksum that the file states")


class OccupiedFile(VoxelFile):
    """``occ_sequence.npz``: a CSR matrix with one row a frame.

    Parameters
    ----------
    path
        By this program or by the original.
    shape
        Voxels along x, y, z, for files that nothing else tells about.

    Raises
    ------
    InputError
        If the file is damaged or its grid is not known.
    """

    kind = "visible occupied voxels of a sequence"

    def __init__(self, path: Path, shape: Shape | None) -> None:
        if _text(path, "format") != "csr":
            raise InputError(f"{path.name} is a sparse matrix of the format {_text(path, 'format')!r}, not csr.")
        size = NpzMember(path, "shape").array()
        if size.shape != (2,) or size.dtype.kind not in "iu" or size.min() < 0:
            raise DamagedNpz(path, f"the matrix states the shape {size.tolist()}")
        self.num_frames, self._width = int(size[0]), int(size[1])
        self._indices = NpzMember(path, "indices")
        starts = NpzMember(path, "indptr")
        if starts.shape != (self.num_frames + 1,) or starts.dtype.kind not in "iu":
            raise DamagedNpz(path, f"{self.num_frames} frames cannot have row starts of shape {starts.shape}")
        self._starts = starts.array().astype(np.int64)
        if self._starts[0] != 0 or (np.diff(self._starts) < 0).any() or self._starts[-1] != self._indices.count:
            raise DamagedNpz(path, "the rows of the matrix do not follow each other")
        if self._indices.dtype.kind not in "iu":
            raise DamagedNpz(path, f"voxel numbers cannot be {self._indices.dtype}")
        super().__init__(path, find_grid(path, self._width, shape))
        self.has_index = self._use_index(self._indices, self._starts)

    def frame(self, frame_idx: int, cancel: CancelToken | None = None) -> FramePoints:
        """The voxels of one frame.

        Raises
        ------
        InputError
            If there is no such frame, or it is damaged.
        """
        at = self._checked(frame_idx)
        flat = self._indices.values(int(self._starts[at]), int(self._starts[at + 1]), cancel)
        self._check_sum(at, flat)
        if len(flat) and (flat.min() < 0 or int(flat.max()) >= self._width):
            raise DamagedNpz(self.path, f"frame {at} names voxels outside the grid")
        return self._points(flat)

    def facts(self) -> dict[str, Any]:
        """Frames, grid, and the spread of the counts."""
        counts = np.diff(self._starts)
        return {
            "frames": self.num_frames,
            **self._grid_facts(),
            "voxels in all": int(self._starts[-1]),
            **({"voxels a frame": spread_of(counts)} if len(counts) else {}),
            "random access": self.has_index,
        }


class MaskFile(VoxelFile):
    """``mask_sequence.npz``: one bit a voxel, one row a frame.

    Parameters
    ----------
    path
        By this program or by the original.
    shape
        What the user says the grid is; must agree.

    Raises
    ------
    InputError
        If the file is damaged.
    """

    kind = "visible space of a sequence"

    def __init__(self, path: Path, shape: Shape | None) -> None:
        if _text(path, "mode") != "packed":
            raise InputError(f"{path.name} is not a packed mask: its mode is {_text(path, 'mode')!r}.")
        self._data = NpzMember(path, "data")
        if len(self._data.shape) != 2 or self._data.dtype != np.uint8 or self._data.is_fortran:
            raise DamagedNpz(path, f"packed masks cannot be {self._data.dtype} of shape {self._data.shape}")
        self.num_frames, self._row_bytes = self._data.shape
        stated = grid_in_file(path)
        if stated is None:
            raise DamagedNpz(path, "the file states no grid")
        self._num_voxels = int(np.prod(stated.shape, dtype=np.int64))
        if (self._num_voxels + 7) // 8 != self._row_bytes:
            raise DamagedNpz(path, f"rows of {self._row_bytes:,} bytes cannot hold {self._num_voxels:,} voxels")
        super().__init__(path, find_grid(path, self._num_voxels, shape))
        self.has_index = self._use_index(self._data, np.arange(self.num_frames + 1) * self._row_bytes)

    def frame(self, frame_idx: int, cancel: CancelToken | None = None) -> FramePoints:
        """The visible voxels of one frame.

        Raises
        ------
        InputError
            If there is no such frame, or it is damaged.
        """
        at = self._checked(frame_idx)
        require_memory(self._num_voxels * 2, self.path.name)
        packed = self._data.values(at * self._row_bytes, (at + 1) * self._row_bytes, cancel)
        self._check_sum(at, packed)
        return self._points(np.flatnonzero(np.unpackbits(packed, count=self._num_voxels)))

    def facts(self) -> dict[str, Any]:
        """Frames and grid."""
        return {"frames": self.num_frames, **self._grid_facts(), "random access": self.has_index}


def _text(path: Path, name: str) -> str:
    """A scalar text of an .npz."""
    member = NpzMember(path, name)
    if member.dtype.kind not in "SU" or member.count != 1:
        raise DamagedNpz(path, f"{name} is not text")
    value = member.array().reshape(-1)[0]
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
