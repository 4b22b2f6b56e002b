"""The answer of structure from motion as a sparse model in a world of a sensible size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from l3rocc_engine.backends.builtin.sfm_job import SfmAnswer
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.backends.unknown_scale import MEDIAN_DEPTH
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.sim3 import Sim3

FEWEST_POINTS = 20
"""Points a keyframe must see for its pose to count."""
SHARED_POINTS = 12
"""Points that two keyframes must share to hold each other in place."""


def keep_firm(answer: SfmAnswer) -> SfmAnswer:
    """Keep the pictures that enough points hold together in one piece.

    A global mapper also returns poses that nothing but a guess supports: they are left out here.
    """
    seen = np.zeros((len(answer.picture_idx), len(answer.points_world)), dtype=np.float32)
    seen[answer.tracks[:, 0], answer.tracks[:, 1]] = 1.0
    candidates = np.flatnonzero(seen.sum(axis=1) >= FEWEST_POINTS)
    shared = seen[candidates] @ seen[candidates].T
    _, labels = connected_components(shared >= SHARED_POINTS, directed=False)
    if len(labels) == 0:
        return _keep(answer, candidates)
    return _keep(answer, candidates[labels == np.bincount(labels).argmax()])


def _keep(answer: SfmAnswer, rows: NDArray[np.int64]) -> SfmAnswer:
    """Some of the pictures, and the points that at least two of them see."""
    is_kept = np.isin(answer.tracks[:, 0], rows)
    views = np.bincount(answer.tracks[is_kept, 1], minlength=len(answer.points_world))
    is_kept &= views[answer.tracks[:, 1]] >= 2
    tracks = answer.tracks[is_kept]
    points = np.flatnonzero(views >= 2)
    return replace(
        answer,
        picture_idx=answer.picture_idx[rows],
        world_from_cam=answer.world_from_cam[rows],
        points_world=answer.points_world[points],
        tracks=np.column_stack([np.searchsorted(rows, tracks[:, 0]), np.searchsorted(points, tracks[:, 1])]),
        pixels_px=answer.pixels_px[is_kept],
    )


def sparse_model(answer: SfmAnswer, key_frames: NDArray[np.int64]) -> SparseModel:
    """Name the answer's pictures by their source frames.

    Parameters
    ----------
    answer
        In pixels of the source's size.
    key_frames
        (K,) int64 source frames of all pictures of the job.
    """
    rows = range(len(answer.picture_idx))
    return SparseModel(
        key_frames=key_frames[answer.picture_idx],
        world_from_cam=answer.world_from_cam.copy(),
        intrinsics=answer.intrinsics,
        points_world=answer.points_world.copy(),
        observations=tuple(answer.tracks[answer.tracks[:, 0] == row, 1] for row in rows),
        reprojection_error_px=answer.reprojection_error_px,
        unregistered=tuple(int(frame) for frame in np.delete(key_frames, answer.picture_idx)),
    )


def point_tracks(answer: SfmAnswer, key_frames: NDArray[np.int64]) -> PointTracks:
    """The answer's points and observations, named by source frames (K,); in pixels and units of the answer."""
    return PointTracks(
        points_world=answer.points_world.copy(),
        frame_idx=key_frames[answer.picture_idx][answer.tracks[:, 0]],
        point_idx=answer.tracks[:, 1].copy(),
        pixels_px=answer.pixels_px.copy(),
    )


def model_units(sparse: SparseModel) -> Sim3:
    """Similarity to a world that starts at the first camera, with the median sparse depth at ``MEDIAN_DEPTH``.

    Raises
    ------
    ReconstructionError
        If no point lies before a camera.
    """
    depths = [sparse.sparse_depths(row) for row in range(sparse.num_keyframes)]
    medians = [float(np.median(d)) for d in depths if len(d)]
    if not medians:
        raise ReconstructionError(
            "The solved cameras see no point before them.", "The clip probably has too little parallax; film another."
        )
    scale = MEDIAN_DEPTH / float(np.median(medians))
    rotation, centre = sparse.world_from_cam[0, :3, :3].T, sparse.world_from_cam[0, :3, 3]
    return Sim3(scale=scale, rotation=rotation, translation=-scale * rotation @ centre)
