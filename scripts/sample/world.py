"""A furnished scene turned into flat arrays that compiled code can walk through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from scripts.sample.bvh import Bvh, build_bvh
from scripts.sample.mesh import Patch, Scene

LIGHT_TEXEL_M = 0.022


class Textures(NamedTuple):
    """All pictures with their halved copies in one array; linear light.

    Attributes
    ----------
    texels
        (P, 3) float32.
    offset, height, width
        (N, L) int64, one a texture and level; levels beyond the last repeat it.
    """

    texels: NDArray[np.float32]
    offset: NDArray[np.int64]
    height: NDArray[np.int64]
    width: NDArray[np.int64]


class Surfaces(NamedTuple):
    """What a hit triangle looks like.

    Attributes
    ----------
    patch
        (F,) int32.
    uv, light_uv
        (F, 3, 2) float64: texture coordinates and position on the patch's light map in [0, 1], per corner.
    texture, emission
        (N,) per patch.
    light_offset, light_height, light_width
        (N,) int64 layout of the light maps.
    """

    patch: NDArray[np.int32]
    uv: NDArray[np.float64]
    light_uv: NDArray[np.float64]
    texture: NDArray[np.int32]
    emission: NDArray[np.float64]
    light_offset: NDArray[np.int64]
    light_height: NDArray[np.int64]
    light_width: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the light and the camera need."""

    bvh: Bvh
    textures: Textures
    surfaces: Surfaces
    patches: list[Patch]
    is_transparent: NDArray[np.bool_]
    """(F,) triangles that light passes through."""
    is_invisible: NDArray[np.bool_]
    """(F,) triangles that the camera does not see: none."""


def linear_from_srgb(picture: NDArray[np.floating]) -> NDArray[np.float32]:
    """Linear light of sRGB values in [0, 1] (IEC 61966-2-1)."""
    return np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4).astype(np.float32)


def make_world(scene: Scene) -> World:
    """Flatten patches to triangles, build the hierarchy, lay out the light maps."""
    parts = [_triangles(index, patch) for index, patch in enumerate(scene.patches)]
    triangles, uv, light_uv, patch = (np.concatenate([part[i] for part in parts]) for i in range(4))
    bvh, order = build_bvh(triangles)
    widths, heights = np.array([_light_size(p) for p in scene.patches]).T
    offsets = np.concatenate([[0], np.cumsum(widths * heights)[:-1]])
    surfaces = Surfaces(
        patch=patch[order],
        uv=uv[order],
        light_uv=light_uv[order],
        texture=np.array([p.texture for p in scene.patches], dtype=np.int32),
        emission=np.array([p.emission for p in scene.patches], dtype=np.float64),
        light_offset=offsets.astype(np.int64),
        light_height=heights.astype(np.int64),
        light_width=widths.astype(np.int64),
    )
    is_transparent = np.array([not p.casts_shadow for p in scene.patches])[surfaces.patch]
    return World(
        bvh=bvh,
        textures=_pyramids(scene.textures),
        surfaces=surfaces,
        patches=scene.patches,
        is_transparent=is_transparent,
        is_invisible=np.zeros(len(order), dtype=bool),
    )


def _light_size(patch: Patch) -> tuple[int, int]:
    across, along = patch.size_m
    return max(2, round(across / LIGHT_TEXEL_M)), max(2, round(along / LIGHT_TEXEL_M))


