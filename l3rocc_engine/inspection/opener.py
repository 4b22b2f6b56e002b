"""Finds out what a file is and opens it."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection.content import InspectedFile
from l3rocc_engine.inspection.frame_folder import open_folder
from l3rocc_engine.inspection.point_file import open_npy, open_npz, open_ply
from l3rocc_engine.inspection.surroundings import Shape
from l3rocc_engine.inspection.voxel_file import MaskFile, OccupiedFile
from l3rocc_engine.storage.npz_stream import NpzStream

KINDS = "Files ending in .npz, .npy and .ply can be looked into, and folders with one .npy or .ply a frame."


def open_inspected(path: Path, *, shape: Shape | None = None, voxel_size: float | None = None) -> InspectedFile:
    """Open a file of points or voxels; nothing is unpacked before a frame is asked for.

    Parameters
    ----------
    path
        .npz, .npy or .ply by this program or the original, or a folder with one .npy or .ply a frame.
    shape
        Voxels along x, y, z, for files that do not say it and are not in a run's folder.
    voxel_size
        Edge of a voxel, for tables of voxels that do not say it.

    Raises
    ------
    InputError
        If it is none of these, is damaged, or its grid is not known.
    """
    if voxel_size is not None and not 0 < voxel_size < float("inf"):
        raise InputError(f"The edge of a voxel must be a positive number, not {voxel_size}.")
    if path.is_dir():
        return open_folder(path, voxel_size)
    if not path.exists():
        raise InputError(f"{path} does not exist.")
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return open_npy(path, voxel_size)
    if suffix == ".ply":
        return open_ply(path, voxel_size)
    if suffix != ".npz":
        raise InputError(f"{path.name} is not a file of points or voxels.", KINDS)
    with NpzStream(path) as npz:
        names = npz.names()
    if {"indices", "indptr", "format", "shape"} <= names:
        return OccupiedFile(path, shape)
    if {"data", "shape", "mode"} <= names:
        return MaskFile(path, shape)
    return open_npz(path, voxel_size)
