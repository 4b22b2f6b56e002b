"""Reconstruction of datasets that bring poses and intrinsics: metric at once."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.backend import pick_keyframes, sparse_measures
from l3rocc_engine.backends.builtin.diagnosis import FEWEST_INLIERS
from l3rocc_engine.backends.builtin.keyframes import choose_keyframes
from l3rocc_engine.backends.builtin.motion import measure_motion
from l3rocc_engine.backends.builtin.sfm import solve_cameras
from l3rocc_engine.backends.builtin.sfm_job import SfmAnswer
from l3rocc_engine.backends.builtin.sparse import sparse_model
from l3rocc_engine.backends.dense import densify
from l3rocc_engine.backends.first_points import show_first_points
from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import DepthMaps, FrameSource, KnownCameras, RgbImage
from l3rocc_engine.progress import CancelToken, EventSink, steps_of
from l3rocc_engine.reconstruction import PointMap, Reconstruction, Scale, ScaleMethod

LEAST_FIT = 0.5
"""Points seen by a keyframe over matches between neighbours; right poses give 1 and more, wrong ones far less."""
ROUGH_FIT_PX = 1.0
"""Reprojection error above which the poses are too rough for fine depth."""


class DatasetBackend:
    """Known poses and camera; depth from the dataset where it has any, else by matching pictures."""

    @property
    def name(self) -> str:
        """Name on the command line."""
        return "dataset"

    def refusal(self, source: FrameSource, config: PipelineConfig) -> str | None:
        """Refuse sources without poses."""
        del config
        if source.cameras is None:
            return f"{source.name} has no camera poses and intrinsics, which the dataset backend needs."
        return None

    def reconstruct(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> Reconstruction:
        """Reconstruct the source, see :class:`l3rocc_engine.backends.protocol.Backend`.

        Raises
        ------
        ReconstructionError
            If there are no poses, or the pictures do not fit them.
        """
        cameras = source.cameras
        if cameras is None:
            raise ReconstructionError(self.refusal(source, config) or "", "Use the builtin backend.")
        if cameras.depth is not None:
            # Given depth needs no parallax, so a camera that stands still is welcome here.
            motion = measure_motion(source, progress=steps_of(events, "keyframes"), cancel=cancel)
            choice = choose_keyframes(motion, config.interval)
            point_maps = _given_depth(source, cameras, cameras.depth, choice.frames, events, cancel, on_point_map)
            measures, notes = {"keyframes_registered": float(len(point_maps))}, choice.notes
        else:
            choice = pick_keyframes(source, config.interval, events, cancel)
            sparse = triangulate_given(source, cameras, choice.frames, events=events, cancel=cancel)
            if on_point_map is not None:
                show_first_points(source, sparse, on_point_map, cancel)
            dense = densify(source, sparse, events=events, cancel=cancel, on_point_map=on_point_map)
            point_maps = dense.point_maps
            measures, notes = (
                {**sparse_measures(sparse), **dense.measures},
                (*choice.notes, *_fit_notes(sparse), *dense.notes),
            )
        return Reconstruction(
            point_maps=point_maps,
            trajectory=cameras.trajectory,
            intrinsics=cameras.intrinsics,
            backend=self.name,
            scale=Scale(method=ScaleMethod.DATASET),
            world_up=cameras.world_up,
            notes=notes,
            measures=measures,
        )


def triangulate_given(
    source: FrameSource,
    cameras: KnownCameras,
    key_frames: NDArray[np.int64],
    *,
    events: EventSink,
    cancel: CancelToken,
) -> SparseModel:
    """Sparse points of the keyframes (K,) under the dataset's own poses.

    Raises
    ------
    ReconstructionError
        If the pictures share too little, or the poses do not fit them.
    """
    answer = solve_cameras(
        source,
        key_frames,
        intrinsics=cameras.intrinsics,
        world_from_cam=cameras.trajectory.world_from_cam[key_frames],
        on_evidence=lambda _evidence: None,
        events=events,
        cancel=cancel,
    )
    _require_fit(source.name, answer)
    return sparse_model(answer, key_frames)


def _require_fit(name: str, answer: SfmAnswer) -> None:
    """Ask whether poses and pictures belong together; matches were verified without the poses."""
    gap = answer.evidence.pairs[:, 1] - answer.evidence.pairs[:, 0]
    matched = float(np.median(answer.evidence.num_inliers[gap == 1]))
    observed = float(answer.observations_per_picture.mean())
    if matched < FEWEST_INLIERS:
        raise ReconstructionError(
            f"The pictures of {name} share too little detail for depth: {matched:.0f} matches between neighbouring "
            f"keyframes, {FEWEST_INLIERS} are needed.",
            "Lower the interval, or use a dataset that brings depth maps.",
        )
    if observed < LEAST_FIT * matched:
        raise ReconstructionError(
            f"The poses that came with {name} do not fit its pictures: {observed:.0f} points fit in a typical "
            f"keyframe, where {matched:.0f} were matched.",
            "Check which axes and direction the poses have, or use the builtin backend, which finds its own poses.",
        )


def _fit_notes(sparse: SparseModel) -> tuple[str, ...]:
    if sparse.reprojection_error_px <= ROUGH_FIT_PX:
        return ()
    return (
        f"The dataset's poses fit its pictures to {sparse.reprojection_error_px:.1f} pixels only, so depth is rough; "
        "the builtin backend may do better.",
    )


def _given_depth(
    source: FrameSource,
    cameras: KnownCameras,
    depth: DepthMaps,
    key_frames: NDArray[np.int64],
    events: EventSink,
    cancel: CancelToken,
    on_point_map: PointMapSink | None,
) -> tuple[PointMap, ...]:
    """Point maps straight from the dataset's depth pictures."""
    progress = steps_of(events, "depth")
    maps: list[PointMap] = []
    for frame_idx, picture in source.frames(key_frames.tolist()):
        cancel.check()
        maps.append(_lift(frame_idx, picture, depth.depth_m(frame_idx), cameras))
        progress(len(maps), len(key_frames))
        if on_point_map is not None:
            on_point_map(maps[-1], cameras.trajectory)
    return tuple(maps)


def _lift(frame_idx: int, picture: RgbImage, depth_m: NDArray[np.float32], cameras: KnownCameras) -> PointMap:
    height, width = depth_m.shape
    rays = cameras.intrinsics.scaled_to(width, height).rays_cam()
    is_known = depth_m > 0.0
    points = np.where(is_known[..., None], rays * depth_m[..., None], np.float32(np.nan)).astype(np.float32)
    colors = (
        picture
        if picture.shape[:2] == depth_m.shape
        else cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    )
    return PointMap(
        frame_idx=frame_idx,
        points_cam=points,
        confidence=is_known.astype(np.float32),
        colors=np.asarray(colors, dtype=np.uint8),
    )