def _triangles(index: int, patch: Patch) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Two triangles a cell, with texture and light-map coordinates; slivers at poles are dropped."""
    v, u = patch.points.shape[:2]
    light = np.stack(np.meshgrid(np.linspace(0, 1, u), np.linspace(0, 1, v)), axis=-1)
    ids = np.arange(v * u).reshape(v, u)
    a, b, c, d = (ids[:-1, :-1], ids[:-1, 1:], ids[1:, 1:], ids[1:, :-1])
    corners = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=2).reshape(-1, 3)
    points = patch.points.reshape(-1, 3)[corners]
    area = np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=-1)
    corners, points = corners[area > 1e-12], points[area > 1e-12]
    patch_ids = np.full(len(corners), index, dtype=np.int32)
    uvs = patch.uvs.reshape(-1, 2)[corners] if patch.box_uvs is None else _box_mapping(patch.box_uvs, corners)
    return points, uvs, light.reshape(-1, 2)[corners], patch_ids


def _box_mapping(box_uvs: NDArray[np.float64], corners: NDArray[np.int64]) -> NDArray[np.float64]:
    """Texture coordinates (F, 3, 2) of triangles: of three coordinates the two that the triangle faces least."""
    coordinates = box_uvs.reshape(-1, 3)[corners]
    normal = np.cross(coordinates[:, 1] - coordinates[:, 0], coordinates[:, 2] - coordinates[:, 0])
    axes = np.array([[1, 2], [0, 2], [0, 1]])[np.abs(normal).argmax(axis=1)]
    return np.take_along_axis(coordinates, axes[:, None, :], axis=2)


def _pyramids(pictures: list[NDArray[np.float32]], levels: int = 10) -> Textures:
    texels: list[NDArray[np.float32]] = []
    layout = np.zeros((3, len(pictures), levels), dtype=np.int64)
    used = 0
    for n, picture in enumerate(pictures):
        image = linear_from_srgb(picture)
        for level in range(levels):
            layout[:, n, level] = used, image.shape[0], image.shape[1]
            if min(image.shape[:2]) < 4 or level == levels - 1:
                layout[:, n, level:] = layout[:, n, level][:, None]
                texels.append(image.reshape(-1, 3))
                used += image.shape[0] * image.shape[1]
                break
            texels.append(image.reshape(-1, 3))
            used += image.shape[0] * image.shape[1]
            h, w = image.shape[0] // 2, image.shape[1] // 2
            image = image[: 2 * h, : 2 * w].reshape(h, 2, w, 2, 3).mean(axis=(1, 3))
    return Textures(np.concatenate(texels), layout[0], layout[1], layout[2])


@njit(cache=True, inline="always")
def _tap(textures, n, level, u, v, out, weight):  # type: ignore[no-untyped-def]
    """Add a bilinear lookup, repeating at the borders."""
    h, w = textures.height[n, level], textures.width[n, level]
    x, y = u * w - 0.5, v * h - 0.5
    x0, y0 = np.floor(x), np.floor(y)
    a, b = x - x0, y - y0
    i0, j0 = int(x0) % w, int(y0) % h
    i1, j1 = (i0 + 1) % w, (j0 + 1) % h
    base = textures.offset[n, level]
    for c in range(3):
        top = textures.texels[base + j0 * w + i0, c] * (1 - a) + textures.texels[base + j0 * w + i1, c] * a
        bottom = textures.texels[base + j1 * w + i0, c] * (1 - a) + textures.texels[base + j1 * w + i1, c] * a
        out[c] += weight * (top * (1 - b) + bottom * b)


@njit(cache=True)
def texture_colour(textures, n, u, v, level, out):  # type: ignore[no-untyped-def]
    """Trilinear lookup into ``out`` (3,); ``level`` is the base-2 logarithm of the footprint in texels."""
    last = textures.height.shape[1] - 1
    level = min(max(level, 0.0), float(last))
    low = int(level)
    share = level - low
    out[:] = 0.0
    _tap(textures, n, low, u, v, out, 1.0 - share)
    if share > 0.0:
        _tap(textures, n, min(low + 1, last), u, v, out, share)


@njit(cache=True)
def light_colour(surfaces, light_map, patch, u, v, out):  # type: ignore[no-untyped-def]
    """Bilinear lookup of a light map (P, 3) at (u, v) in [0, 1] of a patch, clamped at its borders."""
    h, w = surfaces.light_height[patch], surfaces.light_width[patch]
    x, y = min(max(u * w - 0.5, 0.0), w - 1.0), min(max(v * h - 0.5, 0.0), h - 1.0)
    i0, j0 = int(x), int(y)
    i1, j1 = min(i0 + 1, w - 1), min(j0 + 1, h - 1)
    a, b = x - i0, y - j0
    base = surfaces.light_offset[patch]
    for c in range(3):
        top = light_map[base + j0 * w + i0, c] * (1 - a) + light_map[base + j0 * w + i1, c] * a
        bottom = light_map[base + j1 * w + i0, c] * (1 - a) + light_map[base + j1 * w + i1, c] * a
        out[c] = top * (1 - b) + bottom * b
