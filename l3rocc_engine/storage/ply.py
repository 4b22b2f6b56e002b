"""Point clouds as PLY files."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_engine.storage.memory import require_memory
from l3rocc_engine.storage.ply_header import BYTE_ORDERS, PlyElement, PlyHeader, read_header

BLOCK = 1 << 18
"""Points written at a time."""
TYPE_NAMES = {"<f4": "float", "|u1": "uchar", "<i4": "int"}
SCALARS = {"confidence": "<f4", "first_frame": "<i4", "num_seen": "<i4", "edge": "<f4", "quality": "<f4"}
"""Numbers that a point may have besides, by their names in the file, and how they are stored."""
SHOWN_PREFIX = "scalar_"
"""CloudCompare shows numbers whose names begin so without being asked, and saves its own so; any reader finds them."""
MESHLAB_NAMES = frozenset({"quality"})
"""MeshLab finds its number by this very name."""
COLOR_NAMES = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlyPoints:
    """The vertices of a PLY file.

    Attributes
    ----------
    points
        (N, 3) float32, or float64 where the file has doubles.
    colors
        (N, 3) uint8 RGB.
    normals
        (N, 3) float32.
    confidence
        (N,) float32.
    first_frame, num_seen
        (N,) int32.
    edge
        (N,) float32.
    quality
        (N,) float32, the name under which MeshLab looks for what it colours and selects by.
    """

    points: NDArray[np.floating]
    colors: NDArray[np.uint8] | None = None
    normals: NDArray[np.float32] | None = None
    confidence: NDArray[np.float32] | None = None
    first_frame: NDArray[np.int32] | None = None
    num_seen: NDArray[np.int32] | None = None
    edge: NDArray[np.float32] | None = None
    quality: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        n = len(self.points)
        parts = {"colors": self.colors, "normals": self.normals}
        if self.points.shape != (n, 3):
            raise InputError(f"Points must have the shape (N, 3), not {self.points.shape}.")
        for name, part in parts.items():
            if part is not None and part.shape != (n, 3):
                raise InputError(f"{n} points cannot have {name} of shape {part.shape}.")
        for name in SCALARS:
            scalars = getattr(self, name)
            if scalars is not None and scalars.shape != (n,):
                raise InputError(f"{n} points cannot have {name} of shape {scalars.shape}.")


def write_ply(
    path: Path,
    cloud: PlyPoints,
    *,
    comment: str = "",
    scalar_prefix: str = "",
    cancel: CancelToken | None = None,
) -> None:
    """Write binary little-endian PLY: float x y z, then what there is of normals, colours and :data:`SCALARS`.

    Parameters
    ----------
    path, cloud
        The file, and its vertices.
    comment
        Lines for the header.
    scalar_prefix
        What the names of the numbers begin with: nothing, or :data:`SHOWN_PREFIX` for other programs.
    cancel
        The wish to stop.

    Raises
    ------
    OutputError
        If the file cannot be written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    with atomic_file(path) as partial, partial.open("wb") as stream:
        stream_ply(stream, cloud, comment=comment, scalar_prefix=scalar_prefix, cancel=cancel)


def stream_ply(
    stream: BinaryIO,
    cloud: PlyPoints,
    *,
    comment: str = "",
    scalar_prefix: str = "",
    cancel: CancelToken | None = None,
) -> None:
    """Write what :func:`write_ply` writes to an open file, for callers that see to its completeness themselves.

    Raises
    ------
    OSError
        If the disk is full, for example.
    Cancelled
        If asked to stop.
    """
    columns: list[tuple[str, str, NDArray[np.generic]]] = []
    _add_triple(columns, ("x", "y", "z"), "<f4", cloud.points)
    _add_triple(columns, ("nx", "ny", "nz"), "<f4", cloud.normals)
    _add_triple(columns, COLOR_NAMES[0], "|u1", cloud.colors)
    for name, code in SCALARS.items():
        values = getattr(cloud, name)
        if values is not None:
            columns.append((name if name in MESHLAB_NAMES else scalar_prefix + name, code, values))
    lines = ["ply", "format binary_little_endian 1.0"]
    lines += [f"comment {line}" for line in comment.splitlines()]
    lines += [f"element vertex {len(cloud.points)}"]
    lines += [f"property {TYPE_NAMES[code]} {name}" for name, code, _ in columns]
    stream.write(("\n".join([*lines, "end_header"]) + "\n").encode("ascii", errors="replace"))
    for start in range(0, len(cloud.points), BLOCK):
        if cancel is not None:
            cancel.check()
        stream.write(_records(columns, start, min(start + BLOCK, len(cloud.points))).tobytes())


def _records(columns: list[tuple[str, str, NDArray[np.generic]]], start: int, stop: int) -> NDArray[np.void]:
    """A range of the columns, interleaved as the file wants them."""
    records = np.empty(stop - start, dtype=[(name, code) for name, code, _ in columns])
    for name, _, values in columns:
        records[name] = values[start:stop]
    return records


