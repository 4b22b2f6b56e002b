"""Leaves out the faces that an eye in a known place cannot see: half of what has to be drawn."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.voxel_mesh import VoxelMesh


@njit(cache=True, nogil=True)
def _faces_eye(corners: NDArray[np.float32], eye: NDArray[np.float64], result: NDArray[np.bool_]) -> None:
    for quad in range(len(result)):
        first, second, third = corners[4 * quad], corners[4 * quad + 1], corners[4 * quad + 2]
        ax, ay, az = second[0] - first[0], second[1] - first[1], second[2] - first[2]
        bx, by, bz = third[0] - first[0], third[1] - first[1], third[2] - first[2]
        towards = (
            (ay * bz - az * by) * (eye[0] - first[0])
            + (az * bx - ax * bz) * (eye[1] - first[1])
            + (ax * by - ay * bx) * (eye[2] - first[2])
        )
        result[quad] = towards > 0.0


def facing_quads(mesh: VoxelMesh, eye: tuple[float, float, float]) -> VoxelMesh:
    """The quads whose outer side an eye at (x, y, z), in the mesh's frame, can see."""
    is_seen = np.empty(mesh.num_quads, dtype=np.bool_)
    _faces_eye(mesh.corners, np.array(eye, dtype=np.float64), is_seen)
    return VoxelMesh(
        corners=mesh.corners.reshape(-1, 4, 3)[is_seen].reshape(-1, 3),
        colors=mesh.colors.reshape(-1, 4, 4)[is_seen].reshape(-1, 4),
        owners=mesh.owners[is_seen],
    )
