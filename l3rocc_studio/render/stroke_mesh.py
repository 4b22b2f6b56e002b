"""Round strokes as VTK shows them: they shade, they get smaller with distance, and every driver draws them the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from l3rocc_engine.geometry import strokes
from l3rocc_studio.render import polydata
from l3rocc_studio.render.colormaps import Rgb

SIDES = 8
AMBIENT, DIFFUSE, SPECULAR, SPECULAR_POWER = 0.45, 0.6, 0.15, 20.0
"""The soft plastic look of all strokes and markers."""


def tube(points: NDArray[np.floating], radius: float) -> vtkPolyData:
    """A round stroke along a line (N, 3), N at least 2, with :data:`SIDES` vertices a point, in their order."""
    return _polydata(strokes.tube(points, radius, SIDES))


def segments(pairs: NDArray[np.floating], radius: float) -> vtkPolyData:
    """Straight round strokes, one a pair of points (N, 2, 3)."""
    return _polydata(strokes.segments(pairs, radius, SIDES))


def _polydata(mesh: strokes.StrokeMesh) -> vtkPolyData:
    data = vtkPolyData()
    polydata.set_points(data, mesh.vertices)
    data.GetPointData().SetNormals(numpy_to_vtk(mesh.outward))
    data.SetPolys(polydata.cells(mesh.triangles.reshape(-1), 3))
    return data


def lit_actor(data: vtkPolyData, color: Rgb) -> vtkActor:
    """An actor with the look of all strokes and markers."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.PickableOff()
    look = actor.GetProperty()
    look.SetColor(*color)
    look.SetAmbient(AMBIENT)
    look.SetDiffuse(DIFFUSE)
    look.SetSpecular(SPECULAR)
    look.SetSpecularPower(SPECULAR_POWER)
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
