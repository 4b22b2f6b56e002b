"""Voxels as cubes of their own: one small cube that the graphics side repeats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkGlyph3DMapper, vtkRenderer

from l3rocc_studio.render import polydata
from l3rocc_studio.render.frame_voxels import VoxelCubes
from l3rocc_studio.render.voxel_shader import add_voxel_shader, set_edge_strength
from l3rocc_studio.render.voxel_style import FACE_SHADE

FILL = 0.86
"""Edge of a cube over that of its voxel: the gap tells cubes apart."""


class CubeLayer:
    """Draws instanced cubes with the faces' shades and thin edges.

    Parameters
    ----------
    renderer
        The renderer to draw into.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._mapper = vtkGlyph3DMapper()
        self._mapper.SetInputData(vtkPolyData())
        self._mapper.SetScalarModeToUsePointData()
        self._mapper.SetColorModeToDirectScalars()
        self._mapper.ScalingOff()
        self._mapper.OrientOff()
        self._mapper.SetSourceData(_cube(1.0))
        self._actor = vtkActor()
        self._actor.SetMapper(self._mapper)
        self._actor.PickableOff()
        self._actor.GetProperty().LightingOff()
        self._actor.GetProperty().BackfaceCullingOn()
        self._shader = self._actor.GetShaderProperty()
        add_voxel_shader(self._shader, face_shades=FACE_SHADE.tolist())
        self.set_edge_strength(0.35)
        self._renderer = renderer
        renderer.AddActor(self._actor)

    @property
    def actor(self) -> vtkActor:
        """What the layer draws."""
        return self._actor

    def set_cubes(self, cubes: VoxelCubes | None, voxel_size: float) -> None:
        """Show other voxels; None shows nothing."""
        data = vtkPolyData()
        if cubes is not None and len(cubes.centres):
            polydata.set_points(data, cubes.centres)
            polydata.set_colors(data, cubes.colors)
            self._mapper.SetSourceData(_cube(FILL * voxel_size))
        self._actor.SetVisibility(cubes is not None and len(cubes.centres) > 0)
        self._mapper.SetInputData(data)

    def set_edge_strength(self, strength: float) -> None:
        """How dark the edges are, 0 for none."""
        set_edge_strength(self._shader, strength)


def _cube(edge: float) -> vtkPolyData:
    """A cube around the origin with four vertices a face: -x, +x, -y, +y, -z, +z."""
    faces = []
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for side in (-0.5, 0.5):
            corners = np.empty((4, 3))
            corners[:, axis] = side
            # The other way round on the low side, so that every face looks outward.
            corners[:, [first, second]] = square if side > 0 else square[::-1]
            faces.append(corners)
    data = vtkPolyData()
    polydata.set_points(data, edge * np.concatenate(faces).astype(np.float32))
    triangles: NDArray[np.int32] = np.arange(0, 24, 4, dtype=np.int32)[:, None] + np.array([0, 1, 2, 0, 2, 3], np.int32)
    data.SetPolys(polydata.cells(triangles.reshape(-1), 3))
    return data
