"""Draws the occupancy scene into a window: by VTK, or as a picture that a thread has painted of the same view."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkUnsignedCharArray
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderWindow

from l3rocc_studio.render.depth_shading import to_distances
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.perspective import eye_of, lens_of
from l3rocc_studio.render.voxel_canvas import Canvas, Sketch

NEAR_SHARE = 1e-3
"""Voxels nearer to the eye than this share of the depth that is shown are not drawn."""
_UNSIGNED_CHAR = 3  # VTK_UNSIGNED_CHAR
_DRAW_FRAMEBUFFER = 0x8CA9


class SketchedDrawing:
    """Keeps what stands around the voxels as a canvas, and shows sketches on it while they fit the view.

    In software a sketch takes a tenth of what handing a mesh to the graphics library and drawing it there takes, and a
    thread can make it.
    """

    def __init__(self, scene: OccupancyScene) -> None:
        self._scene = scene
        self._key: Hashable = None
        self._pixels, self._depths = vtkUnsignedCharArray(), vtkFloatArray()
        self.num_canvases = 0
        """How often a canvas was really drawn."""
        self.was_put = False
        """Whether the last drawing was a painted picture."""

    def draw(self, window: vtkOpenGLRenderWindow) -> None:
        """Draw the scene as it is."""
        sketch = self._scene.sketch
        fits = sketch is not None and sketch.canvas is self._scene.canvas and self._key == self._view_key(window)
        self.was_put = fits
        if sketch is not None and fits:
            _put(window, sketch)
        else:
            window.Render()

    def renew_canvas(self, window: vtkOpenGLRenderWindow) -> bool:
        """Draw what stands around the voxels, unless it looks as before; the window's context is current.

        Returns whether something was drawn.
        """
        if not self._scene.can_be_sketched:
            self.forget()
            return False
        if self._scene.canvas is not None and self._key == self._view_key(window):
            return False
        self._scene.canvas = self._draw_canvas(window)
        # Drawing itself brings things up to date with the view.
        self._key = self._view_key(window)
        self.num_canvases += 1
        return True

    def forget(self) -> None:
        """The view is another, or what it was drawn with is gone."""
        self._scene.canvas, self._key = None, None

    def _view_key(self, window: vtkOpenGLRenderWindow) -> Hashable:
        """Equal as long as everything but the voxels looks the same."""
        scene = self._scene
        around = tuple((id(prop), prop.GetRedrawMTime()) for prop in scene.surroundings())
        return (window.GetSize(), scene.kept_pose(), scene.background, scene.look, around)

    def _draw_canvas(self, window: vtkOpenGLRenderWindow) -> Canvas:
        scene = self._scene
        with scene.without_voxels():
            window.Render()
        width, height = window.GetSize()
        window.GetPixelData(0, 0, width - 1, height - 1, False, self._pixels, 0)
        window.GetZbufferData(0, 0, width - 1, height - 1, self._depths)
        depths = vtk_to_numpy(self._depths).reshape(height, width)[::-1]
        return Canvas(
            color=vtk_to_numpy(self._pixels).reshape(height, width, 3)[::-1].copy(),
            distances=to_distances(np.ascontiguousarray(depths), lens_of(scene.renderer)),
            eye=eye_of(scene.renderer, NEAR_SHARE * scene.depth_span[1]),
            edge_strength=scene.look.edge_strength,
        )


def _put(window: vtkOpenGLRenderWindow, sketch: Sketch) -> None:
    """Let a picture be what the window has drawn."""
    height, width, channels = sketch.color.shape
    state, target = window.GetState(), window.GetDisplayFramebuffer()
    state.PushFramebufferBindings()
    target.Bind(_DRAW_FRAMEBUFFER)
    target.ActivateDrawBuffer(0)
    window.DrawPixels(width, height, channels, _UNSIGNED_CHAR, np.ascontiguousarray(sketch.color[::-1]))
    state.PopFramebufferBindings()
