"""Pictures of the world scene that draw the cloud once and then only what moves."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray

from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.overlay import overlay_by_depth
from l3rocc_studio.render.world_scene import WorldPart, WorldScene


class LayeredView(OffscreenView):
    """Draws a world scene like :class:`OffscreenView`, but keeps the picture of its still part while it holds.

    Films look from one place for long, and the cloud is nearly all of the work. While the camera moves everything is
    drawn anew, as there is nothing to keep.
    """

    def __init__(self, scene: WorldScene, width_px: int, height_px: int) -> None:
        super().__init__(scene, width_px, height_px)
        self._world = scene
        self._depth = vtkFloatArray()
        self._key: Hashable = None
        self._still = np.zeros((0, 0, 3), dtype=np.uint8)
        self._still_depth = np.zeros((0, 0), dtype=np.float32)

    def draw(self) -> NDArray[np.uint8]:
        """One picture of the scene as it is, (H, W, 3) uint8 RGB."""
        if self._world.has_moving_view:
            return super().draw()
        with self._world.steady_clipping():
            key = self._world.still_key()
            if key != self._key:
                self._still, self._still_depth = self._draw_part(WorldPart.STILL)
                self._key = key
            moving, moving_depth = self._draw_part(WorldPart.MOVING)
        return overlay_by_depth(self._still, self._still_depth, moving, moving_depth)

    def _draw_part(self, part: WorldPart) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        with self._world.only(part):
            picture = super().draw()
            return picture, self._read_depth()

    def _read_depth(self) -> NDArray[np.float32]:
        width_px, height_px = self._window.GetSize()
        self._window.GetZbufferData(0, 0, width_px - 1, height_px - 1, self._depth)
        return np.ascontiguousarray(vtk_to_numpy(self._depth).reshape(height_px, width_px)[::-1])
