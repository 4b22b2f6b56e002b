"""Round strokes as triangles: they get smaller with distance, and every program draws them, as it does not lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

STILL = 1e-12
"""Shorter steps, in units of the points, have no direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrokeMesh:
    """Triangles around lines; open at the ends.

    Attributes
    ----------
    vertices
        (V, 3) float32, ``sides`` of them a point of the line, in its order.
    outward
        (V, 3) float32 unit normals.
    triangles
        (F, 3) int32 rows of vertices, counter-clockwise as seen from outside.
    """

    vertices: NDArray[np.float32]
    outward: NDArray[np.float32]
    triangles: NDArray[np.int32]


def tube(points: NDArray[np.floating], radius: float, sides: int) -> StrokeMesh:
    """A round stroke along a line.

    Parameters
    ----------
    points
        (N, 3), N at least 2; repeated points are allowed.
    radius
        In units of the points.
    sides
        Corners of its section.
    """
    centres = np.asarray(points, dtype=np.float64)
    return _mesh(centres, _circles(*_frames(centres), sides), radius, _ring_triangles(len(centres), sides))


def segments(pairs: NDArray[np.floating], radius: float, sides: int) -> StrokeMesh:
    """Straight round strokes, one a pair of points.

    Parameters
    ----------
    pairs
        (N, 2, 3).
    radius
        In units of the points.
    sides
        Corners of the section.
    """
    ends = np.asarray(pairs, dtype=np.float64)
    along = ends[:, 1] - ends[:, 0]
    lengths = np.linalg.norm(along, axis=1, keepdims=True)
    along = np.where(lengths > STILL, along / np.maximum(lengths, STILL), (1.0, 0.0, 0.0))
    across = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    outward = np.repeat(_circles(across, np.cross(along, across), sides), 2, axis=0)
    firsts = 2 * sides * np.arange(len(ends), dtype=np.int32)[:, None, None]
    return _mesh(ends.reshape(-1, 3), outward, radius, (firsts + _ring_triangles(2, sides)).reshape(-1, 3))


def _frames(centres: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors across the line at each point, carried along so that the tube does not twist."""
    tangents = np.gradient(centres, axis=0)
    lengths = np.linalg.norm(tangents, axis=1)
    moving = np.flatnonzero(lengths > STILL)
    if len(moving) == 0:
        tangents[:], lengths[:] = (1.0, 0.0, 0.0), 1.0
    else:
        # Where the camera stood still the direction of the nearest move holds.
        nearest = _nearest(moving, len(centres))
        tangents, lengths = tangents[nearest], lengths[nearest]
    tangents = tangents / lengths[:, None]
    sides = np.empty_like(tangents)
    side = np.cross(tangents[0], np.eye(3)[np.abs(tangents[0]).argmin()])
    for i, tangent in enumerate(tangents):
        across = side - tangent * (side @ tangent)
        norm = np.linalg.norm(across)
        side = across / norm if norm > 1e-6 else np.cross(tangent, np.eye(3)[np.abs(tangent).argmin()])
        side = side / np.linalg.norm(side)
        sides[i] = side
    return sides, np.cross(tangents, sides)


def _nearest(chosen: NDArray[np.intp], num: int) -> NDArray[np.intp]:
    """For each of ``num`` places the nearest of some increasing ones, the earlier of two that are as near."""
    at = np.arange(num)
    after = np.searchsorted(chosen, at).clip(max=len(chosen) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(np.abs(at - chosen[before]) <= np.abs(chosen[after] - at), before, after)
    return np.asarray(chosen[nearer], dtype=np.intp)


def _ring_triangles(num_rings: int, sides: int) -> NDArray[np.int32]:
    ring = np.arange(sides)
    after = (ring + 1) % sides
    strip = np.stack([ring, after, after + sides, ring, after + sides, ring + sides], axis=1).reshape(-1, 3)
    return (np.arange(num_rings - 1)[:, None, None] * sides + strip).astype(np.int32).reshape(-1, 3)


def _circles(across: FloatArray, upward: FloatArray, sides: int) -> FloatArray:
    """Directions (N, sides, 3) away from N places on a line."""
    turn = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    return np.asarray(np.cos(turn)[:, None] * across[:, None] + np.sin(turn)[:, None] * upward[:, None])


def _mesh(centres: FloatArray, outward: FloatArray, radius: float, triangles: NDArray[np.int32]) -> StrokeMesh:
    return StrokeMesh(
        vertices=(centres[:, None] + radius * outward).reshape(-1, 3).astype(np.float32),
        outward=np.ascontiguousarray(outward.reshape(-1, 3), dtype=np.float32),
        triangles=triangles,
    )
