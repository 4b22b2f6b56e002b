"""The large planes of a scene: floors, walls, table tops.

Sequential RANSAC (M. Fischler and R. Bolles, CACM 1981) with local samples: a point and two of its neighbours in the
same picture, which hit one surface far more often than three points from anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_SAMPLES = 400
_SCORED = 6000
_SEED = 20240


def find_planes(triplets: FloatArray, *, tolerance: float, max_planes: int, least_share: float) -> FloatArray:
    """Planes (P, 4) float64, unit normal and offset with ``n . x + d = 0``, the best supported first.

    Parameters
    ----------
    triplets
        (N, 3, 3) float64, world: points, each with two neighbours on (probably) the same surface.
    tolerance
        Distance up to which a point belongs to a plane.
    max_planes, least_share
        Most planes looked for, and the least share of all points that a plane must hold.
    """
    rng = np.random.default_rng(_SEED)
    rest = triplets
    planes: list[FloatArray] = []
    while len(planes) < max_planes and len(rest) > max(100, least_share * len(triplets)):
        plane = _best_plane(rest, tolerance, rng)
        if plane is None:
            break
        for _ in range(2):
            close = _distances(plane, rest[:, 0]) < tolerance
            if close.sum() >= 3:
                plane = _fit(rest[close, 0])
        close = _distances(plane, rest[:, 0]) < tolerance
        if close.sum() < least_share * len(triplets):
            break
        planes.append(plane)
        rest = rest[_distances(plane, rest[:, 0]) > 1.5 * tolerance]
    return np.array(planes).reshape(-1, 4)


def _best_plane(triplets: FloatArray, tolerance: float, rng: np.random.Generator) -> FloatArray | None:
    """The sampled plane that most points lie on."""
    chosen = triplets[rng.integers(0, len(triplets), _SAMPLES)]
    normals = np.cross(chosen[:, 1] - chosen[:, 0], chosen[:, 2] - chosen[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    usable = lengths > 1e-12
    if not usable.any():
        return None
    normals = normals[usable] / lengths[usable, None]
    offsets = -(normals * chosen[usable, 0]).sum(axis=1)
    scored = triplets[rng.integers(0, len(triplets), min(_SCORED, len(triplets))), 0]
    counts = (np.abs(scored @ normals.T + offsets) < tolerance).sum(axis=0)
    best = int(np.argmax(counts))
    return np.append(normals[best], offsets[best])


def _fit(points: FloatArray) -> FloatArray:
    """Least-squares plane through points (N, 3)."""
    centre = points.mean(axis=0)
    normal = np.linalg.eigh(np.cov((points - centre).T))[1][:, 0]
    return np.append(normal, -normal @ centre)


def _distances(plane: FloatArray, points: FloatArray) -> FloatArray:
    distances: FloatArray = np.abs(points @ plane[:3] + plane[3])
    return distances


def plane_depths(planes_world: FloatArray, world_from_cam: FloatArray, rays_cam: NDArray[np.float32]) -> FloatArray:
    """Depth (P, H, W) float64 at which the ray of each pixel (H, W, 3, z = 1) meets each plane; 0 where it does not."""
    normals_cam = planes_world[:, :3] @ world_from_cam[:3, :3]
    offsets = planes_world[:, 3] + planes_world[:, :3] @ world_from_cam[:3, 3]
    slopes = np.einsum("pi,hwi->phw", normals_cam, rays_cam.astype(np.float64))
    cosines = np.abs(slopes) / np.linalg.norm(rays_cam, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        depths = -offsets[:, None, None] / slopes
    return np.where((cosines > 0.03) & (depths > 0), depths, 0.0)
