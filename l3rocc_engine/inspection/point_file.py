"""Files of points, one moment in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection.content import Axes, FramePoints, Lattice, no_such_frame
from l3rocc_engine.inspection.npy_array import read_npy, read_npy_header
from l3rocc_engine.inspection.surroundings import Surroundings, look_around
from l3rocc_engine.inspection.tables import ArrayKind, clean, kind_of_array, points_of_array
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.npz_member import NpzMember
from l3rocc_engine.storage.npz_stream import NpzStream
from l3rocc_engine.storage.ply import read_ply
from l3rocc_engine.storage.ply_header import read_header
from l3rocc_engine.storage.world_comment import world_comment_in


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFile:
    """One or more moments of points, each read when asked for; the fields are those of :class:`InspectedFile`.

    ``moments`` are the names of the moments and what reads each, ``stated`` is what the file says of itself, and
    ``numbers`` is what people call the moments by.
    """

    path: Path
    kind: str
    axes: Axes
    moments: tuple[tuple[str, Callable[[], FramePoints]], ...]
    grid: GridSpec | None = None
    up: tuple[float, float, float] | None = None
    notes: tuple[str, ...] = ()
    stated: tuple[tuple[str, str], ...] = ()
    numbers: Sequence[int] = range(1)

    @property
    def num_frames(self) -> int:
        """Number of moments."""
        return len(self.moments)

    def frame(self, frame_idx: int, cancel: CancelToken | None = None) -> FramePoints:
        """The points of one moment.

        Raises
        ------
        InputError
            If there is no such moment, or its file is damaged.
        """
        if cancel is not None:
            cancel.check()
        if not 0 <= frame_idx < self.num_frames:
            raise no_such_frame(self.path, frame_idx, range(self.num_frames))
        return self.moments[frame_idx][1]()

    def frame_of(self, number: int) -> int:
        """The moment whose file has a number in its name.

        Raises
        ------
        InputError
            If there is none.
        """
        if number not in self.numbers:
            raise no_such_frame(self.path, number, self.numbers)
        return self.numbers.index(number)

    def frame_name(self, frame_idx: int) -> str:
        """Name of the moment's file."""
        return self.moments[frame_idx][0]

    def facts(self) -> dict[str, Any]:
        """What the file says of itself, and the number of moments."""
        return {**dict(self.stated), "frames": self.num_frames}


def open_npy(path: Path, voxel_size: float | None) -> PointFile:
    """A table of points, poses or a dense grid."""
    header = read_npy_header(path)
    kind = kind_of_array(header.shape, header.dtype)
    return _single(
        path,
        "array" if kind is None else kind.value,
        partial(points_of_npy, path, voxel_size),
        axes=Axes.VOXELS if kind is ArrayKind.GRID else None,
    )


def open_ply(path: Path, voxel_size: float | None) -> PointFile:
    """The vertices of a PLY file; our own say in their comments what world they are in."""
    opened = _single(path, "PLY cloud", partial(points_of_ply, path, voxel_size))
    with path.open("rb") as stream:
        world = world_comment_in(read_header(stream, path).comments)
    if world is None:
        return opened
    stated = tuple({**dict(opened.stated), "run": world.run, "unit": world.unit}.items())
    return replace(opened, axes=Axes.WORLD, up=world.up or opened.up, stated=stated)


def open_npz(path: Path, voxel_size: float | None) -> PointFile:
    """An .npz of points: a world map, a cloud, a keyframe, poses, or a dense grid.

    Raises
    ------
    InputError
        If it holds none of these.
    """
    with NpzStream(path) as npz:
        names = npz.names()
    if {"data", "count", "voxel_size"} <= names:
        return _single(path, "world map of occupied voxels", lambda: _world_map(path), axes=Axes.WORLD)
    if names == {"data"} or "semantics" in names:
        return _other_data(path, "data" if names == {"data"} else "semantics", voxel_size)
    if "points_world" in names:
        return _single(path, "cloud", lambda: _cloud(path, "points_world"), axes=Axes.WORLD)
    if "points_cam" in names:
        return _single(path, "point map of a keyframe", lambda: _cloud(path, "points_cam"), axes=Axes.CAMERA)
    named = next((name for name in ("world_from_cam", *sorted(names)) if name in names), None)
    if named is None or (named != "world_from_cam" and len(names) > 1):
        raise InputError(
            f"{path.name} holds {', '.join(sorted(names)) or 'nothing'}, which cannot be shown.",
            "Files of occupancy, masks, world maps, clouds and poses can be.",
        )
    kind = "camera poses" if named == "world_from_cam" else f"array {named}"
    axes = Axes.WORLD if named == "world_from_cam" else None
    return _single(path, kind, lambda: _array(path, named, _lattice(path, voxel_size)), axes=axes)


