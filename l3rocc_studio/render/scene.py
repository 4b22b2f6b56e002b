"""What every scene has: one renderer, a background, and upkeep before each drawing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  registers the OpenGL classes with VTK's factory
from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.colormaps import DARK, Background
from l3rocc_studio.render.mark_layer import MarkLayer
from l3rocc_studio.render.vtk_camera import apply_pose, read_pose

FXAA_STEPS = 5
"""Fewer steps along an edge than VTK's 12: a tenth faster in software, and no difference to see."""


class Scene:
    """A renderer with our background; a window or an off-screen picture hosts it.

    Attributes
    ----------
    renderer
        Add it to one render window. The scene never draws by itself: the host decides when.
    marks
        What a person picked and measured.
    """

    def __init__(self) -> None:
        self.renderer = vtkRenderer()
        self.marks = MarkLayer(self.renderer)
        self._has_fixed_clipping = False
        self._paint(DARK)
        self.set_smooth(is_smooth=True)
        self._observer = self.renderer.AddObserver("StartEvent", self._on_start)

    @property
    def background(self) -> Background:
        """The background in use."""
        return self._background

    def set_background(self, background: Background) -> None:
        """Change the background and what has to stay readable on it."""
        self._paint(background)

    def _paint(self, background: Background) -> None:
        self._background = background
        # A gradient is a pass over the whole picture, which a software renderer feels.
        self.renderer.SetGradientBackground(background.bottom != background.top)
        self.renderer.SetBackground(*background.bottom)
        self.renderer.SetBackground2(*background.top)

    @contextmanager
    def without_background(self) -> Iterator[None]:
        """Draw what there is on nothing for a while, and leave the smoothing of borders to whoever asks for this."""
        is_smooth, has_gradient = bool(self.renderer.GetUseFXAA()), self.renderer.GetGradientBackground()
        self.renderer.GradientBackgroundOff()
        self.renderer.SetBackgroundAlpha(0.0)
        self.set_smooth(is_smooth=False)
        try:
            yield
        finally:
            self.set_smooth(is_smooth=is_smooth)
            self.renderer.SetBackgroundAlpha(1.0)
            self.renderer.SetGradientBackground(has_gradient)

    def show_frame(self, frame_idx: int) -> None:
        """Show one moment of the run."""
        raise NotImplementedError

    def set_smooth(self, *, is_smooth: bool) -> None:
        """Whether edges are smoothed (FXAA); costs a pass over the picture."""
        self.renderer.SetUseFXAA(is_smooth)
        self.renderer.GetFXAAOptions().SetEndpointSearchIterations(FXAA_STEPS)

    @property
    def aspect(self) -> float:
        """Width over height of the picture; 4:3 before there is one."""
        width, height = self.renderer.GetSize()
        return width / height if width and height else 4 / 3

    def camera_pose(self) -> CameraPose:
        """Where the scene is looked at from."""
        return read_pose(self.renderer)

    def kept_pose(self) -> CameraPose:
        """Where the scene is looked at from, with a clipping range only if one was asked for."""
        pose = self.camera_pose()
        return pose if self._has_fixed_clipping else replace(pose, clipping_range=None)

    def release_clipping(self) -> None:
        """Fit the clipping range to the scene again, as when a hand moves the camera."""
        self._has_fixed_clipping = False

    def set_camera_pose(self, pose: CameraPose) -> None:
        """Look from another place; a clipping range in the pose is kept, else it follows the scene."""
        self._has_fixed_clipping = pose.clipping_range is not None
        apply_pose(self.renderer, pose)

    def close(self) -> None:
        """Let go of everything in VTK; the scene cannot be used afterwards."""
        self.renderer.RemoveObserver(self._observer)
        self.renderer.RemoveAllViewProps()
        window = self.renderer.GetRenderWindow()
        if window is not None:
            window.RemoveRenderer(self.renderer)

    def _on_start(self, _caller: object, _event: str) -> None:
        if not self._has_fixed_clipping:
            self.renderer.ResetCameraClippingRange()
        self.marks.update_view(self._px_per_unit())
        self._before_drawing()

    def _before_drawing(self) -> None:
        """Upkeep that depends on the view; called before each drawing."""

    def _px_per_unit(self) -> float:
        """Height in pixels of one unit at distance one, or of one unit anywhere in a parallel projection."""
        camera, height_px = self.renderer.GetActiveCamera(), self.renderer.GetSize()[1]
        if camera.GetParallelProjection():
            return float(height_px / (2 * camera.GetParallelScale()))
        return float(height_px / (2 * np.tan(np.radians(camera.GetViewAngle() / 2))))
