"""NumPy arrays as VTK data, without copies where VTK allows it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkDataArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData


def set_points(polydata: vtkPolyData, points: NDArray[np.float32]) -> None:
    """Give the polydata its points (N, 3)."""
    vtk_points = vtkPoints()
    vtk_points.SetData(numpy_to_vtk(np.ascontiguousarray(points, dtype=np.float32)))
    polydata.SetPoints(vtk_points)


def set_colors(polydata: vtkPolyData, colors: NDArray[np.uint8]) -> None:
    """Give each point its colour (N, 4) RGBA; with four channels VTK draws the array as it is."""
    polydata.GetPointData().SetScalars(_plain(colors))


def set_cell_colors(polydata: vtkPolyData, colors: NDArray[np.uint8]) -> None:
    """Give each cell its colour (N, 4) RGBA."""
    polydata.GetCellData().SetScalars(_plain(colors))


def _plain(colors: NDArray[np.uint8]) -> vtkDataArray:
    return numpy_to_vtk(np.ascontiguousarray(colors, dtype=np.uint8))


def cells(connectivity: NDArray[np.int32], corners_per_cell: int) -> vtkCellArray:
    """Cells of one size; ``connectivity`` is (C * corners_per_cell,)."""
    flat = np.ascontiguousarray(connectivity, dtype=np.int32).reshape(-1)
    offsets = np.arange(0, flat.size + 1, corners_per_cell, dtype=np.int32)
    array = vtkCellArray()
    array.SetData(numpy_to_vtk(offsets), numpy_to_vtk(flat))
    return array


def rgba(colors: NDArray[np.uint8], alpha: int = 255) -> NDArray[np.uint8]:
    """Colours (N, 3) with one opacity for all, as (N, 4)."""
    result = np.full((len(colors), 4), alpha, dtype=np.uint8)
    result[:, :3] = colors
    return result
