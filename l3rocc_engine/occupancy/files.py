"""Opens ``mask_sequence.npz`` and ``occ_sequence.npz``, by this program (see ``growing``) or by the original."""

from __future__ import annotations

import math
import struct
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.rows import FileRows, MemoryRows, RowStore, pack_row
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.storage.npz_stream import DAMAGES


def load_sequence(
    occ_path: Path,
    mask_path: Path,
    world_from_cam: NDArray[np.float64],
    grid: GridSpec | None = None,
    *,
    progress: StepProgress = no_progress,
    cancel: CancelToken | None = None,
) -> OccupancySequence:
    """Open a saved sequence; rows stay on disk if the files carry an index, else they are recompressed into memory.

    Parameters
    ----------
    occ_path, mask_path
        The two files, by this program or by the original.
    world_from_cam
        (T, 4, 4) float64.
    grid
        Needed for files that do not state range and voxel size, unless they have the shipped configuration's shape.

    Raises
    ------
    InputError
        Files that are missing, damaged, contradict each other or the grid.
    """
    try:
        return _load(occ_path, mask_path, world_from_cam, grid, progress, cancel)
    except (ValueError, TypeError, IndexError, OverflowError) as error:  # arrays of another shape or kind
        raise InputError(
            f"{occ_path} or {mask_path.name} is damaged: {error}.", "Run the occupancy stage again."
        ) from error


