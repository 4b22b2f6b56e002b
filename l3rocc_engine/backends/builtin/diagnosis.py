"""Why a clip cannot be reconstructed, said before anything wrong is shown.

The thresholds are those that told good clips from bad ones in trials on real and synthetic clips of 480 to 800 pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from l3rocc_engine.backends.builtin.sfm_job import WEAK_OBSERVATIONS, MatchEvidence, SecondOpinion, SfmAnswer
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.geometry.sim3 import umeyama

FEWEST_KEYFRAMES = 3
FEWEST_FEATURES = 100
"""Median features a picture below which there is not enough detail."""
FEWEST_INLIERS = 40
"""Median verified matches between neighbours below which pictures overlap too little."""
LINK_INLIERS = 20
"""Verified matches that tie two pictures together."""
FLAT_SHARE, FLAT_RESIDUAL_PX = 0.95, 0.5
LEAST_COVER = 0.6
"""Share of the keyframes that must be placed."""
FEWEST_OBSERVATIONS = 50
"""Mean points a keyframe below which no solution is believed, whatever else speaks for it."""
SAME_FOCAL, SAME_PLACE = 0.15, 0.05
"""How far two methods may differ: focal length, and camera places as a share of their spread."""
FOCAL_RANGE = (0.25, 5.0)
"""Believable focal lengths as a share of the picture's width: 127 to 11 degrees of view."""


def require_frames(name: str, num_frames: int) -> None:
    """Refuse clips that are too short, which is known without a look at their pictures.

    Raises
    ------
    ReconstructionError
        With the reason.
    """
    if num_frames < FEWEST_KEYFRAMES:
        raise ReconstructionError(
            f"{name} has only {num_frames} frame{'s' if num_frames != 1 else ''}; "
            f"at least {FEWEST_KEYFRAMES} from different places are needed.",
            "Use a longer clip in which the camera moves sideways or forward.",
        )


def require_keyframes(name: str, num_frames: int, key_frames: NDArray[np.int64]) -> None:
    """Refuse clips that are too short or stand still; ``key_frames`` is (K,).

    Raises
    ------
    ReconstructionError
        With the reason.
    """
    require_frames(name, num_frames)
    if len(key_frames) < FEWEST_KEYFRAMES:
        raise ReconstructionError(
            f"The picture of {name} hardly moves: {num_frames} frames show {len(key_frames)} different "
            f"view{'s' if len(key_frames) != 1 else ''}, at least {FEWEST_KEYFRAMES} are needed.",
            "Depth needs a camera that changes place; film while walking around the scene.",
        )


def require_evidence(name: str, key_frames: NDArray[np.int64], evidence: MatchEvidence) -> None:
    """Refuse clips whose matches between keyframes (K,) cannot carry a reconstruction.

    Raises
    ------
    ReconstructionError
        No texture, too little overlap, a cut, or no parallax; the message says which.
    """
    features = float(np.median(evidence.num_features))
    if features < FEWEST_FEATURES:
        raise ReconstructionError(
            f"The pictures of {name} hold too little detail: {features:.0f} features in a typical one, "
            f"{FEWEST_FEATURES} are needed.",
            "Film textured surfaces, in more light and without motion blur, or use a backend with learned weights.",
        )
    gap = evidence.pairs[:, 1] - evidence.pairs[:, 0]
    between_neighbours = float(np.median(evidence.num_inliers[gap == 1]))
    if between_neighbours < FEWEST_INLIERS:
        raise ReconstructionError(
            f"The pictures of {name} do not overlap enough: two neighbouring ones share {between_neighbours:.0f} "
            f"points, {FEWEST_INLIERS} are needed.",
            "Film one continuous take and move slowly, or give more frames a second, so that each picture shows "
            "most of the one before.",
        )
    _require_one_take(name, key_frames, evidence)
    _require_parallax(name, evidence)


