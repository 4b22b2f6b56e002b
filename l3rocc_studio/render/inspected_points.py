"""An inspected moment made ready to draw; no renderer is touched, so any thread may do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from vtkmodules.vtkCommonDataModel import vtkPolyData

from l3rocc_engine.inspection import Axes, FramePoints, Lattice
from l3rocc_studio.model.point_coloring import Coloring, available_colorings
from l3rocc_studio.model.view import Vector
from l3rocc_studio.render import polydata
from l3rocc_studio.render.colormaps import HEAD, Rgb
from l3rocc_studio.render.point_colors import Legend, color_points
from l3rocc_studio.render.stroke_mesh import tube
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh

MAX_CELLS = 5e8
"""Cells of the box around the voxels beyond which they are drawn as dots: a cube's neighbours are looked up in it."""
SPACING_POINTS, SPACING_SAMPLE = 500_000, 2000
PATH_RADIUS = 0.003
"""Of the path's line, over the diagonal of the box around all points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPoints:
    """What a scene shows.

    Attributes
    ----------
    points
        What it was made of.
    colorings
        What the points can be coloured by.
    coloring, legend
        What they are coloured by, and what the colours mean.
    mesh
        Cubes of the voxels, if there are any.
    dots, spacing
        The other points, and the usual distance between them.
    path, path_color
        The camera's path as a line, if there is one, and its colour.
    """

    points: FramePoints
    colorings: tuple[Coloring, ...]
    coloring: Coloring
    legend: Legend
    mesh: VoxelMesh | None
    dots: vtkPolyData
    spacing: float
    path: vtkPolyData | None
    path_color: Rgb = HEAD


def prepare_points(points: FramePoints, axes: Axes, wanted: Coloring | None, up: Vector) -> PreparedPoints:
    """Colour points, and sort them into cubes, a line and dots.

    Parameters
    ----------
    points
        What to show.
    axes
        What their coordinates refer to.
    wanted
        By what to colour, if they can be; else the most telling is taken.
    up
        What height is measured along, and where light comes from.
    """
    colorings = available_colorings(points, axes)
    coloring = wanted if wanted in colorings else colorings[0]
    colors, legend = color_points(points, coloring, up)
    voxels, path = points.is_voxel(), points.is_path()
    mesh = None
    if points.lattice is not None and voxels.any():
        mesh = voxel_mesh(points.points[voxels], colors[voxels], points.lattice, up)
    dots = ~path if mesh is None else ~(voxels | path)
    return PreparedPoints(
        points=points,
        colorings=colorings,
        coloring=coloring,
        legend=legend,
        mesh=mesh,
        dots=_dots(points.points[dots], colors[dots]),
        spacing=usual_spacing(points.points[dots]),
        path=_path(points.points[path], points.points),
        path_color=_one_color(colors[path]) if coloring in (Coloring.FILE, Coloring.LABEL) else HEAD,
    )


def _one_color(colors: NDArray[np.uint8]) -> Rgb:
    """The colour that all have; where they differ, as by height, that of a path."""
    if not len(colors) or (colors != colors[0]).any():
        return HEAD
    red, green, blue = (float(channel) / 255.0 for channel in colors[0])
    return red, green, blue


def _dots(points: NDArray[np.float32], colors: NDArray[np.uint8]) -> vtkPolyData:
    data = vtkPolyData()
    if len(points):
        polydata.set_points(data, points)
        polydata.set_colors(data, polydata.rgba(colors))
        data.SetVerts(polydata.cells(np.arange(len(points), dtype=np.int32), 1))
    return data


def _path(points: NDArray[np.float32], everything: NDArray[np.float32]) -> vtkPolyData | None:
    if len(points) < 2:
        return None
    size = float(np.linalg.norm(np.ptp(everything, axis=0))) or 1.0
    return tube(points, PATH_RADIUS * size)


def usual_spacing(points: NDArray[np.float32]) -> float:
    """Median distance between neighbouring points; 0 below two. Of large clouds it is that of a part, scaled."""
    if len(points) < 2:
        return 0.0
    part = points[:: -(-len(points) // SPACING_POINTS)]
    sample = part[:: max(1, len(part) // SPACING_SAMPLE)]
    distance, _ = cKDTree(part).query(sample, k=2)
    # On surfaces the distance grows with the square root of what was left out.
    return float(np.median(np.asarray(distance)[:, 1]) * np.sqrt(len(part) / len(points)))


def voxel_mesh(
    centres: NDArray[np.float32], colors: NDArray[np.uint8], lattice: Lattice, up: Vector
) -> VoxelMesh | None:
    """Cubes of the cells that the centres lie in; None if the box around them has too many cells.

    Parameters
    ----------
    centres
        (N, 3), N at least 1.
    colors
        (N, 3) uint8 RGB; of centres in one cell the first counts.
    """
    origin = np.array(lattice.origin)
    cells = np.rint((centres.astype(np.float64) - origin) / lattice.cell_size - 0.5)
    spans = np.ptp(cells, axis=0) + 1
    if not np.isfinite(spans).all() or float(np.prod(spans)) > MAX_CELLS:
        return None
    low = cells.min(axis=0)
    x, y, z = (int(n) for n in spans)
    i, j, k = (cells - low).astype(np.int64).T
    flat, rows = np.unique((i * y + j) * z + k, return_index=True)
    mesh = build_voxel_mesh(
        flat,
        (x, y, z),
        origin=origin + low * lattice.cell_size,
        voxel_size=lattice.cell_size,
        palettes=np.ones((1, z, 3), dtype=np.float32),
        layer_axis=2,
        face_shade=_face_shade(up),
    )
    shade = mesh.colors[:, :3].astype(np.float32) / 255.0
    own = np.repeat(colors[rows][mesh.owners], 4, axis=0)
    mesh.colors[:, :3] = np.rint(shade * own).astype(np.uint8)
    return mesh


def _face_shade(up: Vector) -> NDArray[np.float32]:
    """Brightness of the faces -x, +x, -y, +y, -z, +z: light from above, and sides that can be told apart."""
    normals = np.repeat(np.eye(3), 2, axis=0) * np.array([-1.0, 1.0] * 3)[:, None]
    towards = np.array(up) / np.linalg.norm(up)
    light = towards + np.array([-0.25, 0.0, -0.35]) * (1 - np.abs(towards))
    return np.clip(0.82 + 0.18 * normals @ light, 0.0, 1.0).astype(np.float32)
