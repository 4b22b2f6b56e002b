"""Surfaces as patches: grids of vertices, each with a texture and a light map of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A curved or flat rectangle of surface.

    Attributes
    ----------
    points
        (V, U, 3) float64 metres, world.
    normals
        (V, U, 3) unit normals towards the visible side.
    uvs
        (V, U, 2) texture coordinates; 1 is one texture width or height.
    texture
        Number of the texture.
    emission
        Radiance added as a multiple of the texture colour.
    is_thin
        Lit from both sides, such as a leaf.
    casts_shadow
        False for lamp shades and the view outside.
    is_scenery
        Outside the room: shown, but not part of the truth.
    box_uvs
        (V, U, 3) texture coordinates along the three axes of the piece, for cloth cut and sewn like a box's faces;
        then every cell uses the two axes that it faces least, and ``uvs`` is not used.
    """

    points: Array
    normals: Array
    uvs: Array
    texture: int
    emission: float = 0.0
    is_thin: bool = False
    casts_shadow: bool = True
    is_scenery: bool = False
    box_uvs: Array | None = None

    @property
    def size_m(self) -> tuple[float, float]:
        """Mean length along the columns and the rows."""
        across = np.linalg.norm(np.diff(self.points, axis=1), axis=-1).sum(axis=1).mean()
        along = np.linalg.norm(np.diff(self.points, axis=0), axis=-1).sum(axis=0).mean()
        return float(across), float(along)

    def sample(self, columns: int, rows: int) -> tuple[Array, Array]:
        """Points and normals (rows, columns, 3) at cell centres of a finer or coarser regular grid."""
        v, u = self.points.shape[0] - 1, self.points.shape[1] - 1
        x = (np.arange(columns) + 0.5) / columns * u
        y = (np.arange(rows) + 0.5) / rows * v
        i, j = np.minimum(x.astype(int), u - 1), np.minimum(y.astype(int), v - 1)
        a, b = (x - i)[None, :, None], (y - j)[:, None, None]

        def blend(grid: Array) -> Array:
            top = grid[j][:, i] * (1 - a) + grid[j][:, i + 1] * a
            return top * (1 - b) + (grid[j + 1][:, i] * (1 - a) + grid[j + 1][:, i + 1] * a) * b

        normals = blend(self.normals)
        return blend(self.points), normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)


@dataclass(slots=True)
class Scene:
    """Patches and textures while a room is being furnished."""

    patches: list[Patch] = field(default_factory=list)
    textures: list[NDArray[np.float32]] = field(default_factory=list)
    px_per_m: list[float] = field(default_factory=list)

    def texture(self, picture: NDArray[np.float32], *, px_per_m: float = 0.0) -> int:
        """Register a picture; with ``px_per_m`` it repeats at that size, without it is fitted to each patch."""
        self.textures.append(picture)
        self.px_per_m.append(px_per_m)
        return len(self.textures) - 1


def rotation_z(yaw_deg: float) -> Array:
    """Rotation (3, 3) about the vertical."""
    c, s = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def placed(points: Array, at: tuple[float, float, float], rotation: Array) -> Array:
    """Points turned and moved to their place."""
    return points @ rotation.T + np.asarray(at)


def texture_grid(scene: Scene, texture: int, lengths: tuple[float, float], v: int, u: int, seed: int) -> Array:
    """Texture coordinates (V, U, 2): fitted, or in metres with the grain along the longer side."""
    px_per_m = scene.px_per_m[texture]
    a, b = np.meshgrid(np.linspace(0, 1, u), np.linspace(0, 1, v))
    if px_per_m == 0:
        return np.stack([a, b], axis=-1)
    h, w = scene.textures[texture].shape[:2]
    offset = np.random.default_rng(seed + 77).uniform(0, 1, 2)
    across, along = a * lengths[0] * px_per_m, b * lengths[1] * px_per_m
    if lengths[1] > lengths[0]:
        across, along = along, across
    return np.stack([across / w + offset[0], along / h + offset[1]], axis=-1)


def add_quad(
    scene: Scene,
    corner: Array | tuple[float, float, float],
    edge_u: Array | tuple[float, float, float],
    edge_v: Array | tuple[float, float, float],
    texture: int,
    **options: float | bool,
) -> None:
    """Add a flat rectangle; its visible side is towards ``edge_v x edge_u`` (texture rows run along ``edge_v``)."""
    corner, edge_u, edge_v = (np.asarray(item, dtype=np.float64) for item in (corner, edge_u, edge_v))
    normal = np.cross(edge_v, edge_u)
    normal /= np.linalg.norm(normal)
    a, b = np.meshgrid([0.0, 1.0], [0.0, 1.0])
    points = corner + a[..., None] * edge_u + b[..., None] * edge_v
    lengths = (float(np.linalg.norm(edge_u)), float(np.linalg.norm(edge_v)))
    scene.patches.append(
        Patch(
            points=points,
            normals=np.broadcast_to(normal, points.shape),
            uvs=texture_grid(scene, texture, lengths, 2, 2, len(scene.patches)),
            texture=texture,
            **options,
        )
    )


