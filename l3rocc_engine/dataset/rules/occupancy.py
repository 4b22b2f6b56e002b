"""Rules on the voxel files: arrays, sizes, grid, and every row of both sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.layout import PROFILES, episode_files
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.storage.npz_stream import DamagedNpz, NpzStream

OCC_ARRAYS = ("format", "shape", "indptr", "indices", "data")
MASK_ARRAYS = ("data", "shape", "mode")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelFiles:
    """The voxel files of one episode, whether they are all there or not."""

    episode_idx: int
    occupied: Path
    visible: Path
    world: Path


def _voxel_files(folder: DatasetFolder) -> Iterator[VoxelFiles]:
    """The episodes that have voxel files, in either of the two layouts."""
    is_any = False
    for profile in PROFILES:
        for episode_idx in sorted(folder.lengths) if profile == "lerobot" else [0]:
            files = episode_files(profile, episode_idx)
            occupied, visible, world = (folder.root / p for p in (files.occupied, files.visible, files.world))
            if occupied.exists() or visible.exists():
                is_any = True
                yield VoxelFiles(episode_idx=episode_idx, occupied=occupied, visible=visible, world=world)
    if not is_any:
        raise NotApplicable("there are no voxel files")


def _on_both(folder: DatasetFolder, search: Callable[[VoxelFiles, NpzStream, NpzStream], Problems]) -> Problems:
    """Run a search on every pair of files that can be opened; what cannot is the concern of ``occupancy.arrays``."""
    for files in _voxel_files(folder):
        try:
            with NpzStream(files.occupied) as occupied, NpzStream(files.visible) as visible:
                yield from search(files, occupied, visible)
        except DamagedNpz as error:
            raise NotApplicable(f"{folder.relative(error.path)} cannot be read") from error


def _arrays(folder: DatasetFolder) -> Problems:
    for files in _voxel_files(folder):
        for path, wanted in ((files.occupied, OCC_ARRAYS), (files.visible, MASK_ARRAYS)):
            here = partial(Problem, file=folder.relative(path))
            try:
                with NpzStream(path) as npz:
                    missing = set(wanted) - npz.names()
                    problems = _matrix_problems(npz) if wanted is OCC_ARRAYS else _mask_problems(npz)
                    sentences = [f"the array {name} is missing" for name in sorted(missing)] or list(problems)
            except DamagedNpz as error:
                sentences = [error.problem]
            for sentence in sentences:
                yield here(sentence=sentence)


def _matrix_problems(npz: NpzStream) -> Iterator[str]:
    if npz.array("format").item() not in (b"csr", "csr"):
        yield f"format is {npz.array('format').item()!r}, not csr"
    if npz.array("shape").shape != (2,):
        yield f"shape must hold frames and voxels, not {npz.array('shape').tolist()}"
    for name in ("indptr", "indices"):
        if npz.header(name)[1].name not in ("int32", "int64"):
            yield f"{name} is {npz.header(name)[1]}, not int32 or int64"
    if npz.header("data")[1] != np.uint8:
        yield f"data is {npz.header('data')[1]}, not uint8"
    pointers = npz.array("indptr").astype(np.int64)
    if len(pointers) == 0 or pointers[0] != 0 or (np.diff(pointers) < 0).any():
        yield "indptr does not rise from 0"
    elif not npz.header("indices")[0] == npz.header("data")[0] == (pointers[-1],):
        yield f"indptr ends at {pointers[-1]}, but indices and data have {npz.header('indices')[0]} values"


def _mask_problems(npz: NpzStream) -> Iterator[str]:
    if npz.array("mode").item() not in ("packed", b"packed"):
        yield f"mode is {npz.array('mode').item()!r}, not packed"
    if npz.array("shape").shape != (3,) or (npz.array("shape") < 1).any():
        yield f"shape must hold X, Y, Z, not {npz.array('shape').tolist()}"
    shape, dtype = npz.header("data")
    if dtype != np.uint8 or len(shape) != 2:
        yield f"data is {dtype} of shape {shape}, not uint8 (frames, bytes)"


def _sizes(folder: DatasetFolder) -> Problems:
    def search(files: VoxelFiles, occupied: NpzStream, visible: NpzStream) -> Problems:
        frames, width = (int(n) for n in occupied.array("shape"))
        num_voxels = int(np.prod(visible.array("shape"), dtype=np.int64))
        mask_frames, num_bytes = visible.header("data")[0]
        table = folder.table(files.episode_idx)
        num_rows = folder.lengths.get(files.episode_idx, frames) if isinstance(table, str) else table.num_rows
        facts = (
            (occupied.path, width, num_voxels, "voxels a row", "the mask file's shape gives"),
            (occupied.path, len(occupied.array("indptr")) - 1, frames, "row pointers", "its shape states"),
            (visible.path, num_bytes, (num_voxels + 7) // 8, "bytes a row", "its shape needs"),
            (visible.path, mask_frames, frames, "frames", f"{occupied.path.name} has"),
            (occupied.path, frames, num_rows, "frames", "the episode has"),
        )
        for path, found, wanted, what, words in facts:
            if found != wanted:
                yield Problem(sentence=f"there are {found} {what}, but {words} {wanted}", file=folder.relative(path))

    return _on_both(folder, search)


def _grids(folder: DatasetFolder) -> Problems:
    def search(_: VoxelFiles, __: NpzStream, visible: NpzStream) -> Problems:
        here = partial(Problem, file=folder.relative(visible.path))
        if not {"range", "voxel_size"} <= visible.names():
            yield here(sentence="range and voxel size are not stated, so nobody can place the voxels", is_warning=True)
            return
        shape = tuple(int(n) for n in visible.array("shape"))
        if visible.array("range").shape != (6,):
            yield here(sentence=f"range must hold six numbers, not {visible.array('range').tolist()}")
            return
        x0, y0, z0, x1, y1, z1 = (float(value) for value in visible.array("range"))
        try:
            grid = GridSpec(pc_range=(x0, y0, z0, x1, y1, z1), voxel_size=float(visible.array("voxel_size")))
        except ConfigError as error:
            yield here(sentence=error.message)
            return
        if grid.shape != shape:
            yield here(sentence=f"range and voxel size give {list(grid.shape)} voxels, but shape is {list(shape)}")

    return _on_both(folder, search)


def _rows(folder: DatasetFolder) -> Problems:
    def search(_: VoxelFiles, occupied: NpzStream, visible: NpzStream) -> Problems:
        num_voxels = int(np.prod(visible.array("shape"), dtype=np.int64))
        frames, num_bytes = visible.header("data")[0]
        counts = np.diff(occupied.array("indptr").astype(np.int64))
        if len(counts) != frames or num_bytes != (num_voxels + 7) // 8:
            raise NotApplicable("the sizes do not agree")
        index_rows = occupied.pieces("indices", counts.tolist())
        mask_rows = visible.pieces("data", [num_bytes] * frames)
        row = -1
        try:
            for row, (indices, mask) in enumerate(zip(index_rows, mask_rows, strict=True)):
                folder.check_cancel()
                for is_occupied, sentence in _row_problems(indices, mask, num_voxels):
                    path = occupied.path if is_occupied else visible.path
                    yield Problem(sentence=sentence, file=folder.relative(path), row=row)
            yield from _value_problems(folder, occupied, int(counts.sum()))
        except DamagedNpz as error:
            yield Problem(sentence=f"{error.problem}, after row {row}", file=folder.relative(error.path))

    return _on_both(folder, search)


def _row_problems(indices: NDArray[np.integer], mask: NDArray[np.uint8], num_voxels: int) -> Iterator[tuple[bool, str]]:
    """``(is about the occupied file, sentence)`` for one frame."""
    if num_voxels % 8 and mask[-1] & (0xFF >> num_voxels % 8):
        yield False, "bits behind the last voxel are set"
    if len(indices) == 0:
        return
    if indices.min() < 0 or indices.max() >= num_voxels:
        yield True, f"voxel {indices.max() if indices.min() >= 0 else indices.min()} is not in the grid of {num_voxels}"
        return
    if (np.diff(indices) <= 0).any():
        yield True, "the voxels are not sorted, or one stands there twice"
    hidden = np.count_nonzero((mask[indices >> 3] >> (7 - (indices & 7))) & 1 == 0)
    if hidden:
        yield True, f"{hidden} of {len(indices)} occupied voxels are not visible in the mask"


def _value_problems(folder: DatasetFolder, occupied: NpzStream, count: int) -> Problems:
    lengths = [BLOCK] * (count // BLOCK) + [count % BLOCK]
    for values in occupied.pieces("data", lengths):
        folder.check_cancel()
        if (values != 1).any():
            yield Problem(sentence="data holds other values than 1", file=folder.relative(occupied.path))
            return


def _world(folder: DatasetFolder) -> Problems:
    for files in _voxel_files(folder):
        here = partial(Problem, file=folder.relative(files.world))
        try:
            with NpzStream(files.world) as npz:
                names, centres = npz.names(), npz.array("data")
        except DamagedNpz as error:
            yield here(sentence=error.problem)
            continue
        if centres.dtype != np.float32 or centres.ndim != 2 or centres.shape[1] != 3:
            yield here(sentence=f"data is {centres.dtype} of shape {centres.shape}, not float32 (voxels, 3)")
        elif not np.isfinite(centres).all():
            yield here(sentence="data holds numbers that are not finite")
        if "frame" not in names:
            yield here(
                sentence="the frame is not stated; the original's file holds the last camera's box, not the world",
                is_warning=True,
            )


OCCUPANCY_RULES = (
    Rule(name="occupancy.arrays", sentence="Both sequences have their arrays, with the right types.", search=_arrays),
    Rule(name="occupancy.sizes", sentence="Voxels and frames agree between the files and the table.", search=_sizes),
    Rule(name="occupancy.grid", sentence="The stated range and voxel size give the stated shape.", search=_grids),
    Rule(name="occupancy.rows", sentence="Every occupied voxel is sorted, inside and visible.", search=_rows),
    Rule(name="occupancy.world", sentence="The world map holds finite voxel centres.", search=_world),
)
