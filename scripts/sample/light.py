"""Light maps: soft sun, sky through the window, lamps, and two bounces between the surfaces."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import qmc

from scripts.sample.bvh import NO_HIT, nearest_hit
from scripts.sample.room import Lights
from scripts.sample.world import World, light_colour, texture_colour

LightMap = NDArray[np.float64]
SKY_SAMPLES, SUN_SAMPLES, LAMP_SAMPLES, BOUNCE_SAMPLES = 32, 12, 8, 64
INDIRECT_TEXTURE_LEVEL = 5.0


def bake(world: World, lights: Lights) -> LightMap:
    """Radiosity / pi (P, 3) float64 that falls on every light-map texel."""
    points, normals, is_thin = _texels(world)
    direct = _direct_light(world, lights, points, normals, is_thin)
    total = direct
    bounces = qmc.Sobol(2, seed=5).random(4 * BOUNCE_SAMPLES)
    for _ in range(2):
        gathered = _gather(
            world.bvh, world.is_transparent, world.textures, world.surfaces, total, points, normals, is_thin, bounces
        )
        total = direct + _smoothed(world, gathered)
    return total


def _texels(world: World) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    points, normals, thin = [], [], []
    for patch, w, h in zip(world.patches, world.surfaces.light_width, world.surfaces.light_height, strict=True):
        position, normal = patch.sample(int(w), int(h))
        points.append(position.reshape(-1, 3))
        normals.append(normal.reshape(-1, 3))
        thin.append(np.full(len(points[-1]), patch.is_thin))
    return np.concatenate(points), np.concatenate(normals), np.concatenate(thin)


def _direct_light(
    world: World, lights: Lights, points: NDArray[np.float64], normals: NDArray[np.float64], is_thin: NDArray[np.bool_]
) -> LightMap:
    grid = qmc.Sobol(2, seed=4).random(64)
    (y0, y1), (z0, z1) = lights.window_y, lights.window_z
    window = np.stack([np.full(64, -0.07), y0 + grid[:, 0] * (y1 - y0), z0 + grid[:, 1] * (z1 - z0)], axis=-1)
    ball = _ball(64)
    sun = np.asarray(lights.sun_direction) / np.linalg.norm(lights.sun_direction)
    return _direct(
        world.bvh,
        world.is_transparent,
        points,
        normals,
        is_thin,
        window,
        (y1 - y0) * (z1 - z0) * np.asarray(lights.sky),
        sun + 0.02 * ball,
        np.asarray(lights.sun),
        np.asarray(lights.lamps),
        lights.lamp_radius * ball,
        np.asarray(lights.lamp) * np.pi * lights.lamp_radius**2,
    )


def _ball(n: int) -> NDArray[np.float64]:
    sample = qmc.Sobol(2, seed=6).random(n)
    z, angle = 2 * sample[:, 0] - 1, 2 * np.pi * sample[:, 1]
    r = np.sqrt(1 - z**2)
    return np.stack([r * np.cos(angle), r * np.sin(angle), z], axis=-1)


def _smoothed(world: World, light: LightMap) -> LightMap:
    """Remove sampling noise inside each patch; bounced light varies slowly."""
    result = light.copy()
    surfaces = world.surfaces
    for offset, h, w in zip(surfaces.light_offset, surfaces.light_height, surfaces.light_width, strict=True):
        image = light[offset : offset + h * w].reshape(h, w, 3)
        result[offset : offset + h * w] = gaussian_filter(image, (1.5, 1.5, 0), mode="nearest").reshape(-1, 3)
    return result


@njit(cache=True, inline="always")
def _turn(texel):  # type: ignore[no-untyped-def]
    """A fixed pseudo-random number a texel, to choose among the prepared samples."""
    value = np.uint32(texel) * np.uint32(2654435761)
    value ^= value >> np.uint32(15)
    value *= np.uint32(2246822519)
    value ^= value >> np.uint32(13)
    return value


@njit(cache=True, inline="always")
def _is_blocked(bvh, skip, p, n, side, qx, qy, qz, stack):  # type: ignore[no-untyped-def]
    """Whether something stands between a texel and a point."""
    ox, oy, oz = p[0] + side * n[0] * 2e-3, p[1] + side * n[1] * 2e-3, p[2] + side * n[2] * 2e-3
    _, k, _, _ = nearest_hit(bvh, skip, ox, oy, oz, qx - ox, qy - oy, qz - oz, 1.0, stack)
    return k != NO_HIT


@njit(cache=True, parallel=True)
def _direct(  # type: ignore[no-untyped-def]
    bvh, skip, points, normals, is_thin, window, sky, sun_directions, sun, lamps, lamp_offsets, lamp
):
    result = np.zeros((len(points), 3))
    for i in prange(len(points)):
        stack = np.empty(64, np.int32)
        p, n = points[i], normals[i]
        seed = _turn(i)
        for s in range(SKY_SAMPLES):
            q = window[(s * 7 + seed) % 64]
            x, y, z = q[0] - p[0], q[1] - p[1], q[2] - p[2]
            d2 = x * x + y * y + z * z
            cosine = (n[0] * x + n[1] * y + n[2] * z) / np.sqrt(d2)
            side = 1.0 if cosine > 0 or not is_thin[i] else -1.0
            cosine *= side
            facing = -x / np.sqrt(d2)
            if cosine > 0 and facing > 0 and not _is_blocked(bvh, skip, p, n, side, q[0], q[1], q[2], stack):
                result[i] += sky * (cosine * facing / max(d2, 0.02) / np.pi / SKY_SAMPLES)
        for s in range(SUN_SAMPLES):
            d = sun_directions[(s * 5 + seed) % 64]
            cosine = -(n[0] * d[0] + n[1] * d[1] + n[2] * d[2])
            side = 1.0 if cosine > 0 or not is_thin[i] else -1.0
            cosine *= side
            if cosine > 0 and not _is_blocked(
                bvh, skip, p, n, side, p[0] - 20 * d[0], p[1] - 20 * d[1], p[2] - 20 * d[2], stack
            ):
                result[i] += sun * (cosine / np.pi / SUN_SAMPLES)
        for m in range(len(lamps)):
            for s in range(LAMP_SAMPLES):
                o = lamp_offsets[(s * 8 + seed) % 64]
                qx, qy, qz = lamps[m, 0] + o[0], lamps[m, 1] + o[1], lamps[m, 2] + o[2]
                x, y, z = qx - p[0], qy - p[1], qz - p[2]
                d2 = x * x + y * y + z * z
                cosine = (n[0] * x + n[1] * y + n[2] * z) / np.sqrt(d2)
                side = 1.0 if cosine > 0 or not is_thin[i] else -1.0
                cosine *= side
                if cosine > 0 and not _is_blocked(bvh, skip, p, n, side, qx, qy, qz, stack):
                    result[i] += lamp * (cosine / max(d2, 0.05) / np.pi / LAMP_SAMPLES)
    return result


@njit(cache=True, parallel=True)
def _gather(bvh, skip, textures, surfaces, light_map, points, normals, is_thin, samples):  # type: ignore[no-untyped-def]
    """One bounce: what the surfaces around send to each texel, by cosine-weighted rays."""
    result = np.zeros((len(points), 3))
    for i in prange(len(points)):
        stack = np.empty(64, np.int32)
        colour, light = np.empty(3), np.empty(3)
        p, n = points[i], normals[i]
        ax = 1.0 if abs(n[0]) < 0.5 else 0.0
        ay = 1.0 - ax
        tx, ty, tz = ay * n[2], -ax * n[2], ax * n[1] - ay * n[0]
        length = np.sqrt(tx * tx + ty * ty + tz * tz)
        tx, ty, tz = tx / length, ty / length, tz / length
        bx, by, bz = n[1] * tz - n[2] * ty, n[2] * tx - n[0] * tz, n[0] * ty - n[1] * tx
        seed = _turn(i)
        for s in range(BOUNCE_SAMPLES):
            sample = samples[s * 4 + seed % 4]
            angle = 2 * np.pi * (sample[0] + (seed % 1024) / 1024.0)
            r = np.sqrt((sample[1] + (seed // 1024 % 1024) / 1024.0) % 1.0)
            up = np.sqrt(max(0.0, 1 - r * r))
            side = -1.0 if is_thin[i] and s % 2 else 1.0
            a, b, up = r * np.cos(angle), r * np.sin(angle), up * side
            dx, dy, dz = a * tx + b * bx + up * n[0], a * ty + b * by + up * n[1], a * tz + b * bz + up * n[2]
            o = 2e-3 * side
            _, k, b1, b2 = nearest_hit(
                bvh, skip, p[0] + o * n[0], p[1] + o * n[1], p[2] + o * n[2], dx, dy, dz, 100.0, stack
            )
            if k == NO_HIT:
                continue
            patch = surfaces.patch[k]
            uv, luv = surfaces.uv[k], surfaces.light_uv[k]
            b0 = 1 - b1 - b2
            texture_colour(
                textures,
                surfaces.texture[patch],
                b0 * uv[0, 0] + b1 * uv[1, 0] + b2 * uv[2, 0],
                b0 * uv[0, 1] + b1 * uv[1, 1] + b2 * uv[2, 1],
                INDIRECT_TEXTURE_LEVEL,
                colour,
            )
            light_colour(
                surfaces,
                light_map,
                patch,
                b0 * luv[0, 0] + b1 * luv[1, 0] + b2 * luv[2, 0],
                b0 * luv[0, 1] + b1 * luv[1, 1] + b2 * luv[2, 1],
                light,
            )
            result[i] += colour * light / BOUNCE_SAMPLES
    return result
