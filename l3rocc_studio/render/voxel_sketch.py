"""Pictures of voxels that any thread can paint, over what stands around them, for while time moves."""

from __future__ import annotations

import numpy as np

from l3rocc_studio.render.finishing import smooth_edges
from l3rocc_studio.render.surface_painter import paint_surface
from l3rocc_studio.render.voxel_canvas import Canvas, Sketch
from l3rocc_studio.render.voxel_surface import VoxelSurface

LEAST_CONTRAST = 40
"""Weaker edges stay as they are in passing: the lines between voxels are soft already."""


def sketch_surface(surface: VoxelSurface, canvas: Canvas, least_contrast: int = LEAST_CONTRAST) -> Sketch:
    """Paint the faces of voxels that face the eye; what stands around keeps its pixels."""
    color, distances = canvas.color.copy(), canvas.distances.copy()
    paint_surface(surface, canvas.eye, canvas.edge_strength, color, distances)
    smoothed = smooth_edges(color, least_contrast)
    return Sketch(canvas=canvas, color=np.where((distances != canvas.distances)[..., None], smoothed, canvas.color))
