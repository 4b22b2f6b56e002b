"""Camera paths against true ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.se3 import orthonormalise, rotation_angle_deg
from l3rocc_engine.geometry.sim3 import Sim3, umeyama

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoryError:
    """Errors that are left after the best alignment.

    Attributes
    ----------
    true_from_estimated
        The alignment: a similarity, or a rigid motion with scale 1.
    ate_rmse_m, ate_median_m, ate_max_m
        Distances between camera centres (absolute trajectory error).
    path_length_m
        Length of the true path.
    rotation_median_deg, rotation_max_deg
        Angles between orientations.
    """

    true_from_estimated: Sim3
    ate_rmse_m: float
    ate_median_m: float
    ate_max_m: float
    path_length_m: float
    rotation_median_deg: float
    rotation_max_deg: float

    @property
    def ate_per_path(self) -> float:
        """Root mean square centre error as a share of the path; 0.005 is half a percent."""
        return self.ate_rmse_m / self.path_length_m


def compare_trajectories(
    estimated_from_cam: FloatArray, true_from_cam: FloatArray, *, with_scale: bool = True
) -> TrajectoryError:
    """Align estimated poses to true ones by their centres and measure what is left.

    Source: J. Sturm et al., "A benchmark for the evaluation of RGB-D SLAM systems", IROS 2012.

    Parameters
    ----------
    estimated_from_cam, true_from_cam
        (T, 4, 4) float64, the same frames in the same order.
    with_scale
        Whether the scale is free; off for metric results.

    Raises
    ------
    InputError
        If the numbers of poses differ, there are fewer than three, or a path does not move.
    """
    if estimated_from_cam.shape != true_from_cam.shape:
        raise InputError(f"Cannot compare {len(estimated_from_cam)} poses with {len(true_from_cam)}.")
    centres = true_from_cam[:, :3, 3]
    alignment = umeyama(estimated_from_cam[:, :3, 3], centres, with_scale=with_scale)
    aligned = alignment.apply_poses(estimated_from_cam)
    distance = np.linalg.norm(aligned[:, :3, 3] - centres, axis=1)
    angle = rotation_angle_deg(aligned, true_from_cam)
    return TrajectoryError(
        true_from_estimated=alignment,
        ate_rmse_m=float(np.sqrt((distance**2).mean())),
        ate_median_m=float(np.median(distance)),
        ate_max_m=float(distance.max()),
        path_length_m=float(np.linalg.norm(np.diff(centres, axis=0), axis=1).sum()),
        rotation_median_deg=float(np.median(angle)),
        rotation_max_deg=float(angle.max()),
    )


def align_by_poses(estimated_from_cam: FloatArray, true_from_cam: FloatArray) -> Sim3:
    """The similarity from the estimated to the true world whose rotation comes from the cameras' orientations.

    Centres alone fix the rotation about a nearly straight path badly: a millimetre there tilts the whole room. Here
    the rotation is the mean (chordal) of those between the orientations; scale and translation then fit the centres.

    Source of the mean: R. Hartley et al., "Rotation averaging", IJCV 2013.

    Parameters
    ----------
    estimated_from_cam, true_from_cam
        (T, 4, 4) float64, the same frames in the same order.

    Raises
    ------
    InputError
        If the path does not move.
    """
    mean = np.eye(4)
    mean[:3, :3] = (true_from_cam[:, :3, :3] @ estimated_from_cam[:, :3, :3].swapaxes(1, 2)).mean(axis=0)
    rotation = orthonormalise(mean)[:3, :3]
    true_mean = true_from_cam[:, :3, 3].mean(axis=0)
    turned = estimated_from_cam[:, :3, 3] @ rotation.T
    offset, true_offset = turned - turned.mean(axis=0), true_from_cam[:, :3, 3] - true_mean
    spread = float((offset**2).sum())
    if spread <= 1e-18:
        raise InputError("The camera does not move: no similarity can be found from its path.")
    scale = float((offset * true_offset).sum()) / spread
    return Sim3(scale=scale, rotation=rotation, translation=true_mean - scale * turned.mean(axis=0))
