"""Random small worlds for property tests."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from l3rocc_engine.occupancy.grid import GridSpec


def cases(count: int) -> int:
    """How many examples a property is tried on: ``count``, or so many times more as ``L3ROCC_MORE_CASES`` says."""
    return count * int(os.environ.get("L3ROCC_MORE_CASES", "1"))


@dataclass(frozen=True)
class Scene:
    points: np.ndarray
    poses: np.ndarray
    rays: np.ndarray
    grid: GridSpec


def random_poses(rng: np.random.Generator, count: int, spread: float) -> np.ndarray:
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = Rotation.random(count, rng=rng).as_matrix()
    poses[:, :3, 3] = rng.normal(0, spread, (count, 3))
    return poses


def random_rays(rng: np.random.Generator, kind: str, count: int) -> np.ndarray:
    rays = rng.normal(size=(count, 3))
    if kind == "pinhole":
        side = max(2, int(count**0.5))
        u, v = np.meshgrid(np.linspace(-0.8, 0.8, side), np.linspace(-0.6, 0.6, side))
        rays = np.stack([u, v, np.ones_like(u)], axis=-1).reshape(-1, 3)
    elif kind == "lattice":  # many equal distances, and rays in faces and along edges
        rays = rng.integers(-2, 3, (count, 3)).astype(float)
    elif kind == "steep":
        rays *= 10.0 ** rng.integers(-12, 13, rays.shape)
    elif kind == "holes":
        rays[rng.random(count) < 0.3] = np.nan
        rays[rng.random(count) < 0.2] = 0.0
        rays[rng.random(count) < 0.1, 1] = np.inf
    return rays.astype(np.float32)


@st.composite
def scenes(draw: st.DrawFn, max_side: int = 21, num_frames: int = 1) -> Scene:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = np.array([draw(st.integers(1, max_side)) for _ in range(3)])
    voxel = draw(st.sampled_from([1.0, 0.25, 0.1, 0.02, 1 / 3]))
    place = draw(st.sampled_from(["corner", "face", "inside", "border", "outside", "far"]))
    in_voxels = rng.integers(0, shape + 1).astype(float)
    if place in ("face", "inside"):
        axes = [0] if place == "face" else [0, 1, 2]
        in_voxels[axes] = (rng.random(3) * shape)[axes]
    elif place == "border":
        in_voxels = np.where(rng.random(3) < 0.5, 0.0, shape).astype(float)
    elif place in ("outside", "far"):
        in_voxels = rng.uniform(-1.5, 2.5, 3) * shape * (1 if place == "outside" else 20)
        if rng.random() < 0.5:
            in_voxels = np.rint(in_voxels)
    low = -in_voxels * voxel
    grid = GridSpec(pc_range=tuple(map(float, (*low, *(low + shape * voxel)))), voxel_size=voxel)
    kind = draw(st.sampled_from(["any", "pinhole", "lattice", "steep", "holes"]))
    rays = random_rays(rng, kind, draw(st.integers(0, 150)))
    if place in ("outside", "far") and kind == "any" and len(rays):
        rays = (rng.uniform(low, low + shape * voxel, rays.shape)).astype(np.float32)  # so that many meet the box
    poses = random_poses(rng, num_frames, 0.5 * voxel * shape.max())
    if draw(st.booleans()):
        poses[:, :3, :3] = np.eye(3)
    num_points = draw(st.integers(0, 200))
    in_grid = rng.uniform(-0.2, 1.2, (num_points, 3)) * shape
    if draw(st.booleans()):
        in_grid = np.rint(in_grid)  # on voxel faces
    points = (low + in_grid * voxel) @ poses[0, :3, :3].T + poses[0, :3, 3]
    points = points.astype(np.float32)
    points[rng.random(num_points) < 0.02] = np.nan
    return Scene(points=points, poses=poses, rays=rays, grid=grid)
