"""One point a cell: sums of everything that fell into it, merged as chunks arrive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.cell_keys import HALF, keys_of_cells

_WEIGHT, _POINT, _COLOR, _NUM_SEEN = 0, slice(1, 4), slice(4, 7), 7
_SUMS = slice(0, 8)
_CONFIDENCE, _FRAME, _EDGE = 8, 9, 10
_WIDTH = 11


def cell_keys(points: NDArray[np.floating], cell: float) -> NDArray[np.int64]:
    """One integer a point (N, 3), equal for points in the same cube of edge ``cell``.

    Raises
    ------
    InputError
        If the points span more than two million cells along an axis.
    """
    ijk = np.floor(np.asarray(points, dtype=np.float64) / cell).astype(np.int64)
    if len(ijk) and int(np.abs(ijk).max()) >= HALF:
        raise InputError(f"The cloud is more than {HALF * cell:.0f} units away from its origin.")
    return keys_of_cells(ijk)


class CellAccumulator:
    """Collects points of many frames and keeps one averaged point a cell.

    Positions and colours are averages weighted by confidence, so an averaged point never leaves its cell; confidence
    is the largest seen, the frame the earliest, the edge the weakest. The result does not depend on how the points were
    cut into chunks, up to the rounding of the sums.

    Parameters
    ----------
    cell
        Edge of a cell in world units.
    """

    _MERGE_ROWS = 1_000_000
    """Fewest rows that are merged at once; more where the cloud is larger, so that each is merged a few times only."""

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._chunks: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []

    def add(
        self,
        points: NDArray[np.floating],
        colors: NDArray[np.uint8],
        confidence: NDArray[np.floating],
        frame_idx: int,
        *,
        edge: NDArray[np.floating] | None = None,
        num_seen: NDArray[np.integer] | None = None,
    ) -> None:
        """Add the points (N, 3) of one frame with colours (N, 3) and confidence (N,).

        Parameters
        ----------
        edge
            (N,) strength of the depth edge at each point; none if not given.
        num_seen
            (N,) how many frames saw each point, for points that were merged before; if not given, this one did.
        """
        if not len(points):
            return
        weight = np.maximum(np.asarray(confidence, dtype=np.float64), 1e-6)
        rows = np.empty((len(points), _WIDTH))
        rows[:, _WEIGHT] = weight
        rows[:, _POINT] = points * weight[:, None]
        rows[:, _COLOR] = colors * weight[:, None]
        rows[:, _NUM_SEEN] = 1 if num_seen is None else num_seen
        rows[:, _CONFIDENCE] = confidence
        rows[:, _FRAME] = frame_idx
        rows[:, _EDGE] = 0.0 if edge is None else edge
        keys, merged = _merge_rows(cell_keys(points, self._cell), rows)
        if num_seen is None:
            merged[:, _NUM_SEEN] = 1
        self._chunks.append((keys, merged))
        if sum(len(keys) for keys, _ in self._chunks[1:]) > max(self._MERGE_ROWS, len(self._chunks[0][0])):
            self._compact()

    def cloud(self) -> PointCloud:
        """The cloud so far, in order of the cells."""
        self._compact()
        if not self._chunks:
            return empty_cloud()
        rows = self._chunks[0][1]
        weight = rows[:, [_WEIGHT]]
        return PointCloud(
            points_world=(rows[:, _POINT] / weight).astype(np.float32),
            colors=np.rint(rows[:, _COLOR] / weight).astype(np.uint8),
            confidence=rows[:, _CONFIDENCE].astype(np.float32),
            first_frame=rows[:, _FRAME].astype(np.int32),
            num_seen=rows[:, _NUM_SEEN].astype(np.int32),
            edge=rows[:, _EDGE].astype(np.float32),
        )

    def _compact(self) -> None:
        if len(self._chunks) > 1:
            chunks, self._chunks = self._chunks, []
            self._chunks = [_merge_chunks(chunks)]


def _merge_chunks(
    chunks: list[tuple[NDArray[np.int64], NDArray[np.float64]]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """One chunk of all; the list is emptied on the way, for memory is at its peak here."""
    keys = np.concatenate([chunk[0] for chunk in chunks])
    rows = np.concatenate([chunk[1] for chunk in chunks])
    chunks.clear()
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    return _merge_sorted(keys, rows)


def _merge_rows(keys: NDArray[np.int64], rows: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """One row a key, in order of the keys."""
    order = np.argsort(keys, kind="stable")
    return _merge_sorted(keys[order], rows[order])


def _merge_sorted(keys: NDArray[np.int64], rows: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of equal keys: sums, the largest confidence, the earliest frame, the weakest edge."""
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    merged = np.empty((len(starts), _WIDTH))
    merged[:, _SUMS] = np.add.reduceat(rows[:, _SUMS], starts, axis=0)
    merged[:, _CONFIDENCE] = np.maximum.reduceat(rows[:, _CONFIDENCE], starts)
    merged[:, _FRAME] = np.minimum.reduceat(rows[:, _FRAME], starts)
    merged[:, _EDGE] = np.minimum.reduceat(rows[:, _EDGE], starts)
    return keys[starts], merged


def empty_cloud() -> PointCloud:
    """A cloud of no points."""
    return PointCloud(
        points_world=np.zeros((0, 3), np.float32),
        colors=np.zeros((0, 3), np.uint8),
        confidence=np.zeros(0, np.float32),
        first_frame=np.zeros(0, np.int32),
        num_seen=np.zeros(0, np.int32),
        edge=np.zeros(0, np.float32),
    )
