"""A renderer's perspective camera in the terms of those who draw without a graphics library."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.eye import Eye


def lens_of(renderer: vtkRenderer) -> Lens:
    """How the depths of the last picture turn into distances."""
    camera = renderer.GetActiveCamera()
    near, far = camera.GetClippingRange()
    half_angle = np.radians(camera.GetViewAngle() / 2)
    return Lens(near=near, far=far, focal_px=float(renderer.GetSize()[1] / (2 * np.tan(half_angle))))


def eye_of(renderer: vtkRenderer, near: float) -> Eye:
    """The camera, for :func:`.surface_painter.paint_surface`, which draws nothing nearer than ``near``."""
    camera = renderer.GetActiveCamera()
    forward = np.array(camera.GetDirectionOfProjection())
    right = np.cross(forward, camera.GetViewUp())
    right /= np.linalg.norm(right)
    return Eye(
        position=np.array(camera.GetPosition()),
        axes=np.stack([right, np.cross(forward, right), forward]),
        focal_px=lens_of(renderer).focal_px,
        near=near,
    )
