"""Opens ``mask_sequence.npz`` and ``occ_sequence.npz``, by this program (see ``growing``) or by the original."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.rows import FileRows, MemoryRows, RowStore, pack_row
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.storage.npz_stream import DamagedNpz, NpzStream


def load_sequence(
    occ_path: Path,
    mask_path: Path,
    world_from_cam: NDArray[np.float64],
    grid: GridSpec | None = None,
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
        return _load(occ_path, mask_path, world_from_cam, grid)
    except DamagedNpz as error:
        raise InputError(f"{error.path}: {error.problem}.", "Run the occupancy stage again.") from error
    except (ValueError, TypeError, IndexError, OverflowError) as error:  # arrays of another shape or kind
        raise InputError(
            f"{occ_path} or {mask_path.name} is damaged: {error}.", "Run the occupancy stage again."
        ) from error


def _load(
    occ_path: Path,
    mask_path: Path,
    world_from_cam: NDArray[np.float64],
    grid: GridSpec | None,
) -> OccupancySequence:
    for path in (occ_path, mask_path):
        if not path.is_file():
            raise InputError(f"{path} is missing.", "Run the occupancy stage again.")
    with NpzStream(mask_path) as masks, NpzStream(occ_path) as matrix:
        mode, layout = _text(masks, "mode"), _text(matrix, "format")
        if mode != "packed":
            raise InputError(f"{mask_path} is not a packed mask file: its mode is {mode!r}.")
        if layout != "csr":
            raise InputError(f"{occ_path} is not a CSR matrix: its format is {layout!r}.")
        shape = tuple(int(n) for n in masks.array("shape"))
        grid, notes = _grid_of(masks, shape, grid)
        num_frames = _checked_frames(masks, matrix, grid, len(world_from_cam))
        indptr = matrix.array("indptr").astype(np.int64)
        counts = indptr[1:] - indptr[:-1]
        lengths = np.full(num_frames, (grid.num_voxels + 7) // 8, dtype=np.int64)
        visible = _rows(masks, "data", np.dtype(np.uint8), lengths)
        in_view = _view_of(masks, grid)
        occupied = _rows(matrix, "indices", np.dtype("<i4"), counts)
    return OccupancySequence(
        grid=grid,
        world_from_cam=np.array(world_from_cam, dtype=np.float64),
        occupied_rows=occupied,
        visible_rows=visible,
        in_view=in_view,
        notes=notes,
    )


def _grid_of(masks: NpzStream, shape: tuple[int, ...], grid: GridSpec | None) -> tuple[GridSpec, tuple[str, ...]]:
    """The grid that the mask file states, or the given one, or the shipped one; checked against the file's shape."""
    notes: tuple[str, ...] = ()
    if {"range", "voxel_size"} <= masks.names():
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


def _view_of(masks: NpzStream, grid: GridSpec) -> NDArray[np.uint8] | None:
    """The stored field of view, if there is one of the right size."""
    if "in_view" not in masks.names():
        return None
    in_view = masks.array("in_view")
    if in_view.shape != ((grid.num_voxels + 7) // 8,):
        raise InputError(f"{masks.path}: in_view has the shape {in_view.shape}, not that of one mask.")
    return in_view


def _checked_frames(masks: NpzStream, matrix: NpzStream, grid: GridSpec, num_poses: int) -> int:
    """Number of frames, after all sizes were compared."""
    mask_shape, matrix_shape = masks.header("data")[0], tuple(int(n) for n in matrix.array("shape"))
    facts = [
        ("voxels a frame", matrix_shape[1], grid.num_voxels),
        ("bytes a mask", mask_shape[-1], (grid.num_voxels + 7) // 8),
        ("frames in the two files", matrix_shape[0], mask_shape[0]),
        ("frames and poses", mask_shape[0], num_poses),
        ("row pointers", len(matrix.array("indptr")), matrix_shape[0] + 1),
        ("indices", matrix.header("indices")[0][0], int(matrix.array("indptr")[-1])),
    ]
    for what, found, expected in facts:
        if found != expected:
            raise InputError(f"{matrix.path} and {masks.path} do not fit together: {what}, {found} and {expected}.")
    return mask_shape[0]


def _text(npz: NpzStream, name: str) -> str:
    """A scalar string."""
    value = npz.array(name).item()
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _rows(npz: NpzStream, name: str, dtype: np.dtype[Any], lengths: NDArray[np.int64]) -> RowStore:
    """Rows of ``lengths`` values each: left on disk if the file has an index that fits, else recompressed."""
    _, found = npz.header(name)
    if found == dtype and {f"{name}_offsets", f"{name}_crc32"} <= npz.names():
        offsets, sums = npz.array(f"{name}_offsets"), npz.array(f"{name}_crc32")
        start, packed_bytes = npz.place(name)
        # An index of other compressed data, kept by a program that wrote the file anew, ends elsewhere.
        if len(sums) == len(lengths) == len(offsets) - 1 and offsets[-1] + 2 == packed_bytes:
            return FileRows(npz.path, offsets + start, sums, lengths * dtype.itemsize)
    return MemoryRows([pack_row(values.astype(dtype), level=1) for values in npz.pieces(name, lengths.tolist())])
