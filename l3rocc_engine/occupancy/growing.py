"""A sequence that can be read while it is being made: in memory, or in its two files.

``mask_sequence.npz`` and ``occ_sequence.npz`` hold the original's arrays, and what it left out beside them. Added to
the mask file: ``range``, ``voxel_size``, ``frame``, ``version``, and ``in_view``, the packed bits of what the rays
cross in an empty scene. Added to both: an index of the compressed rows (``*_offsets`` from the start of the member's
data, ``*_crc32``), so that one frame is read without the others. Readers that do not know these arrays ignore them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.occupancy.archive import NpzWriter
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.rows import GrowingRows, MemoryRows, Piece
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.storage.atomic import atomic_file

VERSION = 1
FRAME_TEXT = "camera, OpenCV axes: x right, y down, z forward"


class GrowingSequence(Protocol):
    """Takes frames in order; those it has can be read from any thread."""

    @property
    def sequence(self) -> OccupancySequence:
        """The sequence; ``num_ready`` of its frames are there."""

    def append(self, occupied: Piece, visible: Piece) -> None:
        """Add the next frame's two rows."""


class MemorySequence:
    """Keeps the compressed rows."""

    def __init__(self, grid: GridSpec, world_from_cam: NDArray[np.float64], in_view: NDArray[np.uint8] | None) -> None:
        self._occupied, self._visible = MemoryRows(), MemoryRows()
        self.sequence = OccupancySequence(
            grid=grid,
            world_from_cam=world_from_cam,
            occupied_rows=self._occupied,
            visible_rows=self._visible,
            in_view=in_view,
        )

    def append(self, occupied: Piece, visible: Piece) -> None:
        """Add the next frame's two rows."""
        self._occupied.append(occupied)
        self._visible.append(visible)


class FileSequence:
    """Writes the rows as they come, so that memory does not grow with the number of frames."""

    def __init__(self, sequence: OccupancySequence, occupied: _RowFile, visible: _RowFile) -> None:
        self.sequence = sequence
        self._occupied, self._visible = occupied, visible

    def append(self, occupied: Piece, visible: Piece) -> None:
        """Add the next frame's two rows."""
        self._occupied.append(occupied)
        self._visible.append(visible)


class _RowFile:
    """A .npz that begins with an array of compressed rows."""

    def __init__(
        self, file: BinaryIO, rows: GrowingRows, name: str, dtype: np.dtype, row_shape: tuple[int, ...]
    ) -> None:
        self.npz = NpzWriter(file)
        self._file, self._rows, self._name = file, rows, name
        self._array = self.npz.open_rows(name, dtype, row_shape)

    def append(self, piece: Piece) -> None:
        """Write the next row, so that others can read it."""
        begin, end = self._array.append(piece)
        self._file.flush()
        self._rows.note(piece, begin, end)

    def close_rows(self, num_rows: int) -> None:
        """End the array of rows; others may follow."""
        self.npz.close_rows(self._array, num_rows)

    def close(self) -> None:
        """Add the index of the rows and end the file."""
        self.npz.add_array(f"{self._name}_offsets", self._array.offsets)
        self.npz.add_array(f"{self._name}_crc32", self._rows.crc32)
        self.npz.close()
        self._file.flush()


@contextmanager
def sequence_files(
    grid: GridSpec,
    world_from_cam: NDArray[np.float64],
    in_view: NDArray[np.uint8] | None,
    occ_path: Path,
    mask_path: Path,
) -> Iterator[FileSequence]:
    """A sequence that goes into its two files frame by frame; they get their names at the end, or nothing stays.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    with ExitStack() as renaming, atomic_file(occ_path) as occ_partial, atomic_file(mask_path) as mask_partial:
        occupied_rows, visible_rows = GrowingRows(occ_partial), GrowingRows(mask_partial)
        for rows in (occupied_rows, visible_rows):
            renaming.callback(rows.settle)
        with occ_partial.open("wb") as occ_file, mask_partial.open("wb") as mask_file:
            occupied = _RowFile(occ_file, occupied_rows, "indices", np.dtype("<i4"), ())
            visible = _RowFile(mask_file, visible_rows, "data", np.dtype(np.uint8), ((grid.num_voxels + 7) // 8,))
            sequence = OccupancySequence(
                grid=grid,
                world_from_cam=world_from_cam,
                occupied_rows=occupied_rows,
                visible_rows=visible_rows,
                in_view=in_view,
            )
            yield FileSequence(sequence, occupied, visible)
            _finish_occupied(occupied, sequence)
            _finish_visible(visible, sequence)
        occupied_rows.rename_to(occ_path)
        visible_rows.rename_to(mask_path)


def _finish_occupied(file: _RowFile, sequence: OccupancySequence) -> None:
    """The rest of the CSR matrix, as ``scipy.sparse.save_npz`` writes it."""
    indptr = np.concatenate([[0], np.cumsum(sequence.counts)])
    file.close_rows(int(indptr[-1]))
    file.npz.add_array("indptr", indptr.astype(np.int64 if indptr[-1] >= 2**31 else np.int32))
    file.npz.add_array("format", np.array(b"csr"))
    file.npz.add_array("shape", np.array([sequence.num_ready, sequence.grid.num_voxels], dtype=np.int64))
    file.npz.add_ones("data", int(indptr[-1]))
    file.close()


def _finish_visible(file: _RowFile, sequence: OccupancySequence) -> None:
    """The rest of the mask file."""
    grid = sequence.grid
    file.close_rows(sequence.num_ready)
    file.npz.add_array("shape", np.array(grid.shape, dtype=np.int64))
    file.npz.add_array("mode", np.array("packed"))
    file.npz.add_array("range", np.array(grid.pc_range, dtype=np.float64))
    file.npz.add_array("voxel_size", np.array(grid.voxel_size, dtype=np.float64))
    file.npz.add_array("frame", np.array(FRAME_TEXT))
    file.npz.add_array("version", np.array(VERSION, dtype=np.int64))
    if sequence.in_view is not None:
        file.npz.add_array("in_view", sequence.in_view)
    file.close()
