"""The recording camera as a sign at the origin of its own frame."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_studio.render.colormaps import HEAD, Background
from l3rocc_studio.render.stroke_mesh import lit_actor
from l3rocc_studio.render.trajectory_layer import frustum_strokes

NO_CAMERA = Intrinsics(fx_px=3.0, fy_px=3.0, cx_px=2.0, cy_px=1.5, width_px=4, height_px=3)
"""A camera to draw when there is none."""
SHARE, STROKE_SHARE = 0.06, 0.0018
"""Size and stroke, as shares of what the picture shows."""


class CameraGlyph:
    """The sign in one renderer; that of no camera is as pale as lines are.

    Parameters
    ----------
    renderer
        Where it is drawn.
    intrinsics
        Of the camera; None draws a sign for its place.
    size
        Of what the picture shows, in units of the scene.
    background
        What a pale sign has its colour from.
    """

    def __init__(
        self, renderer: vtkRenderer, intrinsics: Intrinsics | None, size: float, background: Background
    ) -> None:
        self._renderer, self._is_pale = renderer, intrinsics is None
        strokes = frustum_strokes(intrinsics or NO_CAMERA, SHARE * size, STROKE_SHARE * size)
        self._actor = lit_actor(strokes, background.line if self._is_pale else HEAD)
        renderer.AddActor(self._actor)

    def set_visible(self, *, is_visible: bool) -> None:
        """Show or hide it."""
        self._actor.SetVisibility(is_visible)

    def set_background(self, background: Background) -> None:
        """Fit the colour to another background."""
        if self._is_pale:
            self._actor.GetProperty().SetColor(*background.line)

    def remove(self) -> None:
        """Take it out of the scene."""
        self._renderer.RemoveActor(self._actor)
