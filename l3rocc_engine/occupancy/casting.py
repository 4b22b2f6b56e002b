"""From a cloud, poses and rays to the occupancy of every frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cores import usable_cores
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.occupancy.casters import BeamCaster, Caster, PlainCaster
from l3rocc_engine.occupancy.cells import sort_points
from l3rocc_engine.occupancy.device import runs_on_cuda
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.growing import GrowingSequence, MemorySequence, sequence_files
from l3rocc_engine.occupancy.ordered import in_order
from l3rocc_engine.occupancy.ray_tables import MAX_TABLE_BYTES, ray_tables
from l3rocc_engine.occupancy.row_packer import RowPacker
from l3rocc_engine.occupancy.rows import Piece
from l3rocc_engine.occupancy.sequence import SEQUENCE_FILES, OccupancySequence
from l3rocc_engine.occupancy.varying import FrameRays, VaryingCaster, checked_rays
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress


def occupancy_sequence(
    points_world: NDArray[np.float32],
    world_from_cam: NDArray[np.float64],
    ray_dirs_cam: NDArray[np.float32] | FrameRays,
    grid: GridSpec,
    *,
    progress: StepProgress | None = None,
    cancel: CancelToken | None = None,
    on_start: Callable[[OccupancySequence], None] | None = None,
    save_to: Path | None = None,
    threads: int | None = None,
    device: str = "auto",
) -> OccupancySequence:
    """Cast every frame's rays through the voxels of one static cloud, exactly.

    A voxel is occupied if it holds a point and is seen; it is seen if a ray crosses it up to and including the first
    that holds a point. The voxels that hold the camera never block.

    Parameters
    ----------
    points_world, world_from_cam
        (N, 3) float32, world frame, the grid's unit; points that are not finite lie in no voxel. (T, 4, 4) float64.
    ray_dirs_cam
        (R, 3) float32 directions from the optical centre, camera frame, any length and order. Directions that are
        zero or not finite (holes of a predicted point map) cross nothing. Or a function that gives them for each frame,
        where they differ: exact as well, but slower, and ``in_view`` stays unknown.
    grid
        The egocentric grid; it need not hold the camera.
    progress, cancel
        Told frames done and frames in all, on the caller's thread; asked before every frame.
    on_start
        Given the sequence before its first frame is there. It grows from then on: any thread may read the frames below
        ``num_ready``. If the work is stopped or fails, a sequence that went to files cannot be read any more.
    save_to
        Folder for ``occ_sequence.npz`` and ``mask_sequence.npz``, which grow with the frames, so that memory does not,
        and get their names at the end. Without it compressed frames are kept in memory.
    threads, device
        Frames worked on at a time, by default one a usable core; ``cpu``, ``cuda``, or ``auto``, a GPU if there is one
        and the job is large enough to pay. The bits are the same.

    Raises
    ------
    InputError
        Arrays of the wrong shape, or poses that are not finite.
    ConfigError
        If ``device`` is ``cuda`` and there is none, or its memory is too small, or the rays differ.
    OutputError, Cancelled
        If the files cannot be written, or asked to stop; no file is left behind.
    """
    points, poses = _checked(points_world, world_from_cam)
    threads, report = threads or usable_cores(), progress or no_progress
    caster = _caster(points, poses, ray_dirs_cam, grid, threads, cancel, device)
    report(0, len(poses))
    with _growing(grid, poses, caster.view(), save_to) as growing:
        if on_start is not None:
            on_start(growing.sequence)
        for num_ready, rows in enumerate(_packed_frames(caster, grid, len(poses), threads, cancel), start=1):
            growing.append(*rows)
            report(num_ready, len(poses))
    return growing.sequence


@contextmanager
def _growing(
    grid: GridSpec, poses: NDArray[np.float64], in_view: NDArray[np.uint8] | None, folder: Path | None
) -> Iterator[GrowingSequence]:
    """Where the frames go."""
    if folder is None:
        yield MemorySequence(grid, poses, in_view)
        return
    with sequence_files(grid, poses, in_view, *(folder / name for name in SEQUENCE_FILES)) as files:
        yield files


def _packed_frames(
    caster: Caster, grid: GridSpec, num_frames: int, threads: int, cancel: CancelToken | None
) -> Iterator[tuple[Piece, Piece]]:
    """Both rows of each frame, compressed, in order; a few frames are worked on ahead of the caller."""
    packer = RowPacker(grid)

    def work(pair_idx: int) -> list[tuple[Piece, Piece]]:
        first = 2 * pair_idx
        seen = caster.cast_pair(first, min(2, num_frames - first))
        return [(packer.pack_indices(indices), packer.pack_mask(mask)) for indices, mask in seen]

    for pair in in_order(work, (num_frames + 1) // 2, threads, cancel):
        for rows in pair:
            if cancel is not None:
                cancel.check()
            yield rows


def _caster(
    points: NDArray[np.float32],
    poses: NDArray[np.float64],
    rays: NDArray[np.float32] | FrameRays,
    grid: GridSpec,
    threads: int,
    cancel: CancelToken | None,
    device: str,
) -> Caster:
    if not callable(rays):
        return choose_caster(points, poses, checked_rays(rays), grid, threads, cancel, device=device)
    if device == "cuda":
        raise ConfigError(
            "The rays change from frame to frame, as under a zoom, and the GPU casts the same rays for all.",
            "Choose auto or cpu.",
        )
    return VaryingCaster(points, poses, rays, grid)


def _checked(
    points_world: NDArray[np.float32], world_from_cam: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    # Kernels are compiled for writable arrays; a read-only one would cost a compilation of its own.
    points = np.require(points_world, np.float32, ["C", "W"])
    poses = np.array(world_from_cam, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise InputError(f"Points must have the shape (N, 3), not {points.shape}.")
    if poses.ndim != 3 or poses.shape[1:] != (4, 4):
        raise InputError(f"Poses must have the shape (T, 4, 4), not {poses.shape}.")
    bad = np.flatnonzero(~np.isfinite(poses).all(axis=(1, 2)))
    if len(bad):
        raise InputError(
            f"The pose of frame {bad[0]} is not finite ({len(bad)} of {len(poses)} are not).",
            "Interpolate missing poses before asking for occupancy.",
        )
    return points, poses


def choose_caster(
    points: NDArray[np.float32],
    poses: NDArray[np.float64],
    rays: NDArray[np.float32],
    grid: GridSpec,
    threads: int,
    cancel: CancelToken | None = None,
    max_table_bytes: int = MAX_TABLE_BYTES,
    device: str = "cpu",
) -> Caster:
    """Tables where they pay and fit, else ray by ray: one or two frames do not earn the tables back.

    Parameters
    ----------
    points, poses, rays
        (N, 3) float32, (T, 4, 4) float64, (R, 3) float32; see :func:`occupancy_sequence`, which has checked them.
    max_table_bytes
        Tables that would be larger are not made.

    Raises
    ------
    ConfigError
        See :func:`occupancy_sequence`.
    """
    is_cuda = runs_on_cuda(device, num_frames=len(poses), num_rays=len(rays), threads=threads)
    if len(poses) > 2 or is_cuda:
        cells = sort_points(points, grid)
        tables = ray_tables(rays, grid, threads, cancel=cancel, max_bytes=max_table_bytes)
        if tables is not None and is_cuda:
            from l3rocc_engine.occupancy.gpu import gpu_caster

            return gpu_caster(cells, poses, tables, grid, is_asked_for=device == "cuda")
        if tables is not None:
            return BeamCaster(cells, poses, tables, grid)
        if device == "cuda":
            raise ConfigError(
                f"The tables of {len(rays)} rays are larger than {max_table_bytes >> 20} MB, too large for the GPU.",
                "Choose the CPU, larger voxels, or fewer rays.",
            )
    return PlainCaster(points, poses, rays, grid)