def _add_triple(
    columns: list[tuple[str, str, NDArray[np.generic]]],
    names: tuple[str, str, str],
    code: str,
    values: NDArray[np.generic] | None,
) -> None:
    if values is not None:
        columns.extend((name, code, values[:, axis]) for axis, name in enumerate(names))


def read_ply(path: Path) -> PlyPoints:
    """Read the vertices of a PLY file: text or binary of either byte order, float or double, with or without colours.

    Faces and other elements are ignored. Colours given as fractions (float) become 0 to 255.

    Raises
    ------
    InputError
        If the file cannot be read, is no PLY file, is cut short, or has no x, y, z.
    """
    try:
        with path.open("rb") as stream:
            header = read_header(stream, path)
            vertices = _read_vertices(stream, header, path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    names = set(vertices.dtype.names or ())
    if not {"x", "y", "z"} <= names:
        raise InputError(f"{path} has vertices without x, y and z; found {', '.join(sorted(names)) or 'nothing'}.")
    coordinate = np.float64 if vertices.dtype["x"].itemsize == 8 else np.float32
    has_normals = {"nx", "ny", "nz"} <= names
    return PlyPoints(
        points=_stack(vertices, ("x", "y", "z")).astype(coordinate),
        colors=_colors(vertices, names),
        normals=_stack(vertices, ("nx", "ny", "nz")).astype(np.float32) if has_normals else None,
        **_scalars(vertices, names),
    )


def _scalars(vertices: NDArray[np.void], names: set[str]) -> dict[str, NDArray[Any]]:
    """The numbers that a point has besides, whether or not a program put its prefix before their names."""
    found: dict[str, NDArray[Any]] = {}
    for name, code in SCALARS.items():
        there = next((there for there in (name, SHOWN_PREFIX + name) if there in names), None)
        if there is not None:
            found[name] = vertices[there].astype(np.dtype(code))
    return found


def _stack(vertices: NDArray[np.void], names: tuple[str, ...]) -> NDArray[np.generic]:
    return np.stack([vertices[name] for name in names], axis=-1)


def _colors(vertices: NDArray[np.void], names: set[str]) -> NDArray[np.uint8] | None:
    triple = next((triple for triple in COLOR_NAMES if set(triple) <= names), None)
    if triple is None:
        return None
    values = _stack(vertices, triple)
    if np.issubdtype(values.dtype, np.floating):
        values = np.rint(np.clip(values, 0.0, 1.0) * 255.0)
    return values.astype(np.uint8)


def _read_vertices(stream: BinaryIO, header: PlyHeader, path: Path) -> NDArray[np.void]:
    """Skip what stands before the vertices and read them as records."""
    is_text = header.encoding == "ascii"
    for element in header.elements:
        if element.name == "vertex":
            if element.has_list:
                raise InputError(f"{path} has vertices with lists of varying length, which cannot be read.")
            return _text_records(stream, element, path) if is_text else _binary_records(stream, header, element, path)
        if is_text:
            for _ in range(element.count):
                if not stream.readline():
                    raise InputError(f"{path} is cut short: it ends before its vertices.")
        elif element.has_list:
            raise InputError(
                f"{path} has the lists of {element.name!r} before its vertices, which cannot be skipped.",
                "Save it again with the vertices first, as most programs do.",
            )
        else:
            skipped = _record_type(header, element).itemsize * element.count
            if stream.tell() + skipped > path.stat().st_size:
                raise InputError(f"{path} is cut short: it ends before its vertices.")
            stream.seek(skipped, 1)
    raise InputError(f"{path} has no vertices.")


def _record_type(header: PlyHeader, element: PlyElement) -> np.dtype[np.void]:
    order = BYTE_ORDERS[header.encoding]
    return np.dtype([(name, order + code) for name, code in element.properties])


def _binary_records(stream: BinaryIO, header: PlyHeader, element: PlyElement, path: Path) -> NDArray[np.void]:
    record_type = _record_type(header, element)
    there = path.stat().st_size - stream.tell()
    found = there // record_type.itemsize if record_type.itemsize else 0
    if found < element.count:
        raise InputError(f"{path} is cut short: it holds {found:,} of the {element.count:,} points it announces.")
    require_memory(record_type.itemsize * element.count * 2, path.name)
    return np.frombuffer(stream.read(record_type.itemsize * element.count), dtype=record_type)


def _text_records(stream: BinaryIO, element: PlyElement, path: Path) -> NDArray[np.void]:
    record_type = np.dtype([(name, code) for name, code in element.properties])
    if element.count == 0:
        return np.empty(0, dtype=record_type)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # numpy warns about empty input; the count below refuses it
            records = np.atleast_1d(np.loadtxt(stream, dtype=record_type, max_rows=element.count))
    except ValueError as error:
        raise InputError(f"{path} has a point that cannot be read.", str(error)) from error
    if len(records) < element.count:
        raise InputError(
            f"{path} is cut short: it holds {len(records):,} of the {element.count:,} points it announces."
        )
    return records