def _load(
    occ_path: Path,
    mask_path: Path,
    world_from_cam: NDArray[np.float64],
    grid: GridSpec | None,
    progress: StepProgress,
    cancel: CancelToken | None,
) -> OccupancySequence:
    with _Npz(mask_path) as masks, _Npz(occ_path) as matrix:
        if masks.text("mode") != "packed":
            raise InputError(f"{mask_path} is not a packed mask file: its mode is {masks.text('mode')!r}.")
        if matrix.text("format") != "csr":
            raise InputError(f"{occ_path} is not a CSR matrix: its format is {matrix.text('format')!r}.")
        shape = tuple(int(n) for n in masks.array("shape"))
        grid, notes = _grid_of(masks, shape, grid)
        num_frames = _checked_frames(masks, matrix, grid, len(world_from_cam))
        indptr = matrix.array("indptr").astype(np.int64)
        counts = indptr[1:] - indptr[:-1]
        lengths = np.full(num_frames, (grid.num_voxels + 7) // 8, dtype=np.int64)
        visible = masks.rows("data", np.dtype(np.uint8), lengths, progress, cancel)
        in_view = _view_of(masks, grid)
        occupied = matrix.rows("indices", np.dtype("<i4"), counts, no_progress, cancel)
    return OccupancySequence(
        grid=grid,
        world_from_cam=np.array(world_from_cam, dtype=np.float64),
        occupied_rows=occupied,
        visible_rows=visible,
        in_view=in_view,
        notes=notes,
    )


def _grid_of(masks: _Npz, shape: tuple[int, ...], grid: GridSpec | None) -> tuple[GridSpec, tuple[str, ...]]:
    """The grid that the mask file states, or the given one, or the shipped one; checked against the file's shape."""
    notes: tuple[str, ...] = ()
    if "range" in masks and "voxel_size" in masks:
        x0, y0, z0, x1, y1, z1 = (float(v) for v in masks.array("range"))
        stated = GridSpec(pc_range=(x0, y0, z0, x1, y1, z1), voxel_size=float(masks.array("voxel_size")))
        if grid is not None and grid != stated:
            raise InputError(f"{masks.path} was made with {stated}, not {grid}.", "Use the configuration of that run.")
        grid = stated
    elif grid is None:
        grid = GridSpec()
        notes = (
            f"{masks.path.name} does not state its range; the shipped configuration's {grid.pc_range} is assumed.",
        )
    if grid.shape != shape:
        raise InputError(
            f"{masks.path} holds {list(shape)} voxels, but the configuration gives {list(grid.shape)}.",
            "Give the range and the voxel size that the file was made with.",
        )
    return grid, notes


def _view_of(masks: _Npz, grid: GridSpec) -> NDArray[np.uint8] | None:
    """The stored field of view, if there is one of the right size."""
    if "in_view" not in masks:
        return None
    in_view = masks.array("in_view")
    if in_view.shape != ((grid.num_voxels + 7) // 8,):
        raise InputError(f"{masks.path}: in_view has the shape {in_view.shape}, not that of one mask.")
    return in_view


def _checked_frames(masks: _Npz, matrix: _Npz, grid: GridSpec, num_poses: int) -> int:
    """Number of frames, after all sizes were compared."""
    mask_shape, matrix_shape = masks.shape("data"), tuple(int(n) for n in matrix.array("shape"))
    facts = [
        ("voxels a frame", matrix_shape[1], grid.num_voxels),
        ("bytes a mask", mask_shape[-1], (grid.num_voxels + 7) // 8),
        ("frames in the two files", matrix_shape[0], mask_shape[0]),
        ("frames and poses", mask_shape[0], num_poses),
        ("row pointers", len(matrix.array("indptr")), matrix_shape[0] + 1),
        ("indices", matrix.shape("indices")[0], int(matrix.array("indptr")[-1])),
    ]
    for what, found, expected in facts:
        if found != expected:
            raise InputError(f"{matrix.path} and {masks.path} do not fit together: {what}, {found} and {expected}.")
    return mask_shape[0]


class _Npz:
    """A .npz opened for reading, with every failure turned into a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> _Npz:
        try:
            self._zip = zipfile.ZipFile(self.path)
        except FileNotFoundError as error:
            raise InputError(f"{self.path} is missing.") from error
        except DAMAGES as error:
            raise InputError(
                f"{self.path} is not a complete .npz: {error}.", "Run the occupancy stage again."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return f"{name}.npy" in self._zip.namelist()

    def _open(self, name: str) -> tuple[IO[bytes], tuple[int, ...], np.dtype]:
        try:
            file = self._zip.open(f"{name}.npy")
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, is_fortran, dtype = read(file)
        except DAMAGES as error:
            raise InputError(f"{self.path} has no usable array {name!r}: {error}.") from error
        if math.prod(shape) < 0 or dtype.hasobject:
            raise InputError(f"{self.path}: the array {name!r} is no array of numbers.")
        if is_fortran and len(shape) > 1:
            raise InputError(f"{self.path}: the array {name!r} is in Fortran order.")
        return file, shape, dtype

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an array, without reading it."""
        file, shape, _ = self._open(name)
        file.close()
        return shape

    def array(self, name: str) -> NDArray[Any]:
        """One array, whole."""
        file, shape, dtype = self._open(name)
        with file:
            raw = self._read(file, math.prod(shape) * dtype.itemsize, name)
        return np.frombuffer(raw, dtype=dtype).reshape(shape)

    def text(self, name: str) -> str:
        """A scalar string."""
        value = self.array(name).item()
        return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)

    def _read(self, file: IO[bytes], num_bytes: int, name: str) -> bytes:
        try:
            raw = file.read(num_bytes)
        except DAMAGES as error:
            raise InputError(f"{self.path}: the array {name!r} is damaged: {error}.") from error
        if len(raw) != num_bytes:
            raise InputError(f"{self.path}: the array {name!r} ends too early.")
        return raw

    def rows(
        self,
        name: str,
        dtype: np.dtype,
        lengths: NDArray[np.int64],
        progress: StepProgress,
        cancel: CancelToken | None,
    ) -> RowStore:
        """Rows of ``lengths`` values each: left on disk if the file has an index that fits, else recompressed."""
        info = self._zip.getinfo(f"{name}.npy")
        file, _, found = self._open(name)
        with file:
            if found == dtype and f"{name}_offsets" in self and f"{name}_crc32" in self:
                offsets, sums = self.array(f"{name}_offsets"), self.array(f"{name}_crc32")
                # An index of other compressed data, kept by a program that wrote the file anew, ends elsewhere.
                if len(sums) == len(lengths) == len(offsets) - 1 and offsets[-1] + 2 == info.compress_size:
                    return FileRows(self.path, offsets + self._data_start(info), sums, lengths * dtype.itemsize)
            pieces = []
            for idx, length in enumerate(lengths):
                if cancel is not None:
                    cancel.check()
                raw = self._read(file, int(length) * found.itemsize, name)
                pieces.append(pack_row(np.frombuffer(raw, dtype=found).astype(dtype), level=1))
                progress(idx + 1, len(lengths))
        return MemoryRows(pieces)

    def _data_start(self, info: zipfile.ZipInfo) -> int:
        with self.path.open("rb") as file:
            file.seek(info.header_offset + 26)
            name_length, extra_length = struct.unpack("<HH", file.read(4))
        return info.header_offset + 30 + int(name_length) + int(extra_length)
