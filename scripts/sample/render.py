"""Pictures and exact depth: one traced ray a pixel, more where surfaces meet, several texture taps everywhere."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from scripts.sample.bvh import NO_HIT, nearest_hit, triangle_coordinates
from scripts.sample.light import LightMap
from scripts.sample.world import World, light_colour, texture_colour

EXPOSURE = 1.75
NOISE_SIGMA = 1.0
TAPS = np.array([[-0.375, -0.125], [0.125, -0.375], [0.375, 0.125], [-0.125, 0.375]])
EDGE_TAPS = np.stack(np.meshgrid((np.arange(4) - 1.5) / 4, (np.arange(4) - 1.5) / 4), axis=-1).reshape(-1, 2)


def render(
    world: World,
    light_map: LightMap,
    world_from_cam: NDArray[np.float64],
    k: NDArray[np.float64],
    size: tuple[int, int],
) -> NDArray[np.float32]:
    """Linear radiance (H, W, 3)."""
    scenery = np.array([patch.is_scenery for patch in world.patches])
    return _render(
        world.bvh, world.is_invisible, world.textures, world.surfaces, light_map, scenery,
        world_from_cam, np.linalg.inv(k), size[0], size[1], TAPS, EDGE_TAPS,
    )  # fmt: skip


def trace_depth(
    world: World, world_from_cam: NDArray[np.float64], k: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Depth along z (H, W) in metres, through the pixel centres; scenery has depth 0."""
    scenery = np.array([patch.is_scenery for patch in world.patches])
    depth, _, _ = _trace(
        world.bvh, world.is_invisible, world.surfaces.patch, scenery, world_from_cam, np.linalg.inv(k), size[0], size[1]
    )
    return depth


def develop(radiance: NDArray[np.float32], frame_idx: int) -> NDArray[np.uint8]:
    """Film curve (soft shoulder), sRGB, and a little sensor noise that is the same in every run."""
    film = 1.0 - np.exp(-EXPOSURE * radiance)
    srgb = np.where(film <= 0.0031308, 12.92 * film, 1.055 * film ** (1 / 2.4) - 0.055) * 255.0
    noise = np.random.default_rng(1000 + frame_idx).standard_normal(radiance.shape) * NOISE_SIGMA
    return np.clip(np.rint(srgb + noise), 0, 255).astype(np.uint8)


@njit(cache=True, inline="always")
def _direction(pose, k_inv, x, y):  # type: ignore[no-untyped-def]
    """World direction with unit depth through a pixel position."""
    cx = k_inv[0, 0] * x + k_inv[0, 2]
    cy = k_inv[1, 1] * y + k_inv[1, 2]
    return (
        pose[0, 0] * cx + pose[0, 1] * cy + pose[0, 2],
        pose[1, 0] * cx + pose[1, 1] * cy + pose[1, 2],
        pose[2, 0] * cx + pose[2, 1] * cy + pose[2, 2],
    )


@njit(cache=True, parallel=True)
def _trace(bvh, skip, patch_of, scenery, pose, k_inv, width, height):  # type: ignore[no-untyped-def]
    depth = np.zeros((height, width), np.float32)
    triangle = np.full((height, width), NO_HIT, np.int32)
    patch = np.full((height, width), NO_HIT, np.int32)
    for row in prange(height):
        stack = np.empty(64, np.int32)
        for column in range(width):
            dx, dy, dz = _direction(pose, k_inv, column + 0.5, row + 0.5)
            t, hit, _, _ = nearest_hit(bvh, skip, pose[0, 3], pose[1, 3], pose[2, 3], dx, dy, dz, 1e9, stack)
            if hit != NO_HIT:
                triangle[row, column], patch[row, column] = hit, patch_of[hit]
                depth[row, column] = 0.0 if scenery[patch_of[hit]] else t
    return depth, triangle, patch


