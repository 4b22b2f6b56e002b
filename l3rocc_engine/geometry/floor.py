"""The floor below the cameras, as a plane through the points of a model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError

ENOUGH_POINTS = 20_000
TRIALS = 400
MAX_TILT_DEG = 20.0
"""Between the floor's normal and the guessed upward direction."""
THICKNESS = 0.03
"""Distance from a plane, as a share of the camera's height above it, within which points belong to it."""
FEWEST_SHARE = 0.02
"""Share of the points below the cameras that must lie on a floor."""
RIVAL_SHARE = 0.25
"""A lower plane with this share of the largest one's points is the floor, and the larger one a table."""
MAX_RIVAL_TILT_DEG = 4.0
"""Between floor and table tops; slanted planes through strips of walls are neither."""
MOST_SURFACES = 6
REFINEMENTS = 10
LAYER_RESIDUALS = 5.0
"""Half the thickness of the layer that is fitted, in median residuals."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A plane ``normal @ p + offset = 0`` with the normal pointing up.

    Attributes
    ----------
    normal
        (3,) unit vector.
    offset
        In the model's unit.
    residual
        Median distance of the floor's points from it.
    num_points
        Points that lie on it.
    """

    normal: FloatArray
    offset: float
    residual: float
    num_points: int

    def heights(self, points: FloatArray) -> FloatArray:
        """Signed heights (N,) of points (N, 3) above the floor."""
        heights: FloatArray = points @ self.normal + self.offset
        return heights


def fit_floor(points: FloatArray, centres: FloatArray, up: FloatArray) -> Floor:
    """Fit the floor: the lowest well-supported plane across the upward direction, below all cameras.

    Source: M. Fischler and R. Bolles, "Random sample consensus", CACM 1981, then least squares on what lies on it.

    Parameters
    ----------
    points
        (N, 3) of the world; twice ``ENOUGH_POINTS`` and more are thinned evenly.
    centres
        (T, 3) camera centres.
    up
        (3,) rough upward direction.

    Raises
    ------
    InputError
        No such plane is there.
    """
    up = up / np.linalg.norm(up)
    points = points[np.isfinite(points).all(axis=1)]
    points = points[:: max(1, len(points) // ENOUGH_POINTS)]
    below = points[points @ up < float((centres @ up).min())]
    missing = InputError(
        "No floor can be found below the camera.",
        "Film so that the floor is in the picture, or give the distance of two points instead.",
    )
    if len(below) < 50:
        raise missing
    surfaces = _surfaces(below, centres, _candidates(below, centres, up))
    if not surfaces or surfaces[0].num_points < max(30, FEWEST_SHARE * len(below)):
        raise missing
    middle = np.median(centres, axis=0)[None]
    cosine = np.cos(np.radians(MAX_RIVAL_TILT_DEG))
    level = [plane for plane in surfaces if plane.normal @ surfaces[0].normal >= cosine]
    return max(level, key=lambda plane: float(plane.heights(middle)[0]))


def _surfaces(below: FloatArray, centres: FloatArray, planes: list[Floor]) -> list[Floor]:
    """The best planes one after another, each by the points that those before it leave over."""
    if not planes:
        return []
    distance = np.stack([np.abs(plane.heights(below)) for plane in planes])
    thickness = np.array([THICKNESS * float(np.median(plane.heights(centres))) for plane in planes])
    lies_on = distance < thickness[:, None]
    is_left = np.ones(len(below), bool)
    found: list[Floor] = []
    while len(found) < MOST_SURFACES:
        counts = (lies_on & is_left).sum(axis=1)
        best = int(counts.argmax())
        if found and counts[best] < RIVAL_SHARE * found[0].num_points:
            break
        plane = _refined(planes[best], below[is_left], centres)
        found.append(plane)
        is_left &= np.abs(plane.heights(below)) > 2.0 * thickness[best]
    return found


def _candidates(below: FloatArray, centres: FloatArray, up: FloatArray) -> list[Floor]:
    """Planes through three random points each that lie across ``up`` and below every camera."""
    rng = np.random.default_rng(0)
    cosine = np.cos(np.radians(MAX_TILT_DEG))
    planes = []
    for _ in range(TRIALS):
        a, b, c = below[rng.choice(len(below), size=3, replace=False)]
        normal = np.cross(b - a, c - a)
        length = float(np.linalg.norm(normal))
        if length <= 1e-12:
            continue
        normal = normal / length * np.sign(normal @ up)
        offset = -float(normal @ a)
        heights = centres @ normal + offset
        if normal @ up < cosine or heights.min() <= 0:
            continue
        planes.append(Floor(normal=normal, offset=offset, residual=0.0, num_points=3))
    return planes


def _refined(plane: Floor, below: FloatArray, centres: FloatArray) -> Floor:
    """Least squares on what lies on the plane, in a layer that gets as thin as the floor's own noise."""
    thickness = THICKNESS * float(np.median(plane.heights(centres)))
    layer = thickness
    for _ in range(REFINEMENTS):
        on_it = below[np.abs(plane.heights(below)) <= layer]
        if len(on_it) < 3:
            break
        middle = on_it.mean(axis=0)
        _, _, vt = np.linalg.svd(on_it - middle, full_matrices=False)
        normal = vt[2] * np.sign(vt[2] @ plane.normal)
        residual = float(np.median(np.abs((on_it - middle) @ normal)))
        plane = replace(plane, normal=normal, offset=-float(normal @ middle), residual=residual)
        layer = min(layer, max(LAYER_RESIDUALS * residual, 1e-6 * thickness))
    return replace(plane, num_points=int((np.abs(plane.heights(below)) < thickness).sum()))
