"""Where seen faces are in the picture, and what is linear on them there."""

from __future__ import annotations

import numpy as np
from numba import njit

from l3rocc_studio.render.seen_faces import (
    BOTTOM,
    BY_COL,
    BY_ROW,
    DARK,
    FIRST,
    LANES,
    LEFT,
    PLANE,
    PX_PER_U,
    PX_PER_V,
    RIGHT,
    SECOND,
    START,
    TOP,
    Faces,
    Sight,
)

FADES_FROM_PX, FADE_PX = 0.15, 0.3
"""Edges fade where a pixel takes in more of a voxel than this, and are gone so much farther on, in voxels."""
Spans = tuple[int, int, int]
Line = tuple[float, float, float]


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
def _least_and_most(one: float, two: float, three: float, four: float) -> tuple[float, float]:
    return min(one, two, three, four), max(one, two, three, four)


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
def _pixels_between(low: float, high: float, count: int) -> tuple[float, float]:
    """First and last whole number between two, of those from 0 to ``count``."""
    low, high = min(max(low, 0.0), float(count)), max(min(high, count - 1.0), -1.0)
    floor = np.float64(np.int32(low))
    return floor + (1.0 if floor < low else 0.0), np.float64(np.int32(high + 1.0)) - 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _bound(faces: Faces, count: np.uint64, spans: Spans, sight: Sight) -> None:
    """The box of pixels of each face, empty if it reaches nearer than is drawn."""
    numbers, axes, near = faces.numbers, sight.axes, sight.near
    width, height = sight.size_px
    middle_x, middle_y = 0.5 * width - 0.5, 0.5 * height - 0.5
    axis, first, second = spans
    eye_off, eye_u, eye_v = sight.eye[axis], sight.eye[first], sight.eye[second]
    by_axis_x, by_axis_y, by_axis_z = axes[0, axis], axes[1, axis], axes[2, axis]
    by_u_x, by_u_y, by_u_z = axes[0, first], axes[1, first], axes[2, first]
    by_v_x, by_v_y, by_v_z = axes[0, second], axes[1, second], axes[2, second]
    for n in range(count):
        off = np.float64(numbers[np.uint64(PLANE) + n]) - eye_off
        u, v = np.float64(numbers[np.uint64(FIRST) + n]) - eye_u, np.float64(numbers[np.uint64(SECOND) + n]) - eye_v
        x, y = by_axis_x * off + by_u_x * u + by_v_x * v, by_axis_y * off + by_u_y * u + by_v_y * v
        z = by_axis_z * off + by_u_z * u + by_v_z * v
        z_u, z_v, z_uv = z + by_u_z, z + by_v_z, z + by_u_z + by_v_z
        px, px_u, px_v, px_uv = (sight.focal_px / z, sight.focal_px / z_u, sight.focal_px / z_v, sight.focal_px / z_uv)
        low, high = _least_and_most(x * px, (x + by_u_x) * px_u, (x + by_v_x) * px_v, (x + by_u_x + by_v_x) * px_uv)
        left, right = _pixels_between(low + middle_x, high + middle_x, width)
        low, high = _least_and_most(y * px, (y + by_u_y) * px_u, (y + by_v_y) * px_v, (y + by_u_y + by_v_y) * px_uv)
        top, bottom = _pixels_between(low + middle_y, high + middle_y, height)
        nearest, _ = _least_and_most(z, z_u, z_v, z_uv)
        numbers[np.uint64(LEFT) + n], numbers[np.uint64(RIGHT) + n] = left, right
        numbers[np.uint64(TOP) + n] = top
        numbers[np.uint64(BOTTOM) + n] = bottom if nearest >= near else -1.0


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
def _voxels_a_px(z: float, per_z: Line, line: Line) -> float:
    """How much u or v changes from pixel to pixel in the middle of a face, the way in which it does so most slowly."""
    return max(z * (abs(line[0] - 0.5 * per_z[0]) + abs(line[1] - 0.5 * per_z[1])), 1e-6)


@njit(cache=True, nogil=True, error_model="numpy")
def _draw_lines(faces: Faces, count: np.uint64, spans: Spans, sight: Sight) -> None:
    """1/z, u/z and v/z from the first pixel of the box on, and how dark the face's edges are."""
    numbers, axes, rays = faces.numbers, sight.axes, sight.rays
    axis, first, second = spans
    eye_off, eye_u, eye_v = sight.eye[axis], sight.eye[first], sight.eye[second]
    by_col, by_row, start = rays[axis]
    u_by_col, u_by_row, u_start = rays[first]
    v_by_col, v_by_row, v_start = rays[second]
    z_off, z_u, z_v = axes[2, axis], axes[2, first], axes[2, second]
    for n in range(count):
        off = np.float64(numbers[np.uint64(PLANE) + n]) - eye_off
        u, v = np.float64(numbers[np.uint64(FIRST) + n]) - eye_u, np.float64(numbers[np.uint64(SECOND) + n]) - eye_v
        left, top = np.float64(numbers[np.uint64(LEFT) + n]), np.float64(numbers[np.uint64(TOP) + n])
        per_off = 1.0 / off
        per_z = (by_col * per_off, by_row * per_off, start * per_off)
        u_z = (u_by_col - u * per_z[0], u_by_row - u * per_z[1], u_start - u * per_z[2])
        v_z = (v_by_col - v * per_z[0], v_by_row - v * per_z[1], v_start - v * per_z[2])
        middle = z_off * off + z_u * (u + 0.5) + z_v * (v + 0.5)
        per_u, per_v = _voxels_a_px(middle, per_z, u_z), _voxels_a_px(middle, per_z, v_z)
        faded = min(max((max(per_u, per_v) - FADES_FROM_PX) * (1.0 / FADE_PX), 0.0), 1.0)
        numbers[np.uint64(DARK) + n] = sight.edge_strength * (1.0 - faded * faded * (3.0 - 2.0 * faded))
        numbers[np.uint64(PX_PER_U) + n], numbers[np.uint64(PX_PER_V) + n] = 1.0 / per_u, 1.0 / per_v
        for line, values in enumerate((per_z, u_z, v_z)):
            numbers[np.uint64(BY_COL[line]) + n], numbers[np.uint64(BY_ROW[line]) + n] = values[0], values[1]
            numbers[np.uint64(START[line]) + n] = values[2] + values[0] * left + values[1] * top


@njit(cache=True, nogil=True)
def measure_faces(faces: Faces, count: np.uint64, spans: Spans, sight: Sight) -> None:
    """Work out all other numbers of faces from their places; ``spans`` is their axis and the two that span them.

    On a flat face 1/z, u/z and v/z are linear in the picture (J. Blinn, "Hyperbolic interpolation", 1992).
    """
    whole = (count + np.uint64(LANES - 1)) // np.uint64(LANES) * np.uint64(LANES)
    _bound(faces, whole, spans, sight)
    _draw_lines(faces, whole, spans, sight)
