"""The pinhole camera: K, the picture size it was made for, and the rays through its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Intrinsics:
    """Pinhole intrinsics for pictures of one size; pixels need not be square.

    Attributes
    ----------
    fx_px, fy_px
        Focal lengths in pixels.
    cx_px, cy_px
        Principal point in pixels, the top-left pixel's centre being (0.5, 0.5).
    width_px, height_px
        Size of the pictures that these numbers hold for.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        numbers = (self.fx_px, self.fy_px, self.cx_px, self.cy_px)
        if not all(np.isfinite(numbers)) or self.fx_px <= 0 or self.fy_px <= 0:
            raise InputError(f"The camera intrinsics are not usable: fx, fy, cx, cy = {numbers}.")
        if self.width_px <= 0 or self.height_px <= 0:
            raise InputError(f"The picture size {self.width_px}x{self.height_px} is not usable.")

    @classmethod
    def from_matrix(cls, k: NDArray[np.floating], width_px: int, height_px: int) -> Intrinsics:
        """Read a matrix ``K`` (3, 3) made for pictures of the given size.

        Raises
        ------
        InputError
            If it has another shape, or numbers that no camera has.
        """
        k = np.asarray(k, dtype=np.float64)
        if k.shape != (3, 3):
            raise InputError(f"K must have the shape (3, 3), not {k.shape}.")
        return cls(
            fx_px=float(k[0, 0]),
            fy_px=float(k[1, 1]),
            cx_px=float(k[0, 2]),
            cy_px=float(k[1, 2]),
            width_px=width_px,
            height_px=height_px,
        )

    @property
    def matrix(self) -> NDArray[np.float64]:
        """``K`` (3, 3) float64."""
        return np.array([[self.fx_px, 0.0, self.cx_px], [0.0, self.fy_px, self.cy_px], [0.0, 0.0, 1.0]])

    @property
    def hfov_deg(self) -> float:
        """Horizontal field of view in degrees."""
        left = np.arctan2(self.cx_px, self.fx_px)
        right = np.arctan2(self.width_px - self.cx_px, self.fx_px)
        return float(np.degrees(left + right))

    def scaled_to(self, width_px: int, height_px: int) -> Intrinsics:
        """The same camera for pictures resized (not cropped) to another size."""
        sx, sy = width_px / self.width_px, height_px / self.height_px
        return Intrinsics(
            fx_px=self.fx_px * sx,
            fy_px=self.fy_px * sy,
            cx_px=self.cx_px * sx,
            cy_px=self.cy_px * sy,
            width_px=width_px,
            height_px=height_px,
        )

    def rays_cam(self) -> NDArray[np.float32]:
        """One ray direction a pixel, (H, W, 3) float32 in the camera frame, with z = 1."""
        x = (np.arange(self.width_px) + 0.5 - self.cx_px) / self.fx_px
        y = (np.arange(self.height_px) + 0.5 - self.cy_px) / self.fy_px
        rays = np.ones((self.height_px, self.width_px, 3), dtype=np.float32)
        rays[..., 0], rays[..., 1] = x[None, :], y[:, None]
        return rays


def visibility_rays(intrinsics: Intrinsics, max_rays: int = 255_000) -> NDArray[np.float32]:
    """Rays (R, 3) float32 of the camera's pixels, on a coarser picture if it has more than ``max_rays``."""
    pixels = intrinsics.width_px * intrinsics.height_px
    shrink = min(1.0, (max_rays / pixels) ** 0.5)
    width, height = int(intrinsics.width_px * shrink), int(intrinsics.height_px * shrink)
    return intrinsics.scaled_to(max(1, width), max(1, height)).rays_cam().reshape(-1, 3)
