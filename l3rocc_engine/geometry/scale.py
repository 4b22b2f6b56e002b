"""How large a model is in metres: from a true path, from the camera's height above the floor, or from two points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.floor import fit_floor
from l3rocc_engine.geometry.robust import robust_umeyama
from l3rocc_engine.geometry.se3 import orthonormalise, rotation_angle_deg
from l3rocc_engine.geometry.sim3 import Sim3

LEAST_PATH_M = 0.05
"""Typical distance of the true camera centres from their middle below which the camera stood still."""
LEAST_MODEL_PATH = 1e-6
STRAIGHT_SHARE = 0.03
"""Width of a path as a share of its length below which it is straight: it does not tell the roll about itself."""
WORST_RESIDUAL_SHARE = 0.2
"""Median distance left, as a share of the path's spread, above which the two paths are not the same walk."""
WORST_ROTATION_DEG = 20.0
PAIRS, ITERATIONS = 200, 20

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleEstimate:
    """A similarity to metres and how far it can be trusted.

    Attributes
    ----------
    metres_from_model
        Moves points and poses of the model to metres.
    residual_m
        Median distance that is left, metres; None where nothing is left to compare.
    notes
        Sentences for the user.
    """

    metres_from_model: Sim3
    residual_m: float | None = None
    notes: tuple[str, ...] = ()


def scale_from_path(model_from_cam: FloatArray, true_from_cam: FloatArray) -> ScaleEstimate:
    """Similarity that takes a model's camera path to the true one; wrong poses, up to nearly half, do not move it.

    A straight path does not tell how the world is rolled about it; that is then taken from the cameras' orientations.

    Source: S. Umeyama, PAMI 1991, made robust as in :func:`l3rocc_engine.geometry.robust.robust_umeyama`.

    Parameters
    ----------
    model_from_cam, true_from_cam
        (T, 4, 4) float64, the same frames, OpenCV camera axes; T at least 3.

    Raises
    ------
    InputError
        The numbers of poses differ, a camera stands still, or the two are not the same walk.
    """
    if model_from_cam.shape != true_from_cam.shape or len(model_from_cam) < 3:
        raise InputError(
            f"A scale needs the same three or more poses in both paths, not {len(model_from_cam)} and "
            f"{len(true_from_cam)}."
        )
    model, true = model_from_cam[:, :3, 3], true_from_cam[:, :3, 3]
    true_spread, true_width = _spread(true)
    model_spread, model_width = _spread(model)
    if true_spread < LEAST_PATH_M or model_spread < LEAST_MODEL_PATH:
        raise InputError(
            f"The camera hardly moves ({true_spread * 100:.1f} cm about its middle), which tells no scale.",
            "Give the camera's height or the distance of two points instead.",
        )
    notes: tuple[str, ...] = ()
    if min(true_width / true_spread, model_width / model_spread) < STRAIGHT_SHARE:
        similarity, residual = _straight(model_from_cam, true_from_cam)
        notes = ("The camera's path is straight: how the world is rolled about it comes from the views' directions.",)
    else:
        similarity, residual = robust_umeyama(model, true)
    left = float(np.median(residual))
    if left > WORST_RESIDUAL_SHARE * true_spread:
        raise InputError(
            f"The reconstructed camera path does not follow the given one: {left:.2f} m are left after the best fit.",
            "Check that poses and pictures belong together.",
        )
    return ScaleEstimate(metres_from_model=similarity, residual_m=left, notes=notes)


def _spread(centres: FloatArray) -> tuple[float, float]:
    """Typical distance from the middle along the main direction and across it; single wrong centres hardly count."""
    turned = centres - np.median(centres, axis=0)
    length = np.linalg.norm(turned, axis=1)
    kept = turned[length <= 4.0 * max(float(np.median(length)), 1e-12)]
    singular = np.linalg.svd(kept - kept.mean(axis=0), compute_uv=False) / np.sqrt(len(kept))
    return float(singular[0]), float(singular[1]) if len(singular) > 1 else 0.0


