"""What the child process of structure from motion is asked for, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.intrinsics import Intrinsics

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]

NUM_FEATURES = 1500
SEED = 7
WEAK_OBSERVATIONS = 150
"""Mean points a picture below which a self-calibrated answer has been nonsense more often than not."""


class SfmMode(Enum):
    """How poses come about.

    ``INCREMENTAL`` suits a known camera, ``GLOBAL`` an unknown one (the camera is refined from its first guess),
    ``TRIANGULATE`` keeps camera and poses and finds points only.
    """

    INCREMENTAL = "incremental"
    GLOBAL = "global"
    TRIANGULATE = "triangulate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SfmJob:
    """One call of the child process.

    Attributes
    ----------
    mode
        How poses come about.
    intrinsics
        Camera of the job's pictures: the truth, or the first guess for ``GLOBAL``.
    pairs
        (P, 2) int64 picture numbers to match, first below second.
    num_features
        Most features a picture.
    world_from_cam
        (K, 4, 4) float64 poses for ``TRIANGULATE``.
    """

    mode: SfmMode
    intrinsics: Intrinsics
    pairs: IndexArray
    num_features: int = NUM_FEATURES
    world_from_cam: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEvidence:
    """What features and matches say before any pose is known; the ground on which a refusal is explained.

    Attributes
    ----------
    num_features
        (K,) int64, features found in every picture of the job.
    pairs
        (P, 2) int64 picture numbers.
    num_inliers
        (P,) int64 matches that fit one motion of the camera.
    homography_share
        (P,) float64, share of those inliers that one homography explains as well; NaN below 15 inliers.
    homography_p80_px
        (P,) float64, 80th percentile of the inliers' distance to that homography; NaN below 15 inliers.
    """

    num_features: IndexArray
    pairs: IndexArray
    num_inliers: IndexArray
    homography_share: FloatArray
    homography_p80_px: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """Poses and focal length found by another method, asked for where the first answer is weak.

    Attributes
    ----------
    picture_idx
        (K,) int64 placed pictures.
    world_from_cam
        (K, 4, 4) float64, in a world of its own.
    focal_px
        In pixels of the job's pictures.
    """

    picture_idx: IndexArray
    world_from_cam: FloatArray
    focal_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SfmAnswer:
    """What the child found, in picture numbers and in pixels of the job's pictures.

    Attributes
    ----------
    picture_idx
        (K,) int64 increasing, placed pictures of the largest model.
    world_from_cam
        (K, 4, 4) float64.
    intrinsics
        The camera after refinement.
    points_world
        (N, 3) float64.
    tracks
        (M, 2) int64: row of ``picture_idx``, row of ``points_world``; sorted.
    pixels_px
        (M, 2) float64, where each of them was observed; the top-left pixel's centre is (0.5, 0.5).
    reprojection_error_px
        Mean over the observations.
    evidence
        What feature extraction and matching found.
    second
        What another method found, where few points support this answer.
    """

    picture_idx: IndexArray
    world_from_cam: FloatArray
    intrinsics: Intrinsics
    points_world: FloatArray
    tracks: IndexArray
    pixels_px: FloatArray
    reprojection_error_px: float
    evidence: MatchEvidence
    second: SecondOpinion | None = None

    @property
    def observations_per_picture(self) -> IndexArray:
        """(K,) int64 points seen by each placed picture."""
        return np.bincount(self.tracks[:, 0], minlength=len(self.picture_idx)).astype(np.int64)

    def scaled_to(self, width_px: int, height_px: int) -> SfmAnswer:
        """The same answer with camera, observations and error in pixels of pictures of another size."""
        factor = width_px / self.intrinsics.width_px
        factors = np.array([factor, height_px / self.intrinsics.height_px])
        second = replace(self.second, focal_px=self.second.focal_px * factor) if self.second else None
        return replace(
            self,
            intrinsics=self.intrinsics.scaled_to(width_px, height_px),
            pixels_px=self.pixels_px * factors,
            reprojection_error_px=self.reprojection_error_px * factor,
            second=second,
        )


def solve_in_child(say: Callable[[object], None], job: SfmJob, pictures: Path) -> SfmAnswer:
    """Do the job in this process; meant for :func:`l3rocc_engine.isolation.run_isolated`.

    Parameters
    ----------
    say
        Receives ``(stage, done, total)`` and, once, the :class:`MatchEvidence` before the long part begins.
    job
        What to solve.
    pictures
        File of a (P, H, W) uint8 grey array; its folder also takes the intermediate files.
    """
    # Imported here and not above: the caller needs this function's name, but must not load COLMAP's libraries.
    from l3rocc_engine.backends.builtin.sfm_worker import solve

    return solve(say, job, pictures)
