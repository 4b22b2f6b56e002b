"""Arrays as points: what the columns of a table mean."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection.content import OCCUPANCY, PATH, FramePoints, Lattice

COLUMNS = {3: "x y z", 4: "x y z label", 6: "x y z r g b", 7: "x y z r g b label"}
"""Of tables, by how many there are."""
COLUMNS_TEXT = "x y z, x y z label, x y z r g b, or x y z r g b label"


class ArrayKind(Enum):
    """What an array is; the value says it to people."""

    TABLE = "table of points"
    POSES = "camera poses"
    PICTURE = "picture of points"
    GRID = "dense grid"


def points_of_array(values: NDArray[Any], name: str, lattice: Lattice | None) -> FramePoints:
    """Points of one array.

    Parameters
    ----------
    values
        A table of points (N, 3), (N, 4), (N, 6) or (N, 7); poses (T, 4, 4); pictures of points (H, W, 3); or a dense
        grid of labels (X, Y, Z), whose zeros are empty.
    name
        Of the file, for sentences.
    lattice
        Where voxels lie, if the file is of voxels.

    Raises
    ------
    InputError
        If it is none of these.
    """
    shape = values.shape
    match kind_of_array(shape, values.dtype):
        case ArrayKind.TABLE:
            return _table(values, lattice)
        case ArrayKind.POSES:
            return clean(values[:, :3, 3], labels=np.full(shape[0], PATH, np.uint8), has_roles=True)
        case ArrayKind.PICTURE:
            return clean(values.reshape(-1, 3))
        case ArrayKind.GRID:
            return _dense(values)
    raise InputError(
        f"{name} holds an array of shape {shape} and type {values.dtype}, which cannot be shown.",
        f"Tables of points have the columns {COLUMNS_TEXT}; dense grids hold whole numbers.",
    )


def kind_of_array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> ArrayKind | None:
    """What an array can be read as; None for nothing that could be shown."""
    if len(shape) == 2 and shape[1] in COLUMNS and dtype.kind in "biuf":
        return ArrayKind.TABLE
    if len(shape) != 3:
        return None
    if dtype.kind == "f":
        return ArrayKind.POSES if shape[1:] == (4, 4) else ArrayKind.PICTURE if shape[2] == 3 else None
    return ArrayKind.GRID if dtype.kind in "biu" else None


def _table(values: NDArray[Any], lattice: Lattice | None) -> FramePoints:
    width = values.shape[1]
    colors = _colors(values[:, 3:6]) if width >= 6 else None
    labels = _labels(values[:, -1]) if width in (4, 7) else None
    found = clean(values[:, :3], colors=colors, labels=labels, has_roles=_are_roles(labels), lattice=lattice)
    return replace(found, columns=COLUMNS[width])


def _colors(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Colours in [0, 1] or in 0..255."""
    numbers = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    top = 1.0 if values.dtype.kind == "f" and numbers.max(initial=0.0) <= 1.0 else 255.0
    scaled: NDArray[np.uint8] = np.rint(np.clip(numbers / top, 0.0, 1.0) * 255.0).astype(np.uint8)
    return scaled


def _are_roles(labels: NDArray[np.uint8] | None) -> bool:
    """Whether labels are the visual format's; in the original's single frames 1 alone means occupied."""
    if labels is None or not len(labels) or labels.max() > OCCUPANCY:
        return False
    return bool((labels != PATH).any())


def _labels(values: NDArray[Any]) -> NDArray[np.uint8]:
    numbers = np.nan_to_num(values.astype(np.float64), nan=255.0, posinf=255.0, neginf=255.0)
    return np.clip(numbers, 0, 255).astype(np.uint8)


def _dense(values: NDArray[Any]) -> FramePoints:
    """The full voxels of a grid, in voxel numbers."""
    at = np.nonzero(values)
    labels = np.clip(values[at].astype(np.int64), 0, 255).astype(np.uint8)
    return FramePoints(
        points=(np.stack(at, axis=-1) + 0.5).astype(np.float32),
        labels=labels if labels.size and labels.max() > 1 else None,
        lattice=Lattice(origin=(0.0, 0.0, 0.0), cell_size=1.0),
    )


def clean(
    points: NDArray[Any],
    *,
    colors: NDArray[np.uint8] | None = None,
    labels: NDArray[np.uint8] | None = None,
    counts: NDArray[np.int64] | None = None,
    has_roles: bool = False,
    lattice: Lattice | None = None,
) -> FramePoints:
    """Points (N, 3) without those that are not finite, or too far away for float32; colours (N, 3), the others (N,)."""
    with np.errstate(over="ignore"):
        single = np.ascontiguousarray(points, dtype=np.float32)
    good = (np.abs(single) < 1e18).all(axis=1)
    dropped = int(len(single) - good.sum())
    return FramePoints(
        points=single[good],
        colors=None if colors is None else colors[good],
        labels=None if labels is None else labels[good],
        counts=None if counts is None else counts[good],
        has_roles=has_roles,
        lattice=lattice,
        num_dropped=dropped,
    )
