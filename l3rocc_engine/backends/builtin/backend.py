"""Reconstruction without network weights, from the pictures alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.diagnosis import (
    describe_strangers,
    require_evidence,
    require_keyframes,
    require_trust,
)
from l3rocc_engine.backends.builtin.keyframes import KeyframeChoice, choose_keyframes
from l3rocc_engine.backends.builtin.motion import measure_motion
from l3rocc_engine.backends.builtin.sfm import solve_cameras
from l3rocc_engine.backends.builtin.sfm_job import SfmAnswer
from l3rocc_engine.backends.builtin.sparse import keep_firm, model_units, point_tracks, sparse_model
from l3rocc_engine.backends.builtin.tracking import place_frames
from l3rocc_engine.backends.dense import densify
from l3rocc_engine.backends.first_points import show_first_points
from l3rocc_engine.backends.gravity import UP_NOTE, guess_up
from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.backends.unknown_scale import UNKNOWN_SCALE_NOTE
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, EventSink, steps_of
from l3rocc_engine.reconstruction import PointMap, Reconstruction


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTrack:
    """Cameras of a clip before dense depth, in model units; the fields are those of the reconstruction."""

    sparse: SparseModel
    tracks: PointTracks
    trajectory: Trajectory
    world_up: tuple[float, float, float] | None
    notes: tuple[str, ...]
    measures: dict[str, float]


class BuiltinBackend:
    """Structure from motion over keyframes, then dense depth; needs no weights, no GPU and no known camera.

    Parameters
    ----------
    use_known_camera
        Take the intrinsics that came with the source, where there are any; else solve for a focal length.
    """

    def __init__(self, *, use_known_camera: bool = True) -> None:
        self._use_known_camera = use_known_camera

    @property
    def name(self) -> str:
        """Name on the command line."""
        return "builtin"

    def refusal(self, source: FrameSource, config: PipelineConfig) -> str | None:
        """Any source can be tried; what speaks against one is only seen in its pictures."""
        del source, config
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
        """Reconstruct the source, see :class:`l3rocc_engine.backends.protocol.Backend`."""
        track = self.track_cameras(source, config, events=events, cancel=cancel, on_point_map=on_point_map)

        def show(point_map: PointMap, _poses: Trajectory) -> None:
            if on_point_map is not None:
                on_point_map(point_map, track.trajectory)

        sink = None if on_point_map is None else show
        dense = densify(source, track.sparse, events=events, cancel=cancel, on_point_map=sink)
        return Reconstruction(
            point_maps=dense.point_maps,
            trajectory=track.trajectory,
            intrinsics=track.sparse.intrinsics,
            backend=self.name,
            world_up=track.world_up,
            tracks=track.tracks,
            notes=(*track.notes, *dense.notes),
            measures={**track.measures, **dense.measures},
        )

    def track_cameras(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> CameraTrack:
        """Everything before dense depth: poses of all frames, the camera, and sparse points.

        ``on_point_map`` gets the sparse points before the frames between the keyframes are placed.

        Raises
        ------
        ReconstructionError
            If the pictures or the solution cannot be trusted.
        Cancelled
            If ``cancel`` was set.
        """
        choice = pick_keyframes(source, config.interval, events, cancel)
        answer = self.solve_sparse(source, choice.frames, events=events, cancel=cancel)
        sparse = sparse_model(answer, choice.frames)
        units = model_units(sparse)
        sparse = sparse.transformed(units)
        if on_point_map is not None:
            show_first_points(source, sparse, on_point_map, cancel)
        trajectory = place_frames(source, sparse, progress=steps_of(events, "tracking"), cancel=cancel)
        world_up = guess_up(sparse.world_from_cam)
        up_notes = (UP_NOTE,) if world_up is not None else ()
        return CameraTrack(
            sparse=sparse,
            tracks=point_tracks(answer, choice.frames).transformed(units),
            trajectory=trajectory,
            world_up=world_up,
            notes=(
                *choice.notes,
                *_notes_on(sparse, source.num_frames),
                *describe_strangers(choice.frames, answer.evidence),
                UNKNOWN_SCALE_NOTE,
                *up_notes,
            ),
            measures={**sparse_measures(sparse), "frames_observed": float((~trajectory.is_interpolated).sum())},
        )

    def solve_sparse(
        self, source: FrameSource, key_frames: NDArray[np.int64], *, events: EventSink, cancel: CancelToken
    ) -> SfmAnswer:
        """Cameras and sparse points of the keyframes (K,) in COLMAP's own units, checked and reduced to what holds.

        Raises
        ------
        ReconstructionError
            If the pictures or the solution cannot be trusted.
        """
        intrinsics = self._known_camera(source)
        answer = solve_cameras(
            source,
            key_frames,
            intrinsics=intrinsics,
            on_evidence=lambda evidence: require_evidence(source.name, key_frames, evidence),
            events=events,
            cancel=cancel,
        )
        answer = keep_firm(answer)
        require_trust(source.name, key_frames, answer, is_camera_known=intrinsics is not None)
        return answer

    def _known_camera(self, source: FrameSource) -> Intrinsics | None:
        if source.cameras is None or not self._use_known_camera:
            return None
        return source.cameras.intrinsics


def pick_keyframes(source: FrameSource, interval: int, events: EventSink, cancel: CancelToken) -> KeyframeChoice:
    """Measure the picture's motion and choose keyframes.

    Raises
    ------
    ReconstructionError
        If the clip is too short or stands still.
    """
    motion = measure_motion(source, progress=steps_of(events, "keyframes"), cancel=cancel)
    choice = choose_keyframes(motion, interval)
    require_keyframes(source.name, source.num_frames, choice.frames)
    return choice


def sparse_measures(sparse: SparseModel) -> dict[str, float]:
    """Numbers about a sparse model that are kept with the run."""
    observed = [len(rows) for rows in sparse.observations]
    return {
        "keyframes_chosen": float(sparse.num_keyframes + len(sparse.unregistered)),
        "keyframes_registered": float(sparse.num_keyframes),
        "sparse_points": float(len(sparse.points_world)),
        "observations_per_keyframe": float(np.mean(observed)),
        "reprojection_error_px": sparse.reprojection_error_px,
        "focal_px": sparse.intrinsics.fx_px,
    }


def _notes_on(sparse: SparseModel, num_frames: int) -> tuple[str, ...]:
    notes = []
    if sparse.unregistered:
        frames = ", ".join(map(str, sparse.unregistered[:8])) + (", …" if len(sparse.unregistered) > 8 else "")
        total = sparse.num_keyframes + len(sparse.unregistered)
        notes.append(f"{len(sparse.unregistered)} of {total} keyframes could not be placed: frames {frames}.")
    first, last = int(sparse.key_frames[0]), int(sparse.key_frames[-1])
    if any(frame < first or frame > last for frame in sparse.unregistered):
        notes.append(f"Only frames {first} to {last} of {num_frames} are solved; the others keep the nearest pose.")
    return tuple(notes)
