"""The working camera in pixel indices, where OpenCV and the kernels put the centre of the first pixel at 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelCamera:
    """Intrinsics shifted by half a pixel: ``u = fx x/z + cx`` is an array index."""

    fx: float
    fy: float
    cx: float
    cy: float

    @classmethod
    def of(cls, intrinsics: Intrinsics) -> PixelCamera:
        """Shift the product's convention (first centre at 0.5) to array indices."""
        return cls(fx=intrinsics.fx_px, fy=intrinsics.fy_px, cx=intrinsics.cx_px - 0.5, cy=intrinsics.cy_px - 0.5)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """``K`` (3, 3) for array indices."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])

    def transfer(
        self, world_from_ref: NDArray[np.float64], world_from_others: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Maps from reference indices to those of other views: a pixel p at depth z lands on ``A p + b / z``.

        Returns
        -------
        maps_at_infinity
            (S, 3, 3) float64, ``K R K^-1``.
        epipoles
            (S, 3) float64, ``K t``.
        """
        others_from_ref = invert(world_from_others) @ world_from_ref
        k = self.matrix
        return k @ others_from_ref[:, :3, :3] @ np.linalg.inv(k), others_from_ref[:, :3, 3] @ k.T
