"""Draws voxel meshes without a graphics library: films of small quads come many times faster than in its software."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.voxel_mesh import VoxelMesh

SLACK_PX = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """A perspective camera in the frame of a mesh.

    Attributes
    ----------
    position
        (3,) float64.
    axes
        (3, 3) float64: right, down and forward, a unit vector a row.
    focal_px
        Focal length in pixels; the principal point is the middle of the picture.
    near
        Faces that reach nearer than this are not drawn.
    """

    position: NDArray[np.float64]
    axes: NDArray[np.float64]
    focal_px: float
    near: float


@njit(cache=True, nogil=True, inline="always")
def _smoothstep(low: float, high: float, value: float) -> float:
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@njit(cache=True, nogil=True, inline="always")
def _cross(a: NDArray[np.float64], b: NDArray[np.float64], result: NDArray[np.float64]) -> None:
    result[0] = a[1] * b[2] - a[2] * b[1]
    result[1] = a[2] * b[0] - a[0] * b[2]
    result[2] = a[0] * b[1] - a[1] * b[0]


@njit(cache=True, nogil=True, inline="always")
def _seen_from(
    corner: NDArray[np.float32],
    position: NDArray[np.float64],
    axes: NDArray[np.float64],
    result: NDArray[np.float64],
) -> None:
    x, y, z = corner[0] - position[0], corner[1] - position[1], corner[2] - position[2]
    for axis in range(3):
        result[axis] = axes[axis, 0] * x + axes[axis, 1] * y + axes[axis, 2] * z


@njit(cache=True, nogil=True, error_model="numpy")
def _paint(
    corners: NDArray[np.float32],
    colors: NDArray[np.uint8],
    position: NDArray[np.float64],
    axes: NDArray[np.float64],
    focal_px: float,
    near: float,
    edge_strength: float,
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> None:
    height, width = distances.shape
    channels = picture.shape[2]
    middle_x, middle_y = 0.5 * width - 0.5, 0.5 * height - 0.5
    first, along, up = np.empty(3), np.empty(3), np.empty(3)
    # Rows: 1/z, u/z and v/z as functions of the line of sight (x, y, 1); u and v go from 0 to 1 over the face.
    plane = np.empty((3, 3))
    slopes, px_per = np.empty(4), np.empty(4)
    slope_x, slope_y, start, over_row = np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    for quad in range(len(corners) // 4):
        _seen_from(corners[4 * quad], position, axes, first)
        _seen_from(corners[4 * quad + 1], position, axes, along)
        _seen_from(corners[4 * quad + 3], position, axes, up)
        for axis in range(3):
            along[axis] -= first[axis]
            up[axis] -= first[axis]
        _cross(along, up, plane[0])
        volume = first[0] * plane[0, 0] + first[1] * plane[0, 1] + first[2] * plane[0, 2]
        if volume >= 0.0 or first[2] + min(0.0, along[2]) + min(0.0, up[2]) < near:
            continue
        low_x, high_x, low_y, high_y = np.inf, -np.inf, np.inf, -np.inf
        for corner in range(4):
            on_u, on_v = 1.0 * (corner & 1), 1.0 * (corner >> 1)
            scale = focal_px / (first[2] + on_u * along[2] + on_v * up[2])
            x = (first[0] + on_u * along[0] + on_v * up[0]) * scale + middle_x
            y = (first[1] + on_u * along[1] + on_v * up[1]) * scale + middle_y
            low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
        left, right = int(max(0.0, np.ceil(low_x))), int(min(width - 1.0, np.floor(high_x)))
        top, bottom = int(max(0.0, np.ceil(low_y))), int(min(height - 1.0, np.floor(high_y)))
        if left > right or top > bottom:
            continue
        _cross(up, first, plane[1])
        _cross(first, along, plane[2])
        for line in range(3):
            slope_x[line] = plane[line, 0] / (volume * focal_px)
            slope_y[line] = plane[line, 1] / (volume * focal_px)
            start[line] = plane[line, 2] / volume - slope_x[line] * middle_x - slope_y[line] * middle_y
        # Both ends of u and of v: what is positive inside, by its change from pixel to pixel.
        for bound in range(4):
            slopes[bound] = slope_x[1 + bound] if bound < 2 else slope_x[0] - slope_x[bound - 1]
            px_per[bound] = 1.0 / slopes[bound]
        # Cells a pixel in the middle of the face, both ways, as the shader of the window has them.
        middle = 1.0 / (first[2] + 0.5 * (along[2] + up[2]))
        u_per_px = (abs(slope_x[1] - 0.5 * slope_x[0]) + abs(slope_y[1] - 0.5 * slope_y[0])) / middle
        v_per_px = (abs(slope_x[2] - 0.5 * slope_x[0]) + abs(slope_y[2] - 0.5 * slope_y[0])) / middle
        dark = edge_strength * (1.0 - _smoothstep(0.15, 0.45, max(u_per_px, v_per_px)))
        px_per_u, px_per_v = 1.0 / max(u_per_px, 1e-6), 1.0 / max(v_per_px, 1e-6)
        tint = colors[4 * quad : 4 * quad + 4]
        for row in range(top, bottom + 1):
            for line in range(3):
                over_row[line] = start[line] + slope_y[line] * row
            # A little over the border, so that no gap is left between neighbours.
            first_col, last_col = left - SLACK_PX, right + SLACK_PX
            for bound in range(4):
                value = over_row[1 + bound] if bound < 2 else over_row[0] - over_row[bound - 1]
                if slopes[bound] > 0.0:
                    first_col = max(first_col, -value * px_per[bound])
                elif slopes[bound] < 0.0:
                    last_col = min(last_col, -value * px_per[bound])
                elif value < 0.0:
                    last_col = -1.0
            for col in range(int(np.ceil(first_col - SLACK_PX)), int(np.floor(last_col + SLACK_PX)) + 1):
                z = 1.0 / (over_row[0] + slope_x[0] * col)
                here = distances[row, col]
                if here > 0.0 and z >= here:
                    continue
                distances[row, col] = z
                u, v = z * (over_row[1] + slope_x[1] * col), z * (over_row[2] + slope_x[2] * col)
                shade = 1.0
                if dark > 0.0:
                    to_edge_px = min(min(u, 1.0 - u) * px_per_u, min(v, 1.0 - v) * px_per_v)
                    if to_edge_px < 1.15:
                        shade -= dark * (1.0 - _smoothstep(0.35, 1.15, to_edge_px))
                for channel in range(3):
                    low = tint[0, channel] * (1.0 - u) + tint[1, channel] * u
                    high = tint[3, channel] * (1.0 - u) + tint[2, channel] * u
                    picture[row, col, channel] = np.uint8(shade * (low * (1.0 - v) + high * v) + 0.5)
                if channels == 4:
                    picture[row, col, 3] = 255


def paint_voxels(
    mesh: VoxelMesh, eye: Eye, edge_strength: float, picture: NDArray[np.uint8], distances: NDArray[np.float32]
) -> None:
    """Draw the faces of a mesh that face an eye into a picture, in place, with thin edges.

    On a flat face 1/z, u/z and v/z are linear in the picture (J. Blinn, "Hyperbolic interpolation", 1992), so that
    three planes a face tell inside, depth and place.

    Parameters
    ----------
    mesh
        Quads that are parallelograms.
    eye
        Camera.
    edge_strength
        How dark the edges are, 0 for none.
    picture
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA.
    distances
        (H, W) float32, along the line of sight in the mesh's unit; 0 where nothing is yet. Changed in place as well.
    """
    _paint(mesh.corners, mesh.colors, eye.position, eye.axes, eye.focal_px, eye.near, edge_strength, picture, distances)
