"""Plane sweep: how well the pictures agree at every pixel for every depth plane.

Fronto-parallel plane sweep after R. Collins, "A space-sweep approach to true multi-image matching" (CVPR 1996), and
the same around a curved surface for the last refinement. Warping and correlating one picture at a time keeps
everything in the cache, and both steps release the interpreter lock.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.compilation import kernel
from l3rocc_engine.backends.dense.correlation import CostVolume, Plane
from l3rocc_engine.progress import CancelToken

_SAMPLING = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_BORDER = cv2.BORDER_REPLICATE


@kernel
def _mark_inside(map_: NDArray[np.float32], valid: NDArray[np.uint8]) -> None:
    """Where the 3x3 map of pixel indices stays inside a picture of the same size and before the camera."""
    height, width = valid.shape
    last_u, last_v, near = np.float32(width - 1), np.float32(height - 1), np.float32(1e-6)
    for row in range(height):
        y = np.float32(row)
        base_u, base_v = map_[0, 1] * y + map_[0, 2], map_[1, 1] * y + map_[1, 2]
        base_w = map_[2, 1] * y + map_[2, 2]
        ok = valid[row]
        for x in range(width):
            fx = np.float32(x)
            u, v, w = map_[0, 0] * fx + base_u, map_[1, 0] * fx + base_v, map_[2, 0] * fx + base_w
            ok[x] = (u >= 0) & (v >= 0) & (u <= last_u * w) & (v <= last_v * w) & (w > near)


@kernel
def _map_surface(
    map_: NDArray[np.float32],
    epipole: NDArray[np.float32],
    surface: Plane,
    offset: np.float32,
    to_u: Plane,
    to_v: Plane,
    valid: NDArray[np.uint8],
) -> None:
    """Where each pixel lands in a source if it lies on the inverse-depth ``surface`` moved by ``offset``."""
    height, width = valid.shape
    last_u, last_v, near = np.float32(width - 1), np.float32(height - 1), np.float32(1e-6)
    for row in range(height):
        y = np.float32(row)
        base_u, base_v = map_[0, 1] * y + map_[0, 2], map_[1, 1] * y + map_[1, 2]
        base_w = map_[2, 1] * y + map_[2, 2]
        ok, row_u, row_v, inverse = valid[row], to_u[row], to_v[row], surface[row]
        for x in range(width):
            fx, rho = np.float32(x), max(inverse[x] + offset, near)
            w = map_[2, 0] * fx + base_w + epipole[2] * rho
            scale = np.float32(1.0) / max(w, near)
            u = (map_[0, 0] * fx + base_u + epipole[0] * rho) * scale
            v = (map_[1, 0] * fx + base_v + epipole[1] * rho) * scale
            row_u[x], row_v[x] = u, v
            ok[x] = (u >= 0) & (v >= 0) & (u <= last_u) & (v <= last_v) & (w > near)


def sweep_planes(
    volume: CostVolume,
    sources: Sequence[Plane],
    maps_at_infinity: NDArray[np.float64],
    epipoles: NDArray[np.float64],
    inverse_depths: NDArray[np.float32],
    cancel: CancelToken,
) -> NDArray[np.uint8]:
    """Matching costs (H, W, D) uint8 of every pixel and plane, 0 best.

    Parameters
    ----------
    volume
        Empty cost volume of the reference, as many depths as planes.
    sources
        (H, W) float32 grey pictures to compare with, at least one.
    maps_at_infinity, epipoles
        (S, 3, 3) and (S, 3) float64, see ``PixelCamera.transfer``.
    inverse_depths
        (D,) float32, increasing.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    height, width = volume.costs.shape[:2]
    warped, valid = np.empty((height, width), np.float32), np.empty((height, width), np.uint8)
    for plane, inverse_depth in enumerate(inverse_depths):
        cancel.check()
        for source, at_infinity, epipole in zip(sources, maps_at_infinity, epipoles, strict=True):
            map_ = at_infinity.copy()
            map_[:, 2] += epipole * inverse_depth
            cv2.warpPerspective(source, map_, (width, height), dst=warped, flags=_SAMPLING, borderMode=_BORDER)
            _mark_inside(map_.astype(np.float32), valid)
            volume.compare(warped, valid)
        volume.store(plane)
    return volume.costs


def sweep_surface(
    volume: CostVolume,
    sources: Sequence[Plane],
    maps_at_infinity: NDArray[np.float64],
    epipoles: NDArray[np.float64],
    surface: Plane,
    offsets: NDArray[np.float32],
    cancel: CancelToken,
) -> NDArray[np.uint8]:
    """Like :func:`sweep_planes` for copies of a curved surface, so that windows follow slanted floors and walls.

    Parameters
    ----------
    surface
        (H, W) float32 inverse depth.
    offsets
        (D,) float32, added to the inverse depth.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    height, width = surface.shape
    warped, valid = np.empty((height, width), np.float32), np.empty((height, width), np.uint8)
    to_u, to_v = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    maps, tips = maps_at_infinity.astype(np.float32), epipoles.astype(np.float32)
    for idx, offset in enumerate(offsets):
        cancel.check()
        for source, map_, tip in zip(sources, maps, tips, strict=True):
            _map_surface(map_, tip, surface, offset, to_u, to_v, valid)
            cv2.remap(source, to_u, to_v, cv2.INTER_LINEAR, dst=warped, borderMode=_BORDER)
            volume.compare(warped, valid)
        volume.store(idx)
    return volume.costs
