"""Occupancy of one frame in plain numpy, written from the definitions alone: no stepping, no mirroring, no entry rule.

For each ray all faces of the endless grid that it crosses near the box are listed and sorted by distance; the voxels
between them that lie in the box, in order, are what it crosses.
"""

from __future__ import annotations

import numpy as np

from l3rocc_engine.occupancy.grid import GridSpec


def camera(grid: GridSpec) -> np.ndarray:
    centre = np.array([-low / grid.voxel_size for low in grid.pc_range[:3]])
    return np.where(np.abs(centre - np.rint(centre)) < 1e-6, np.rint(centre), centre)


def occupied_voxels(points: np.ndarray, world_from_cam: np.ndarray, grid: GridSpec) -> np.ndarray:
    """(X, Y, Z) bool."""
    rotation = world_from_cam[:3, :3].T
    shift = -np.einsum("ij,j->i", rotation, world_from_cam[:3, 3])
    matrix = (np.column_stack([rotation, shift - np.array(grid.pc_range[:3])]) / grid.voxel_size).astype(np.float32)
    points = points.astype(np.float32)
    with np.errstate(all="ignore"):
        coords = [((m[0] * points[:, 0] + m[1] * points[:, 1]) + m[2] * points[:, 2]) + m[3] for m in matrix]
        xyz = np.stack(coords, axis=1)
        assert xyz.dtype == np.float32
        inside = ((xyz >= 0) & (xyz < np.array(grid.shape, np.float32))).all(axis=1)
    cells = np.zeros(grid.shape, dtype=bool)
    cells[tuple(np.floor(xyz[inside]).astype(int).T)] = True
    return cells


def crossed_voxels(direction: np.ndarray, grid: GridSpec) -> np.ndarray:
    """(K, 3) voxels of the box in the order in which a ray crosses them."""
    d = direction.astype(np.float64)
    if not np.isfinite(d).all() or not d.any():
        return np.zeros((0, 3), int)
    centre = camera(grid)
    start = np.where(d < 0, np.ceil(centre) - 1, np.floor(centre)).astype(int)
    events = []
    for axis in range(3):
        if d[axis] == 0:
            continue
        end = grid.shape[axis] + 1 if d[axis] > 0 else -1
        faces = np.arange(start[axis] + 1, end + 1) if d[axis] > 0 else np.arange(start[axis], end - 1, -1)
        events += [((face - centre[axis]) / d[axis], 2 - axis, axis) for face in faces]
    events.sort(key=lambda event: event[:2])
    steps = np.zeros((len(events) + 1, 3), int)
    steps[0] = start
    for n, (_, _, axis) in enumerate(events):
        steps[n + 1, axis] = np.sign(d[axis])
    path = np.cumsum(steps, axis=0)
    return path[((path >= 0) & (path < grid.shape)).all(axis=1)]


def frame_occupancy(
    points: np.ndarray, world_from_cam: np.ndarray, rays: np.ndarray, grid: GridSpec
) -> tuple[np.ndarray, np.ndarray]:
    """Sorted flat indices of visible-occupied voxels, and the packed mask."""
    occupied = occupied_voxels(points, world_from_cam, grid)
    centre = camera(grid)
    blocks = occupied.copy()
    for xyz in np.argwhere(occupied):
        if ((xyz <= centre) & (centre <= xyz + 1)).all():
            blocks[tuple(xyz)] = False
    visible = np.zeros(grid.shape, dtype=bool)
    for ray in rays:
        path = crossed_voxels(ray, grid)
        hits = np.flatnonzero(blocks[tuple(path.T)])
        visible[tuple(path[: hits[0] + 1 if len(hits) else None].T)] = True
    return np.flatnonzero(visible & occupied), np.packbits(visible.ravel())
