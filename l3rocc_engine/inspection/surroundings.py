"""What the folder around a file says about it: the run's settings, the visual format's manifest, the mask's shape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.npz_member import NpzMember
from l3rocc_engine.storage.npz_stream import NpzStream
from l3rocc_engine.visual.layout import MANIFEST

LEVELS_UP = 6
MASK_NAME, MASK_FOLDER = "mask_sequence.npz", "observation.occ.mask"
SHIPPED = GridSpec()
"""The original's configuration; taken for files of its shape that say nothing, as the only one it was shipped with."""
LARGEST_SHAPE = 1 << 20

Shape = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridHint:
    """What is known of a grid.

    Attributes
    ----------
    shape
        Voxels along x, y, z.
    grid
        With range and voxel size, where those are known.
    origin
        Who says so, for people.
    """

    shape: Shape
    grid: GridSpec | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a run's folder says.

    Attributes
    ----------
    grid
        The run's grid.
    up
        Against gravity, in the world.
    unit
        Of its lengths: ``metre`` or ``model unit``; empty where that is not said.
    origin
        The file that says it.
    background
        Files beside a sequence that its frames leave the background to.
    """

    grid: GridSpec | None = None
    up: tuple[float, float, float] | None = None
    unit: str = ""
    origin: Path | None = None
    background: tuple[str, ...] = ()


def look_around(path: Path) -> Surroundings:
    """Find the run or the visual format that a file belongs to; empty if it is alone."""
    for folder in list(path.absolute().parents)[:LEVELS_UP]:
        for name in ("meta/run.json", "run.json", MANIFEST):
            found = _read(folder / name)
            if found is not None:
                return found
    return Surroundings()


def _read(path: Path) -> Surroundings | None:
    """What one file says; None if it is missing or says nothing about grids."""
    try:
        values = read_json(path)
        facts = values["grid"] if path.name == MANIFEST else values["config"]
        low_high = facts["range"] if path.name == MANIFEST else facts["pc_range"]
        x0, y0, z0, x1, y1, z1 = (float(v) for v in low_high)
        grid = GridSpec(pc_range=(x0, y0, z0, x1, y1, z1), voxel_size=float(facts["voxel_size"]))
        world: Any = values.get("world") or {}
        up = world.get("up_vector")
        vector = None if up is None else (float(up[0]), float(up[1]), float(up[2]))
        unit = str(values.get("unit") or world.get("units") or "")
        background = tuple(str(name) for name in values.get("background_files") or ())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, ConfigError):
        return None
    unit = "metre" if unit.startswith("met") else "model unit" if unit else ""
    return Surroundings(grid=grid, up=vector, unit=unit, origin=path, background=background)


def grid_in_file(path: Path) -> GridHint | None:
    """The grid that an .npz states itself, as mask files do; None if it has no shape.

    Raises
    ------
    InputError
        If what it states cannot be.
    """
    with NpzStream(path) as npz:
        names = npz.names()
        if "shape" not in names or npz.header("shape")[0] != (3,):
            return None
    numbers = NpzMember(path, "shape").array()
    if numbers.dtype.kind not in "iu" or numbers.min() < 1 or numbers.max() > LARGEST_SHAPE:
        raise InputError(f"{path.name} states the shape {numbers.tolist()}, which no grid has.")
    shape = (int(numbers[0]), int(numbers[1]), int(numbers[2]))
    if not {"range", "voxel_size"} <= names:
        return GridHint(shape=shape, grid=None, origin=path.name)
    if NpzMember(path, "range").count != 6 or NpzMember(path, "voxel_size").count != 1:
        raise InputError(f"{path.name} states an invalid range or voxel size.")
    x0, y0, z0, x1, y1, z1 = (float(v) for v in NpzMember(path, "range").array())
    voxel_size = float(NpzMember(path, "voxel_size").array().reshape(-1)[0])
    grid = GridSpec(pc_range=(x0, y0, z0, x1, y1, z1), voxel_size=voxel_size)
    if grid.shape != shape:
        raise InputError(f"{path.name} states {list(shape)} voxels, but its range gives {list(grid.shape)}.")
    return GridHint(shape=shape, grid=grid, origin=path.name)


def find_grid(path: Path, num_voxels: int, given: Shape | None) -> GridHint:
    """The grid of a file of voxels: from the file itself, the mask beside it, or its run; never guessed.

    Parameters
    ----------
    path
        The file.
    num_voxels
        What X * Y * Z must be.
    given
        What the user says, for files that nothing else tells about.

    Raises
    ------
    InputError
        If the grid is not known, or is contradicted by the file or the user.
    """
    hint = grid_in_file(path) or _grid_of_mask(path) or _grid_of_run(path)
    if given is not None:
        if min(given) < 1 or max(given) > LARGEST_SHAPE:
            raise InputError(f"A grid of {_times(given)} voxels cannot be.", "Each number is from 1 to a million.")
        if hint is not None and hint.shape != given:
            raise InputError(f"{hint.origin} states the grid {_times(hint.shape)}, not {_times(given)}.")
        hint = hint or GridHint(shape=given, grid=None, origin="--grid")
    if hint is None:
        raise InputError(
            f"{path.name} holds {num_voxels:,} voxels a frame, but neither it nor its folder says their grid.",
            "Pass --grid X Y Z; the original's configuration has --grid 200 125 200.",
        )
    if int(np.prod(hint.shape, dtype=np.int64)) != num_voxels:
        raise InputError(
            f"{path.name} holds {num_voxels:,} voxels a frame, but {_times(hint.shape)} of {hint.origin} are "
            f"{int(np.prod(hint.shape, dtype=np.int64)):,}."
        )
    return _with_range(hint, path)


def _with_range(hint: GridHint, path: Path) -> GridHint:
    """Add range and voxel size where the run, or the only configuration of this shape, tells them."""
    if hint.grid is not None:
        return hint
    around = look_around(path)
    if around.grid is not None and around.grid.shape == hint.shape:
        return GridHint(shape=hint.shape, grid=around.grid, origin=hint.origin)
    if hint.shape == SHIPPED.shape:
        origin = f"{hint.origin}; range and voxel size of the original's configuration are assumed"
        return GridHint(shape=hint.shape, grid=SHIPPED, origin=origin)
    return hint


def _grid_of_mask(path: Path) -> GridHint | None:
    """From the mask file that belongs to an occupancy file."""
    beside = (path.parent / MASK_NAME, path.parent.parent / MASK_FOLDER / MASK_NAME)
    return next((grid_in_file(mask) for mask in beside if mask.is_file() and mask != path), None)


def _grid_of_run(path: Path) -> GridHint | None:
    around = look_around(path)
    if around.grid is None or around.origin is None:
        return None
    return GridHint(shape=around.grid.shape, grid=around.grid, origin=str(around.origin))


def _times(shape: Shape) -> str:
    return " x ".join(map(str, shape))