def linked_groups(evidence: MatchEvidence) -> list[NDArray[np.int64]]:
    """Groups (n,) of keyframe rows that are tied together by matches, the largest first."""
    linked = evidence.pairs[evidence.num_inliers >= LINK_INLIERS]
    count = len(evidence.num_features)
    graph = coo_array((np.ones(len(linked)), (linked[:, 0], linked[:, 1])), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return sorted(groups, key=lambda rows: (-len(rows), int(rows[0])))


def describe_strangers(key_frames: NDArray[np.int64], evidence: MatchEvidence) -> tuple[str, ...]:
    """Sentences about groups of keyframes (K,) that no match ties to the largest group: other scenes after a cut."""
    groups = [rows for rows in linked_groups(evidence)[1:] if len(rows) >= FEWEST_KEYFRAMES]
    return tuple(
        f"Frames {key_frames[rows[0]]} to {key_frames[rows[-1]]} show nothing of the rest, as after a cut, "
        "and are left out; process them on their own."
        for rows in groups
    )


def _require_one_take(name: str, key_frames: NDArray[np.int64], evidence: MatchEvidence) -> None:
    groups = linked_groups(evidence)
    if len(groups[0]) >= LEAST_COVER * len(key_frames):
        return
    cuts = [int(key_frames[rows[0]]) for rows in sorted(groups, key=lambda rows: int(rows[0])) if len(rows) >= 3][1:]
    where = f"; the view changes at frame {', '.join(map(str, cuts[:4]))}" if cuts else ""
    raise ReconstructionError(
        f"{name} is not one continuous take: the largest connected part holds {len(groups[0])} of "
        f"{len(key_frames)} keyframes{where}.",
        "Cut the clip there and process the parts on their own.",
    )


def _require_parallax(name: str, evidence: MatchEvidence) -> None:
    """One homography that explains all matches means a turning camera or a flat scene: no depth in either.

    Both hold for every pair of pictures then; a single wall in an otherwise deep scene fits some pairs only, which is
    why the lower quartile of the pairs has to fit.
    """
    gap = evidence.pairs[:, 1] - evidence.pairs[:, 0]
    is_known = np.isfinite(evidence.homography_share) & (evidence.num_inliers >= LINK_INLIERS)
    widest = gap[is_known].max(initial=0)
    is_wide = is_known & (gap >= min(3, widest))
    if not is_wide.any():
        return
    share = float(np.percentile(evidence.homography_share[is_wide], 25))
    residual_px = float(np.median(evidence.homography_p80_px[is_wide]))
    if share > FLAT_SHARE and residual_px < FLAT_RESIDUAL_PX:
        raise ReconstructionError(
            f"The camera of {name} shows no parallax: it turns on the spot, or it sees one flat surface only "
            f"({share:.0%} or more of the matches of a typical pair fit a plain change of view).",
            "Depth needs a camera that changes place: film while walking, or move it sideways.",
        )


def require_trust(name: str, key_frames: NDArray[np.int64], answer: SfmAnswer, *, is_camera_known: bool) -> None:
    """Refuse a solution for keyframes (K,) that is too weak to be believed.

    Raises
    ------
    ReconstructionError
        Too few keyframes placed, too few points, or a focal length that no camera has.
    """
    count, placed = len(key_frames), len(answer.picture_idx)
    if placed < max(FEWEST_KEYFRAMES, LEAST_COVER * count):
        found = f"only {placed} of {count} keyframes fit together" if placed else "no keyframes fit together"
        raise ReconstructionError(
            f"No camera path explains {name}: {found}.",
            "Film one continuous take of a still scene with more overlap, without a moving subject that fills the "
            "picture, or process a shorter part of the clip.",
        )
    focal = answer.intrinsics.fx_px / answer.intrinsics.width_px
    if not FOCAL_RANGE[0] <= focal <= FOCAL_RANGE[1]:
        raise ReconstructionError(
            f"The camera solved for {name} is not believable: a focal length of {focal:.2f} picture widths.",
            "The clip probably has too little parallax or a moving subject that fills the picture; film another take.",
        )
    observed = float(answer.observations_per_picture.mean())
    is_weak = not is_camera_known and observed < WEAK_OBSERVATIONS and not agrees(answer, answer.second)
    if observed < FEWEST_OBSERVATIONS or is_weak:
        raise ReconstructionError(
            f"The solution for {name} rests on too few points to be trusted: {observed:.0f} in a typical keyframe, "
            f"and {WEAK_OBSERVATIONS} are needed where the camera is not known.",
            "A moving subject that fills the picture, repeated patterns or blur do this; film a still, textured scene.",
        )


def agrees(answer: SfmAnswer, second: SecondOpinion | None) -> bool:
    """Whether another method found the same camera and the same places for nearly all pictures."""
    if second is None:
        return False
    shared, rows, other_rows = np.intersect1d(answer.picture_idx, second.picture_idx, return_indices=True)
    if len(shared) < max(FEWEST_KEYFRAMES, 0.8 * len(answer.picture_idx)):
        return False
    if abs(np.log(second.focal_px / answer.intrinsics.fx_px)) > SAME_FOCAL:
        return False
    places, others = answer.world_from_cam[rows, :3, 3], second.world_from_cam[other_rows, :3, 3]
    spread = float(np.linalg.norm(places - places.mean(axis=0), axis=1).mean())
    if spread <= 0.0 or float(np.ptp(others, axis=0).max()) <= 0.0:
        return False
    distances = np.linalg.norm(umeyama(others, places).apply_points(others) - places, axis=1)
    return bool(np.median(distances) < SAME_PLACE * spread)
