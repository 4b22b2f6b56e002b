"""Similarity transforms: one rotation, translation and scale for cloud, poses and grid together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sim3:
    """``p_a = scale * rotation @ p_b + translation``.

    Attributes
    ----------
    scale
        Positive factor.
    rotation
        (3, 3) float64, proper.
    translation
        (3,) float64, in units of frame a.
    """

    scale: float = 1.0
    rotation: FloatArray = field(default_factory=lambda: np.eye(3))
    translation: FloatArray = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        if not np.isfinite(self.scale) or self.scale <= 0:
            raise InputError(f"A similarity needs a positive scale, not {self.scale}.")

    @property
    def matrix(self) -> FloatArray:
        """(4, 4) float64, the similarity for homogeneous coordinates."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.scale * self.rotation
        matrix[:3, 3] = self.translation
        return matrix

    def apply_points(self, points_b: NDArray[np.floating]) -> FloatArray:
        """Points (..., 3) moved from frame b to frame a, float64."""
        moved: FloatArray = self.scale * (points_b @ self.rotation.T) + self.translation
        return moved

    def apply_poses(self, b_from_cam: FloatArray) -> FloatArray:
        """Poses (..., 4, 4) moved from world b to world a; they stay rigid, their centres are scaled."""
        moved = b_from_cam.copy()
        moved[..., :3, :3] = self.rotation @ b_from_cam[..., :3, :3]
        moved[..., :3, 3] = self.apply_points(b_from_cam[..., :3, 3])
        return moved

    def after(self, first: Sim3) -> Sim3:
        """The similarity that does ``first`` and then this one."""
        return Sim3(
            scale=self.scale * first.scale,
            rotation=self.rotation @ first.rotation,
            translation=self.apply_points(first.translation),
        )

    def inverse(self) -> Sim3:
        """The similarity from frame a back to frame b."""
        rotation = self.rotation.T
        return Sim3(
            scale=1.0 / self.scale,
            rotation=rotation,
            translation=-(rotation @ self.translation) / self.scale,
        )


def umeyama(points_b: FloatArray, points_a: FloatArray, *, with_scale: bool = True) -> Sim3:
    """Least-squares similarity that takes ``points_b`` (N, 3) to ``points_a`` (N, 3).

    Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    PAMI 1991.

    Raises
    ------
    InputError
        If there are fewer than three points or they coincide.
    """
    if len(points_b) < 3:
        raise InputError(f"A similarity needs three points or more, not {len(points_b)}.")
    mean_b, mean_a = points_b.mean(axis=0), points_a.mean(axis=0)
    centred_b, centred_a = points_b - mean_b, points_a - mean_a
    variance_b = float((centred_b**2).sum() / len(points_b))
    if variance_b <= 1e-18:
        raise InputError("The points coincide: no similarity can be found from them.")
    u, singular, vt = np.linalg.svd(centred_a.T @ centred_b / len(points_b))
    sign = np.ones(3)
    if np.linalg.det(u) * np.linalg.det(vt) < 0:
        sign[2] = -1.0
    rotation = u @ np.diag(sign) @ vt
    scale = float((singular * sign).sum() / variance_b) if with_scale else 1.0
    return Sim3(scale=scale, rotation=rotation, translation=mean_a - scale * rotation @ mean_b)
