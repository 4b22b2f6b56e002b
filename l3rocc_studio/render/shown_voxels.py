"""The voxels of one frame in the occupancy scene: what is solid, single cubes, and what is hidden from the camera."""

from __future__ import annotations

from contextlib import AbstractContextManager

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_studio.model.looks import HiddenStyle, OccupancyLook
from l3rocc_studio.render.cube_layer import CubeLayer
from l3rocc_studio.render.frame_counts import FrameCounts
from l3rocc_studio.render.frame_voxels import HIDDEN_COLORS, FrameVoxels
from l3rocc_studio.render.hiding import hidden
from l3rocc_studio.render.voxel_canvas import Sketch
from l3rocc_studio.render.voxel_layer import VoxelLayer
from l3rocc_studio.render.voxel_surface import VoxelSurface, mesh_of

VEIL_OPACITY = 0.16
WIRE_OPACITY = (1.0, 1.0, 0.6, 0.4)
"""By how many layers of outlines are shown: several solid ones are a net through which nothing is seen."""


class ShownVoxels:
    """Draws them, or knows the picture in which they are painted already.

    Parameters
    ----------
    renderer
        The renderer to draw into.

    Attributes
    ----------
    counts
        Voxels by what is known of them; None while nothing is shown.
    sketch
        They as a picture, if they were painted on a canvas.
    lacks_mesh
        Whether they were only painted.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._solid = VoxelLayer(renderer)
        self._cubes = CubeLayer(renderer)
        self._hidden = {name: VoxelLayer(renderer) for name in HIDDEN_COLORS}
        self.counts: FrameCounts | None = None
        self.sketch: Sketch | None = None
        self._unseen: VoxelSurface | None = None
        self.lacks_mesh = False

    @property
    def actors(self) -> list[vtkActor]:
        """Everything that they are drawn by."""
        return [self._solid.actor, self._cubes.actor, *(layer.actor for layer in self._hidden.values())]

    def clear(self) -> None:
        """Show none."""
        self.counts = self.sketch = self._unseen = None
        self.lacks_mesh = False
        self._solid.set_mesh(None)
        self._cubes.set_cubes(None, 1.0)
        for layer in self._hidden.values():
            layer.set_mesh(None)

    def show(self, voxels: FrameVoxels, voxel_size: float) -> None:
        """Show those of another frame, made for the graphics library."""
        self.sketch = None
        self._take(voxels, voxel_size)

    def add_mesh(self, voxels: FrameVoxels, voxel_size: float) -> None:
        """The same voxels as were painted, for when the view is another; now all are counted."""
        self._take(voxels, voxel_size)

    def _take(self, voxels: FrameVoxels, voxel_size: float) -> None:
        self.counts, self._unseen, self.lacks_mesh = voxels.counts, None, False
        self._solid.set_mesh(voxels.mesh)
        self._cubes.set_cubes(voxels.cubes, voxel_size)
        for name, layer in self._hidden.items():
            layer.set_mesh(voxels.hidden.get(name))

    def show_painted(self, surface: VoxelSurface, sketch: Sketch) -> None:
        """Those that are shown are solid, and painted; the graphics side has not got them."""
        self.sketch, self._unseen, self.lacks_mesh = sketch, surface, True

    def bring(self) -> None:
        """Let the graphics side have what is only painted, as the view is another."""
        if self._unseen is not None:
            surface, self._unseen = self._unseen, None
            self._solid.set_mesh(mesh_of(surface))

    def dress(self, look: OccupancyLook) -> None:
        """Everything of the look that no mesh depends on."""
        self._solid.set_edge_strength(look.edge_strength)
        self._cubes.set_edge_strength(look.edge_strength)
        is_wire = look.hidden_style is HiddenStyle.WIRE
        for layer in self._hidden.values():
            layer.set_wire(is_wire=is_wire)
            layer.set_opacity(WIRE_OPACITY[len(look.hidden_layers)] if is_wire else VEIL_OPACITY)

    def put_away(self) -> AbstractContextManager[None]:
        """Hide them for a while."""
        return hidden(self.actors)
