"""Draws voxels of the camera's grid into the camera's own picture."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics

EDGE_SHADE = 0.72
_SLACK_PX = 1e-3
LEAST_EDGE_PX = 3
"""Voxels narrower than this have no border, which would be all there is to see of them."""


def splat_voxels(
    centres_cam: NDArray[np.float32], voxel_size: float, intrinsics: Intrinsics
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the camera sees of voxels: each a square that faces it, the nearer over the farther.

    Parameters
    ----------
    centres_cam
        (N, 3) float32, camera frame.
    voxel_size
        Edge, in the same unit.
    intrinsics
        Camera of the picture to draw into.

    Returns
    -------
    depth, shade
        (H, W) float32 each: depth of the voxel's centre, infinite where there is none; and 1, less at borders.
    """
    k = np.array([intrinsics.fx_px, intrinsics.fy_px, intrinsics.cx_px, intrinsics.cy_px], dtype=np.float32)
    points = np.ascontiguousarray(centres_cam, dtype=np.float32)
    return _splat(points, np.float32(voxel_size), k, intrinsics.height_px, intrinsics.width_px)


@njit(cache=True, nogil=True)
def _splat(
    points: NDArray[np.float32], size: np.float32, k: NDArray[np.float32], height: int, width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    depth = np.full((height, width), np.inf, dtype=np.float32)
    shade = np.ones((height, width), dtype=np.float32)
    for i in range(len(points)):
        z = points[i, 2]
        if z <= size:
            continue
        u, v = k[0] * points[i, 0] / z + k[2], k[1] * points[i, 1] / z + k[3]
        half_u, half_v = 0.5 * size * k[0] / z, 0.5 * size * k[1] / z
        left, right = int(np.floor(u - half_u + _SLACK_PX)), int(np.ceil(u + half_u - _SLACK_PX))
        top, bottom = int(np.floor(v - half_v + _SLACK_PX)), int(np.ceil(v + half_v - _SLACK_PX))
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            continue
        has_edge = right - left > LEAST_EDGE_PX
        for y in range(max(top, 0), min(bottom, height)):
            for x in range(max(left, 0), min(right, width)):
                if z < depth[y, x]:
                    depth[y, x] = z
                    is_edge = has_edge and (x in (left, right - 1) or y in (top, bottom - 1))
                    shade[y, x] = EDGE_SHADE if is_edge else 1.0
    return depth, shade
