"""An empty floor, so that a scene without a run looks like a place and not like a failure."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render import polydata
from l3rocc_studio.render.colormaps import Rgb
from l3rocc_studio.render.stroke_mesh import line_actor

HALF_LINES = 12
STEPS = 48


class GroundGrid:
    """A ruled disc that fades out towards its edge."""

    pose = CameraPose(
        position=(0.0, -11.0, 5.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 0.0, 1.0), view_angle_deg=35.0
    )

    def __init__(self, renderer: vtkRenderer, color: Rgb) -> None:
        ticks = np.linspace(-1.0, 1.0, STEPS + 1)
        lines = np.zeros((2 * (2 * HALF_LINES + 1), STEPS + 1, 3), dtype=np.float32)
        for number, at in enumerate(np.linspace(-1.0, 1.0, 2 * HALF_LINES + 1)):
            lines[2 * number, :, 0], lines[2 * number, :, 1] = at, ticks
            lines[2 * number + 1, :, 0], lines[2 * number + 1, :, 1] = ticks, at
        starts = np.arange(lines.shape[0])[:, None] * (STEPS + 1) + np.arange(STEPS)
        self._points = lines.reshape(-1, 3)
        self._actor, self._data = line_actor(
            HALF_LINES * self._points, np.stack([starts, starts + 1], axis=-1).reshape(-1, 2)
        )
        self.set_color(color)
        renderer.AddActor(self._actor)

    def set_color(self, color: Rgb) -> None:
        """Colour in the middle."""
        fade = np.clip(1.0 - np.linalg.norm(self._points[:, :2], axis=1), 0.0, 1.0)
        colors = np.empty((len(self._points), 4), dtype=np.uint8)
        colors[:, :3] = np.round(np.multiply(color, 255))
        colors[:, 3] = np.round(200 * fade)
        polydata.set_colors(self._data, colors)

    def set_visible(self, is_visible: bool) -> None:
        """Show or hide the floor."""
        self._actor.SetVisibility(is_visible)