def _other_data(path: Path, name: str, voxel_size: float | None) -> PointFile:
    """The original's ``all_occ.npz``, which is no world map; or another program's dense grid."""
    is_table = len(NpzMember(path, name).shape) == 2
    note = "This is the original's all_occ.npz: the last frame's box in camera coordinates, not a map of the world."
    return _single(
        path,
        "occupied voxels" if is_table else "dense grid",
        lambda: _array(path, name, _lattice(path, voxel_size)),
        axes=Axes.CAMERA if is_table else Axes.VOXELS,
        notes=(note,) if is_table and name == "data" else (),
    )


def _single(
    path: Path,
    kind: str,
    read: Callable[[], FramePoints],
    *,
    axes: Axes | None = None,
    notes: tuple[str, ...] = (),
) -> PointFile:
    around = look_around(path)
    found = axes or _axes_of_name(path)
    up = (0.0, -1.0, 0.0) if found is Axes.CAMERA else around.up if found is Axes.WORLD else None
    return PointFile(
        path=path,
        kind=kind,
        axes=found,
        moments=((path.name, read),),
        grid=around.grid if found is Axes.CAMERA else None,
        up=up,
        notes=notes,
        stated=(("unit", around.unit),) if around.unit and found in (Axes.CAMERA, Axes.WORLD) else (),
    )


def _axes_of_name(path: Path) -> Axes:
    """From the names that the visual format and our datasets have."""
    name = f"{path.parent.name}/{path.stem}"
    if path.name in ("origin_pcd.ply", "cloud.ply", "world_from_cam.npy") or "world" in name:
        return Axes.WORLD
    return Axes.CAMERA if re.search(r"(^|_|/)cam", name) or path.stem.startswith("occ_") else Axes.UNKNOWN


def _lattice(path: Path, voxel_size: float | None) -> Lattice | None:
    """Where the voxels of a table lie, if their size is known; in the world their corners are at whole multiples."""
    around: Surroundings = look_around(path)
    size = voxel_size or (around.grid.voxel_size if around.grid is not None else None)
    if size is None:
        return None
    if _axes_of_name(path) is Axes.WORLD or around.grid is None:
        return Lattice(origin=(0.0, 0.0, 0.0), cell_size=size)
    x, y, z = (float(v) for v in around.grid.origin)
    return Lattice(origin=(x, y, z), cell_size=size)


def points_of_npy(path: Path, voxel_size: float | None) -> FramePoints:
    """All points of a table; voxels are cubes of a size, or of that of the run around it."""
    return points_of_array(read_npy(path), path.name, _lattice(path, voxel_size))


def points_of_ply(path: Path, voxel_size: float | None) -> FramePoints:
    """The vertices of a PLY; those of occupancy are cubes, as all are where a size is given."""
    found = read_ply(path)
    is_occupancy = path.parent.name.startswith("occ_only") or path.stem.startswith("occ")
    lattice = _lattice(path, voxel_size) if is_occupancy or voxel_size else None
    with path.open("rb") as stream:
        vertex = next(element for element in read_header(stream, path).elements if element.name == "vertex")
    columns = " ".join(name for name, _ in vertex.properties)
    return replace(clean(found.points, colors=found.colors, lattice=lattice), columns=columns)


def _world_map(path: Path) -> FramePoints:
    size = NpzMember(path, "voxel_size").array().reshape(-1)
    counts = NpzMember(path, "count").array()
    points = NpzMember(path, "data").array()
    if points.ndim != 2 or points.shape[1] != 3 or counts.shape != (len(points),) or len(size) != 1 or not size[0] > 0:
        raise InputError(f"{path.name}: the parts of the world map do not fit together.", "Process the source again.")
    lattice = Lattice(origin=(0.0, 0.0, 0.0), cell_size=float(size[0]))
    return clean(points, counts=counts.astype(np.int64), lattice=lattice)


def _cloud(path: Path, name: str) -> FramePoints:
    with NpzStream(path) as npz:
        names = npz.names()
    points = NpzMember(path, name).array()
    colors = NpzMember(path, "colors").array() if "colors" in names else None
    counts = NpzMember(path, "num_seen").array() if "num_seen" in names else None
    if points.shape[-1:] != (3,) or points.dtype.kind != "f":
        raise InputError(f"{path.name}: {name} has the shape {points.shape}, which points do not have.")
    if colors is not None and (colors.shape != points.shape or colors.dtype != np.uint8):
        raise InputError(f"{path.name}: {len(colors)} colours do not fit {len(points)} points.")
    if counts is not None and (counts.shape != points.shape[:-1] or counts.dtype.kind not in "iu"):
        raise InputError(f"{path.name}: counts of shape {counts.shape} do not fit {len(points)} points.")
    return clean(
        points.reshape(-1, 3),
        colors=None if colors is None else colors.reshape(-1, 3),
        counts=None if counts is None else counts.astype(np.int64).reshape(-1),
    )


def _array(path: Path, name: str, lattice: Lattice | None) -> FramePoints:
    return points_of_array(NpzMember(path, name).array(), path.name, lattice)
