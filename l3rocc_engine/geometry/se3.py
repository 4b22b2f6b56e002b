"""Rigid camera poses as 4x4 matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def invert(a_from_b: FloatArray) -> FloatArray:
    """``b_from_a`` of rigid transforms (..., 4, 4), exact for orthonormal rotations."""
    rotation = np.swapaxes(a_from_b[..., :3, :3], -1, -2)
    inverse = np.zeros_like(a_from_b)
    inverse[..., :3, :3] = rotation
    inverse[..., :3, 3] = -np.einsum("...ij,...j->...i", rotation, a_from_b[..., :3, 3])
    inverse[..., 3, 3] = 1.0
    return inverse


def orthonormalise(poses: FloatArray) -> FloatArray:
    """Poses (..., 4, 4) with the rotations replaced by the nearest proper ones (SVD)."""
    u, _, vt = np.linalg.svd(poses[..., :3, :3])
    flip = np.where(np.linalg.det(u @ vt) < 0, -1.0, 1.0)
    u[..., :, 2] *= flip[..., None]
    result = poses.copy()
    result[..., :3, :3] = u @ vt
    result[..., 3, :] = (0.0, 0.0, 0.0, 1.0)
    return result


def transform(a_from_b: FloatArray, points_b: NDArray[np.floating]) -> FloatArray:
    """Points (..., 3) moved by one transform (4, 4)."""
    moved: FloatArray = points_b @ a_from_b[:3, :3].T + a_from_b[:3, 3]
    return moved


def rotation_angle_deg(a: FloatArray, b: FloatArray) -> FloatArray:
    """Angle between the rotations of poses ``a`` and ``b`` (..., 4, 4), degrees."""
    relative = np.swapaxes(a[..., :3, :3], -1, -2) @ b[..., :3, :3]
    cosine = (np.trace(relative, axis1=-2, axis2=-1) - 1.0) / 2.0
    angle: FloatArray = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return angle
