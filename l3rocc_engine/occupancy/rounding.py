"""Point to voxel and camera to voxel: the one order of operations that every path follows.

1. ``cam_from_world`` is the rigid inverse of ``world_from_cam``, in float64.
2. It is divided by the voxel size and shifted by the grid's lower corner, in float64: ``voxels_from_world`` (3, 4).
3. That matrix is rounded to float32, once.
4. A point (float32) gets the coordinate ``((m0 * x + m1 * y) + m2 * z) + m3`` along each axis; every product and every
   sum is rounded to float32 and none is fused with another.
5. It lies in voxel ``floor(coordinate)`` if ``0 <= coordinate < number of voxels`` on all three axes. Upper faces are
   outside. NaN and infinite coordinates lie in no voxel.

A path on another device that follows these five steps gets the same voxels to the last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.occupancy.grid import GridSpec

SNAP = 1e-6
"""A camera that is this close to a voxel face, in voxels, is taken to be on it (-0.3 / 0.1 is not -3 in binary)."""


def voxels_from_world(world_from_cam: NDArray[np.float64], grid: GridSpec) -> NDArray[np.float32]:
    """World points to voxel coordinates, steps 1 to 3 of the module's rule.

    Parameters
    ----------
    world_from_cam
        (T, 4, 4) float64.

    Returns
    -------
    numpy.ndarray
        (T, 3, 4) float32, C order.
    """
    affine = invert(np.asarray(world_from_cam, dtype=np.float64))[:, :3, :].copy()
    affine[:, :, 3] -= grid.origin
    affine /= grid.voxel_size
    return np.ascontiguousarray(affine, dtype=np.float32)


def camera_in_voxels(grid: GridSpec) -> NDArray[np.float64]:
    """Where the optical centre is in voxel coordinates (3,) float64, snapped to a face within ``SNAP``."""
    centre = -grid.origin / grid.voxel_size
    nearest = np.round(centre)
    return np.where(np.abs(centre - nearest) < SNAP, nearest, centre) + 0.0


def camera_voxels(grid: GridSpec) -> NDArray[np.int64]:
    """(1 to 8,) flat indices of the voxels that hold the camera: several where it is on a face, an edge or a corner."""
    centre = camera_in_voxels(grid)
    sides = [{int(np.floor(c)), int(np.ceil(c)) - 1} for c in centre]
    x_size, y_size, z_size = grid.shape
    return np.array(
        sorted(
            x * y_size * z_size + y * z_size + z
            for x in sides[0]
            for y in sides[1]
            for z in sides[2]
            if 0 <= x < x_size and 0 <= y < y_size and 0 <= z < z_size
        ),
        dtype=np.int64,
    )
