"""Round strokes as triangles: they shade, they get smaller with distance, and every driver draws them the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from l3rocc_studio.render import polydata
from l3rocc_studio.render.colormaps import Rgb

SIDES = 8


def tube(points: NDArray[np.floating], radius: float) -> vtkPolyData:
    """A round stroke along a line.

    Parameters
    ----------
    points
        (N, 3), N at least 2; repeated points are allowed.
    radius
        In units of the points.

    Returns
    -------
    vtkPolyData
        ``SIDES`` vertices a point, in order of the points, with normals.
    """
    centres = np.asarray(points, dtype=np.float64)
    return _strokes(centres, _circles(*_frames(centres)), radius, _ring_triangles(len(centres)))


def _frames(centres: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two unit vectors across the line at each point, carried along so that the tube does not twist."""
    tangents = np.gradient(centres, axis=0)
    lengths = np.linalg.norm(tangents, axis=1)
    moving = np.flatnonzero(lengths > 1e-12)
    if len(moving) == 0:
        tangents[:], lengths[:] = (1.0, 0.0, 0.0), 1.0
    else:
        # Where the camera stood still the direction of the nearest move holds.
        nearest = moving[np.abs(np.arange(len(centres))[:, None] - moving[None, :]).argmin(axis=1)]
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


def _ring_triangles(num_rings: int) -> NDArray[np.int32]:
    ring = np.arange(SIDES)
    after = (ring + 1) % SIDES
    strip = np.stack([ring, after, after + SIDES, ring, after + SIDES, ring + SIDES], axis=1).reshape(-1)
    return (np.arange(num_rings - 1)[:, None] * SIDES + strip).astype(np.int32).reshape(-1)


def segments(pairs: NDArray[np.floating], radius: float) -> vtkPolyData:
    """Straight round strokes, one a pair of points.

    Parameters
    ----------
    pairs
        (N, 2, 3).
    radius
        In units of the points.
    """
    ends = np.asarray(pairs, dtype=np.float64)
    along = ends[:, 1] - ends[:, 0]
    lengths = np.linalg.norm(along, axis=1, keepdims=True)
    along = np.where(lengths > 1e-12, along / np.maximum(lengths, 1e-12), (1.0, 0.0, 0.0))
    sides = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)])
    sides /= np.linalg.norm(sides, axis=1, keepdims=True)
    outward = np.repeat(_circles(sides, np.cross(along, sides)), 2, axis=0)
    firsts = 2 * SIDES * np.arange(len(ends), dtype=np.int32)[:, None]
    return _strokes(ends.reshape(-1, 3), outward, radius, (firsts + _ring_triangles(2)).reshape(-1))


def _circles(sides: NDArray[np.float64], uppers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions (N, SIDES, 3) away from N places on a line."""
    turn = np.linspace(0.0, 2.0 * np.pi, SIDES, endpoint=False)
    return np.asarray(np.cos(turn)[:, None] * sides[:, None] + np.sin(turn)[:, None] * uppers[:, None])


def _strokes(
    centres: NDArray[np.float64], outward: NDArray[np.float64], radius: float, triangles: NDArray[np.int32]
) -> vtkPolyData:
    data = vtkPolyData()
    polydata.set_points(data, (centres[:, None] + radius * outward).reshape(-1, 3).astype(np.float32))
    data.GetPointData().SetNormals(numpy_to_vtk(np.ascontiguousarray(outward.reshape(-1, 3), dtype=np.float32)))
    data.SetPolys(polydata.cells(triangles, 3))
    return data


def lit_actor(data: vtkPolyData, color: Rgb) -> vtkActor:
    """An actor with the soft plastic look of all strokes and markers."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.PickableOff()
    look = actor.GetProperty()
    look.SetColor(*color)
    look.SetAmbient(0.45)
    look.SetDiffuse(0.6)
    look.SetSpecular(0.15)
    look.SetSpecularPower(20.0)
    return actor


def flat_actor(data: vtkPolyData, color: Rgb) -> vtkActor:
    """An actor of one plain colour, for lines that should not draw attention."""
    actor = lit_actor(data, color)
    actor.GetProperty().LightingOff()
    return actor


def line_actor(points: NDArray[np.float32], pairs: NDArray[np.integer]) -> tuple[vtkActor, vtkPolyData]:
    """Hairlines one pixel wide between pairs (N, 2) of points, and their data."""
    data = vtkPolyData()
    polydata.set_points(data, points)
    data.SetLines(polydata.cells(np.asarray(pairs, dtype=np.int32), 2))
    actor = flat_actor(data, (1.0, 1.0, 1.0))
    return actor, data