@njit(cache=True)
def _shade(textures, surfaces, light_map, k, b1, b2, level, colour, light, out, weight):  # type: ignore[no-untyped-def]
    """Add the radiance of one point of a triangle to ``out``."""
    patch = surfaces.patch[k]
    uv, luv = surfaces.uv[k], surfaces.light_uv[k]
    b0 = 1 - b1 - b2
    u = b0 * uv[0, 0] + b1 * uv[1, 0] + b2 * uv[2, 0]
    v = b0 * uv[0, 1] + b1 * uv[1, 1] + b2 * uv[2, 1]
    texture_colour(textures, surfaces.texture[patch], u, v, level, colour)
    lu = b0 * luv[0, 0] + b1 * luv[1, 0] + b2 * luv[2, 0]
    lv = b0 * luv[0, 1] + b1 * luv[1, 1] + b2 * luv[2, 1]
    light_colour(surfaces, light_map, patch, lu, lv, light)
    for c in range(3):
        out[c] += weight * colour[c] * (light[c] + surfaces.emission[patch])


@njit(cache=True)
def _footprint_level(bvh, textures, surfaces, k, pose, k_inv, x, y, b1, b2):  # type: ignore[no-untyped-def]
    """Texture level for one of four taps in a pixel: from the shorter axis of the pixel's footprint."""
    patch = surfaces.patch[k]
    n = surfaces.texture[patch]
    uv = surfaces.uv[k]
    h, w = textures.height[n, 0], textures.width[n, 0]
    size = np.empty(2)
    for axis in range(2):
        dx, dy, dz = _direction(pose, k_inv, x + (0.5 if axis == 0 else 0.0), y + (0.5 if axis == 1 else 0.0))
        _, c1, c2 = triangle_coordinates(bvh, k, pose[0, 3], pose[1, 3], pose[2, 3], dx, dy, dz)
        d1, d2 = c1 - b1, c2 - b2
        du = (d1 * (uv[1, 0] - uv[0, 0]) + d2 * (uv[2, 0] - uv[0, 0])) * w
        dv = (d1 * (uv[1, 1] - uv[0, 1]) + d2 * (uv[2, 1] - uv[0, 1])) * h
        size[axis] = np.sqrt(du * du + dv * dv)
    # four taps cover the pixel: each one may be as sharp as half a pixel, but no sharper along the long axis
    return np.log2(max(0.75 * size.min() + 0.25 * size.max(), 1e-6))


@njit(cache=True, parallel=True)
def _render(  # type: ignore[no-untyped-def]
    bvh, skip, textures, surfaces, light_map, scenery, pose, k_inv, width, height, taps, edge_taps
):
    _, triangle, patch = _trace(bvh, skip, surfaces.patch, scenery, pose, k_inv, width, height)
    image = np.zeros((height, width, 3), np.float32)
    ox, oy, oz = pose[0, 3], pose[1, 3], pose[2, 3]
    for row in prange(height):
        stack = np.empty(64, np.int32)
        colour, light, pixel = np.empty(3), np.empty(3), np.empty(3)
        for column in range(width):
            pixel[:] = 0.0
            is_edge = False
            for r in range(max(0, row - 1), min(height, row + 2)):
                for c in range(max(0, column - 1), min(width, column + 2)):
                    is_edge |= patch[r, c] != patch[row, column]
            here = triangle[row, column]
            chosen = edge_taps if is_edge else taps
            for s in range(len(chosen)):
                x, y = column + 0.5 + chosen[s, 0], row + 0.5 + chosen[s, 1]
                dx, dy, dz = _direction(pose, k_inv, x, y)
                k = here
                if is_edge:
                    _, k, b1, b2 = nearest_hit(bvh, skip, ox, oy, oz, dx, dy, dz, 1e9, stack)
                elif k != NO_HIT:
                    _, b1, b2 = triangle_coordinates(bvh, k, ox, oy, oz, dx, dy, dz)
                if k == NO_HIT:
                    pixel += 1.0 / len(chosen)
                    continue
                level = _footprint_level(bvh, textures, surfaces, k, pose, k_inv, x, y, b1, b2)
                _shade(textures, surfaces, light_map, k, b1, b2, level, colour, light, pixel, 1.0 / len(chosen))
            image[row, column] = pixel
    return image