def add_box(
    scene: Scene,
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    texture: int,
    *,
    rotation: Array | None = None,
    front: int | None = None,
) -> None:
    """Add a box standing on ``centre`` (middle of its bottom); ``front`` textures the side towards -y."""
    rotation = np.eye(3) if rotation is None else rotation
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    faces = (
        ((-x, -y, z), (2 * x, 0, 0), (0, 0, -z), front if front is not None else texture),
        ((x, -y, z), (0, 2 * y, 0), (0, 0, -z), texture),
        ((x, y, z), (-2 * x, 0, 0), (0, 0, -z), texture),
        ((-x, y, z), (0, -2 * y, 0), (0, 0, -z), texture),
        ((-x, y, z), (2 * x, 0, 0), (0, -2 * y, 0), texture),
        ((-x, -y, 0), (2 * x, 0, 0), (0, 2 * y, 0), texture),
    )
    for corner, edge_u, edge_v, face_texture in faces:
        add_quad(
            scene,
            placed(np.array(corner), centre, rotation),
            rotation @ np.array(edge_u),
            rotation @ np.array(edge_v),
            face_texture,
        )


def add_surface(
    scene: Scene, points: Array, texture: int, *, flip: bool = False, **options: float | bool | Array | None
) -> None:
    """Add a curved grid (V, U, 3); normals from its own differences, towards rows x columns (or the other side)."""
    du, dv = np.gradient(points, axis=1), np.gradient(points, axis=0)
    normals = np.cross(dv, du) * (-1.0 if flip else 1.0)
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    inner = normals / np.maximum(length, 1e-12)
    for edge, inward in ((0, 1), (-1, -2)):  # poles have no normal of their own
        inner[edge] = np.where(length[edge] < 1e-9, inner[inward].mean(axis=0), inner[edge])
    inner /= np.maximum(np.linalg.norm(inner, axis=-1, keepdims=True), 1e-12)
    patch = Patch(points=points, normals=inner, uvs=np.zeros((*points.shape[:2], 2)), texture=texture)
    uvs = texture_grid(scene, texture, patch.size_m, *points.shape[:2], len(scene.patches))
    scene.patches.append(Patch(points=points, normals=inner, uvs=uvs, texture=texture, **options))


def add_lathe(
    scene: Scene,
    at: tuple[float, float, float],
    profile: list[tuple[float, float]],
    texture: int,
    *,
    sides: int = 28,
    **options: float | bool,
) -> None:
    """Add a surface of revolution about the vertical; ``profile`` lists (radius, height) from top to bottom."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    radius, height = np.array(profile).T
    points = np.stack(
        [
            radius[:, None] * np.cos(angle),
            radius[:, None] * np.sin(angle),
            np.broadcast_to(height[:, None], (len(radius), sides + 1)),
        ],
        axis=-1,
    )
    add_surface(scene, points + np.asarray(at), texture, **options)


def add_cushion(
    scene: Scene,
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    texture: int,
    *,
    rotation: Array | None = None,
    softness: float = 0.35,
    steps: int = 20,
) -> None:
    """Add a rounded box (superellipsoid) about ``centre``; ``softness`` 1 is an ellipsoid, 0 a box.

    Source: A. Barr, "Superquadrics and angle-preserving transformations", IEEE CG&A 1981.
    """
    rotation = np.eye(3) if rotation is None else rotation
    lat, lon = np.linspace(np.pi / 2, -np.pi / 2, steps + 1)[:, None], np.linspace(-np.pi, np.pi, 2 * steps + 1)[None]

    def power(values: Array) -> Array:
        return np.sign(values) * np.abs(values) ** softness

    ring = power(np.cos(lat))
    unit = np.stack([ring * power(np.cos(lon)), ring * power(np.sin(lon)), power(np.sin(lat)) + 0 * lon], axis=-1)
    local = unit * np.asarray(size) / 2
    px_per_m, offset = scene.px_per_m[texture], np.random.default_rng(len(scene.patches)).uniform(0, 1, 3)
    box_uvs = local * px_per_m / scene.textures[texture].shape[0] + offset if px_per_m else None
    add_surface(scene, placed(local, centre, rotation), texture, box_uvs=box_uvs)
