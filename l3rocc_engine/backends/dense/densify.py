"""Depth of every keyframe from its neighbours: the whole dense stage."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.early_depth import EarlyDepth
from l3rocc_engine.backends.dense.matching import DepthPlanes
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.stages import DepthStages
from l3rocc_engine.backends.dense.views import (
    choose_neighbours,
    load_views,
    sparse_depths_of,
    working_intrinsics,
)
from l3rocc_engine.backends.dense.workers import for_each
from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.interpolate import interpolate_trajectory
from l3rocc_engine.progress import CancelToken, EventSink, StepProgress, no_progress, steps_of
from l3rocc_engine.reconstruction import PointMap

_FEWEST_POINTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseResult:
    """Point maps of all keyframes, in their order, with numbers and sentences about how it went."""

    point_maps: tuple[PointMap, ...]
    measures: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def densify(
    source: FrameSource,
    sparse: SparseModel,
    *,
    events: EventSink,
    cancel: CancelToken,
    on_point_map: PointMapSink | None = None,
    settings: DenseSettings | None = None,
) -> DenseResult:
    """Find the depth of every keyframe.

    Parameters
    ----------
    source
        Where the keyframes' pictures come from.
    sparse
        Poses, camera and points of the keyframes.
    events
        Gets the stages ``depth``, ``consistency`` and ``fill``, counted in keyframes.
    on_point_map
        Called on this thread with what the first pass found of each keyframe as soon as its neighbours confirm it,
        and with each point map once it is final.

    Returns
    -------
    DenseResult
        Point maps with the confidence of :func:`l3rocc_engine.backends.dense.confidence.confidence_of`.

    Raises
    ------
    ReconstructionError
        If the model has fewer than two keyframes or hardly any points.
    Cancelled
        If ``cancel`` was set.
    """
    stages = _open_stages(source, sparse, settings or DenseSettings(), cancel)
    trajectory = interpolate_trajectory(sparse.key_frames, sparse.world_from_cam, source.timestamps_s)
    early = None if on_point_map is None else EarlyDepth(stages, lambda early_map: on_point_map(early_map, trajectory))
    _run(stages, early, events, cancel)
    point_maps = []
    for k in range(sparse.num_keyframes):
        cancel.check()
        point_maps.append(stages.point_map(k))
        if on_point_map is not None:
            on_point_map(point_maps[-1], trajectory)
    return DenseResult(point_maps=tuple(point_maps), measures=_measures(stages), notes=_notes(stages))


def _open_stages(source: FrameSource, sparse: SparseModel, settings: DenseSettings, cancel: CancelToken) -> DepthStages:
    """Read the keyframes and decide who is compared with whom, over which depths."""
    camera = working_intrinsics(sparse.intrinsics, settings.max_pixels)
    depths = [sparse_depths_of(sparse, k, camera) for k in range(sparse.num_keyframes)]
    _require_points(depths)
    neighbours = choose_neighbours(
        sparse,
        np.array([np.median(d) for d in depths]),
        source_ratios=settings.source_ratios,
        check_ratios=settings.check_ratios,
        max_angle_deg=settings.max_angle_deg,
    )
    return DepthStages(
        views=list(load_views(source, sparse, camera, cancel)),
        camera=camera,
        world_from_cam=sparse.world_from_cam,
        planes=[DepthPlanes.around(d, settings) for d in depths],
        neighbours=neighbours,
        settings=settings,
        cancel=cancel,
    )


def _run(stages: DepthStages, early: EarlyDepth | None, events: EventSink, cancel: CancelToken) -> None:
    """All passes in order."""
    count = len(stages.views)

    def each(name: str, step: str, progress: StepProgress = no_progress) -> None:
        for_each(stages.timed(name, getattr(stages, step)), count, progress=progress, cancel=cancel)

    matching = steps_of(events, "depth", "Matching pictures")
    each("match", "match_alone", matching if early is None else early.following(matching))
    each("confirm", "confirm")
    stages.remember()
    progress = steps_of(events, "consistency", "Checking depths between views")
    each("match again", "match_with_neighbours", lambda done, _: progress(done, 2 * count))
    each("confirm", "confirm")
    stages.remember()
    each("match surface", "match_along_surface", lambda done, _: progress(count + done, 2 * count))
    each("confirm", "confirm")
    each("gate", "gate")
    stages.find_scene_planes()
    each("fill", "fill", steps_of(events, "fill", "Continuing planes"))


def _measures(stages: DepthStages) -> dict[str, float]:
    """Share of pixels with depth, and CPU seconds by step."""
    measured = float((stages.confirmed > 0).mean())
    return {
        "depth_measured_share": measured,
        "depth_filled_share": float(((stages.filled > 0) & (stages.confirmed <= 0)).mean()),
        **{f"depth_{name.replace(' ', '_')}_cpu_s": value for name, value in stages.cpu_s.items()},
    }


def _notes(stages: DepthStages) -> tuple[str, ...]:
    """Sentences about keyframes for which no depth could be found."""
    empty = [view.frame_idx for view, depth in zip(stages.views, stages.confirmed, strict=True) if not depth.any()]
    if not empty:
        return ()
    frames = ", ".join(map(str, empty[:8])) + (" …" if len(empty) > 8 else "")
    return (f"No depth was found for {len(empty)} of {len(stages.views)} keyframes (frames {frames}).",)


def _require_points(depths: list[NDArray[np.float64]]) -> None:
    if len(depths) < 2:
        raise ReconstructionError(
            "Depth needs at least two placed keyframes.", "Use a longer clip in which the camera moves sideways."
        )
    if min(len(d) for d in depths) < _FEWEST_POINTS:
        raise ReconstructionError(
            "Hardly any points were found in some pictures, so their depth cannot be bounded.",
            "Use a clip with more texture, or cut away the part where nothing can be seen.",
        )