def _straight(model_from_cam: FloatArray, true_from_cam: FloatArray) -> tuple[Sim3, FloatArray]:
    """Rotation from the orientations, then scale and place from the centres."""
    turns = np.tile(np.eye(4), (len(model_from_cam), 1, 1))
    turns[:, :3, :3] = true_from_cam[:, :3, :3] @ np.swapaxes(model_from_cam[:, :3, :3], 1, 2)
    mean = _median_rotation(turns)
    scatter = float(np.median(rotation_angle_deg(turns, np.broadcast_to(mean, turns.shape))))
    if scatter > WORST_ROTATION_DEG:
        raise InputError(
            f"The camera's path is straight and its orientations disagree by {scatter:.0f} degrees: no scale can be "
            "told from it.",
            "Check the axes of the given poses, or give the camera's height or two points instead.",
        )
    rotation = mean[:3, :3]
    model, true = model_from_cam[:, :3, 3] @ rotation.T, true_from_cam[:, :3, 3]
    scale, shift, residual = _scale_and_shift(model, true)
    return Sim3(scale=scale, rotation=rotation, translation=shift), residual


def _scale_and_shift(model: FloatArray, true: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """``true = scale * model + shift`` (N, 3): the best of many pairs by its median residual, then reweighted."""
    rng = np.random.default_rng(0)
    best, scale, shift = np.inf, 1.0, np.zeros(3)
    for _ in range(PAIRS):
        first, second = rng.choice(len(model), size=2, replace=False)
        step, true_step = model[second] - model[first], true[second] - true[first]
        trial = float(step @ true_step) / max(float(step @ step), 1e-18)
        trial_shift = true[first] - trial * model[first]
        median = float(np.median(np.linalg.norm(trial * model + trial_shift - true, axis=1)))
        if trial > 0 and median < best:
            best, scale, shift = median, trial, trial_shift
    residual = np.linalg.norm(scale * model + shift - true, axis=1)
    for _ in range(ITERATIONS):
        width = 3.0 * max(float(np.median(residual)), 1e-12)
        weights = 1.0 / (1.0 + (residual / width) ** 2)
        weights /= weights.sum()
        middle, true_middle = weights @ model, weights @ true
        turned = model - middle
        scale = float(weights @ (turned * (true - true_middle)).sum(axis=1)) / float(weights @ (turned**2).sum(axis=1))
        shift = true_middle - scale * middle
        residual = np.linalg.norm(scale * model + shift - true, axis=1)
    return scale, shift, residual


def _median_rotation(turns: FloatArray) -> FloatArray:
    """Rotation (4, 4) with small angles to most of those given: reweighted chordal means."""
    weights = np.ones(len(turns))
    for _ in range(10):
        mean = orthonormalise(np.einsum("t,tij->ij", weights / weights.sum(), turns)[None])[0]
        angles = rotation_angle_deg(turns, np.broadcast_to(mean, turns.shape))
        weights = 1.0 / np.maximum(angles, 0.1)
    return mean


def scale_from_camera_height(
    points: NDArray[np.floating], model_from_cam: FloatArray, up: FloatArray, height_m: float
) -> ScaleEstimate:
    """Scale from the known height of the camera above the floor, which is fitted to the model's points.

    Parameters
    ----------
    points
        (N, 3) points of the model's world.
    model_from_cam
        (T, 4, 4) camera poses.
    up
        (3,) rough direction against gravity in the model's world.
    height_m
        Typical height of the camera above the floor, metres.

    Raises
    ------
    InputError
        The height is not positive, or no floor is found below the cameras.
    """
    if not 0.0 < height_m < 1000.0:
        raise InputError(f"The camera's height must be a positive number of metres, not {height_m}.")
    centres = model_from_cam[:, :3, 3]
    floor = fit_floor(np.asarray(points, dtype=np.float64), centres, np.asarray(up, dtype=np.float64))
    heights = floor.heights(centres)
    scale = height_m / float(np.median(heights))
    return ScaleEstimate(metres_from_model=Sim3(scale=scale), residual_m=floor.residual * scale)


def scale_from_two_points(first: FloatArray, second: FloatArray, distance_m: float) -> ScaleEstimate:
    """Scale from two points of the model, (3,) each, whose distance is known in metres.

    Raises
    ------
    InputError
        The points coincide, are not finite, or the distance is not positive.
    """
    length = float(np.linalg.norm(np.asarray(first, np.float64) - np.asarray(second, np.float64)))
    if not np.isfinite(length) or length <= 1e-9:
        raise InputError("The two picked points are the same, so their distance tells no scale.", "Pick two others.")
    if not 0.0 < distance_m < 1e6:
        raise InputError(f"The distance must be a positive number of metres, not {distance_m}.")
    return ScaleEstimate(metres_from_model=Sim3(scale=distance_m / length))
