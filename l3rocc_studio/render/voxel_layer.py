"""Voxels on screen: one actor whose quads are swapped when the frame changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from l3rocc_studio.render import polydata
from l3rocc_studio.render.voxel_mesh import VoxelMesh
from l3rocc_studio.render.voxel_shader import add_voxel_shader, set_edge_strength, set_wire


class VoxelLayer:
    """Draws voxel meshes with their baked shade and thin edges.

    Parameters
    ----------
    renderer
        The renderer to draw into.
    opacity
        1 for solid voxels; less for a veil.
    edge_strength
        How dark the edges are, 0 for none.
    """

    def __init__(self, renderer: vtkRenderer, *, opacity: float = 1.0, edge_strength: float = 0.35) -> None:
        self._mapper = vtkPolyDataMapper()
        self._mapper.SetInputData(vtkPolyData())
        self._actor = vtkActor()
        self._actor.SetMapper(self._mapper)
        self._actor.PickableOff()
        look = self._actor.GetProperty()
        look.LightingOff()
        look.SetOpacity(opacity)
        # Meshes are closed, so half of the faces never show.
        look.BackfaceCullingOn()
        shader = self._actor.GetShaderProperty()
        add_voxel_shader(shader)
        self._shader = shader
        self._renderer = renderer
        self.set_edge_strength(edge_strength)
        renderer.AddActor(self._actor)

    @property
    def actor(self) -> vtkActor:
        """What the layer draws."""
        return self._actor

    def set_mesh(self, mesh: VoxelMesh | None) -> None:
        """Show other voxels; None shows nothing."""
        data = vtkPolyData()
        if mesh is not None and mesh.num_quads:
            polydata.set_points(data, mesh.corners)
            polydata.set_colors(data, mesh.colors)
            data.SetPolys(polydata.cells(_triangles(mesh.num_quads), 3))
        self._mapper.SetInputData(data)

    def remove(self) -> None:
        """Take the layer out of its renderer."""
        self._renderer.RemoveActor(self._actor)

    def set_visible(self, is_visible: bool) -> None:
        """Show or hide the layer."""
        self._actor.SetVisibility(is_visible)

    def set_opacity(self, opacity: float) -> None:
        """1 for solid voxels; less for a veil."""
        self._actor.GetProperty().SetOpacity(opacity)

    def set_wire(self, *, is_wire: bool) -> None:
        """Only the outlines of the cells, or all of their faces."""
        set_wire(self._shader, is_wire=is_wire)

    def set_edge_strength(self, strength: float) -> None:
        """How dark the edges are, 0 for none."""
        set_edge_strength(self._shader, strength)


def _triangles(num_quads: int) -> NDArray[np.int32]:
    first = np.arange(0, 4 * num_quads, 4, dtype=np.int32)[:, None]
    return (first + np.array([0, 1, 2, 0, 2, 3], dtype=np.int32)).reshape(-1)
