"""Frames, axes and units, stated once; every reader and writer converts to these at its boundary.

Camera
    OpenCV axes: x right, y down, z forward. ``world_from_cam`` is a 4x4 camera-to-world matrix.
World
    Set by the reconstruction, or by the dataset when it brings poses. Metres once a scale is known.
Pixels
    The centre of the top-left pixel is at (0.5, 0.5), so resizing a picture scales ``K`` by plain factors.
Images
    RGB, uint8, shape (H, W, 3).
Egocentric grid
    Camera frame; voxel (x, y, z) has the flat index ``x * (Y * Z) + y * Z + z``; a voxel's value sits at its centre.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

CV_FROM_GL: FloatArray = np.diag([1.0, -1.0, -1.0, 1.0])
"""4x4 change of camera axes between OpenGL (x right, y up, z back) and OpenCV; it is its own inverse."""
CV_FROM_GL.setflags(write=False)


def world_from_cv(world_from_gl: FloatArray) -> FloatArray:
    """Camera-to-world poses (..., 4, 4) in OpenGL camera axes, turned to OpenCV camera axes (and back)."""
    return world_from_gl @ CV_FROM_GL
