"""Between places in a scene and pixels of its picture, counted from the lower left corner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkRenderer

FloatArray = NDArray[np.float64]


def project(renderer: vtkRenderer, points: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
    """Where points land in the picture.

    Parameters
    ----------
    renderer
        Gives camera and size of the picture.
    points
        (N, 3) in the frame that the renderer shows.

    Returns
    -------
    pixels : (N, 2) float64
    depth : (N,) float64
        Distance along the view; 0 or less behind the camera, whose pixels mean nothing.
    """
    width, height = renderer.GetSize()
    clip = np.column_stack([points, np.ones(len(points))]) @ clip_from_world(renderer).T
    depth = clip[:, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = (clip[:, :2] / depth[:, None] + 1.0) / 2.0 * (width, height)
    return pixels, depth


def ray_through(renderer: vtkRenderer, x_px: float, y_px: float) -> tuple[FloatArray, FloatArray]:
    """Start (3,) and unit direction (3,) of the line of sight through a pixel."""
    return line_of_sight(clip_from_world(renderer), renderer.GetSize(), (x_px, y_px))


def line_of_sight(
    clip_from_world: FloatArray, size_px: tuple[int, int], pixel: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Start (3,) and unit direction (3,) of the line of sight through a pixel of a view that is known by its matrix."""
    (width, height), (x_px, y_px) = size_px, pixel
    world_from_clip = np.linalg.inv(clip_from_world)
    x, y = 2.0 * x_px / max(width, 1) - 1.0, 2.0 * y_px / max(height, 1) - 1.0
    near, far = (world_from_clip @ (x, y, z, 1.0) for z in (-1.0, 1.0))
    start, end = near[:3] / near[3], far[:3] / far[3]
    return start, (end - start) / np.linalg.norm(end - start)


def clip_from_world(renderer: vtkRenderer) -> FloatArray:
    """(4, 4) float64 from the frame that a renderer shows to clip coordinates."""
    width, height = renderer.GetSize()
    camera = renderer.GetActiveCamera()
    matrix = camera.GetCompositeProjectionTransformMatrix(width / max(height, 1), -1.0, 1.0)
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])
