"""One point a cell: sums of everything that fell into it, merged as chunks arrive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.errors import InputError

_AXIS_BITS = 21
_HALF = 1 << (_AXIS_BITS - 1)


def cell_keys(points: NDArray[np.floating], cell: float) -> NDArray[np.int64]:
    """One integer a point (N, 3), equal for points in the same cube of edge ``cell``.

    Raises
    ------
    InputError
        If the points span more than two million cells along an axis.
    """
    ijk = np.floor(np.asarray(points, dtype=np.float64) / cell).astype(np.int64)
    if len(ijk) and int(np.abs(ijk).max()) >= _HALF:
        raise InputError(f"The cloud is more than {_HALF * cell:.0f} units away from its origin.")
    ijk += _HALF
    return (ijk[:, 0] << (2 * _AXIS_BITS)) | (ijk[:, 1] << _AXIS_BITS) | ijk[:, 2]


class CellAccumulator:
    """Collects points of many frames and keeps one averaged point a cell.

    Positions and colours are averages weighted by confidence, so an averaged point never leaves its cell; confidence
    is the largest seen, the frame the earliest. The result does not depend on how the points were cut into chunks,
    up to the rounding of the sums.

    Parameters
    ----------
    cell
        Edge of a cell in world units.
    """

    _MERGE_ROWS = 3_000_000

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._chunks: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []

    def add(
        self,
        points: NDArray[np.floating],
        colors: NDArray[np.uint8],
        confidence: NDArray[np.floating],
        frame_idx: int,
    ) -> None:
        """Add the points (N, 3) of one frame with colours (N, 3) and confidence (N,)."""
        if not len(points):
            return
        weight = np.maximum(np.asarray(confidence, dtype=np.float64), 1e-6)
        rows = np.empty((len(points), 9))
        rows[:, 0] = weight
        rows[:, 1:4] = points * weight[:, None]
        rows[:, 4:7] = colors * weight[:, None]
        rows[:, 7] = confidence
        rows[:, 8] = frame_idx
        self._chunks.append(_merge_rows(cell_keys(points, self._cell), rows))
        if sum(len(keys) for keys, _ in self._chunks[1:]) > self._MERGE_ROWS:
            self._compact()

    def cloud(self) -> PointCloud:
        """The cloud so far, in order of the cells."""
        self._compact()
        if not self._chunks:
            return empty_cloud()
        rows = self._chunks[0][1]
        mean = rows[:, 1:7] / rows[:, :1]
        return PointCloud(
            points_world=mean[:, :3].astype(np.float32),
            colors=np.rint(mean[:, 3:]).astype(np.uint8),
            confidence=rows[:, 7].astype(np.float32),
            first_frame=rows[:, 8].astype(np.int32),
        )

    def _compact(self) -> None:
        if len(self._chunks) > 1:
            keys = np.concatenate([chunk[0] for chunk in self._chunks])
            rows = np.concatenate([chunk[1] for chunk in self._chunks])
            self._chunks = [_merge_rows(keys, rows)]


def _merge_rows(keys: NDArray[np.int64], rows: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sum the first seven columns of equal keys, take the maximum of confidence and the minimum of the frame."""
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    merged = np.empty((len(starts), 9))
    merged[:, :7] = np.add.reduceat(rows[:, :7], starts, axis=0)
    merged[:, 7] = np.maximum.reduceat(rows[:, 7], starts)
    merged[:, 8] = np.minimum.reduceat(rows[:, 8], starts)
    return keys[starts], merged


def empty_cloud() -> PointCloud:
    """A cloud of no points."""
    return PointCloud(
        points_world=np.zeros((0, 3), np.float32),
        colors=np.zeros((0, 3), np.uint8),
        confidence=np.zeros(0, np.float32),
        first_frame=np.zeros(0, np.int32),
    )
