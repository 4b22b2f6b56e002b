"""Depth of every keyframe from its neighbours: the whole dense stage."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.consistency import confirm_depths
from l3rocc_engine.backends.dense.gate import expected_errors
from l3rocc_engine.backends.dense.matching import DepthPlanes, Match, match_depth
from l3rocc_engine.backends.dense.pixel_camera import PixelCamera
from l3rocc_engine.backends.dense.prior import predict_depth
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.sweep import sweep_planes
from l3rocc_engine.backends.dense.views import (
    Neighbours,
    View,
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
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.trajectory import interpolate_trajectory
from l3rocc_engine.progress import CancelToken, EventSink, steps_of
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
        Called on this thread with each point map once it is final.

    Raises
    ------
    ReconstructionError
        If the model has fewer than two keyframes or hardly any points.
    Cancelled
        If ``cancel`` was set.
    """
    clip = _Clip(source, sparse, settings or DenseSettings(), cancel)
    clip.match(steps_of(events, "depth", "Matching pictures"))
    clip.refine(steps_of(events, "consistency", "Checking depths between views"))
    trajectory = interpolate_trajectory(sparse.key_frames, sparse.world_from_cam, source.timestamps_s)
    point_maps = []
    for k in range(sparse.num_keyframes):
        cancel.check()
        point_map = clip.point_map(k)
        point_maps.append(point_map)
        if on_point_map is not None:
            on_point_map(point_map, trajectory)
    return DenseResult(point_maps=tuple(point_maps), measures=clip.measures(), notes=())


class _Clip:
    """The keyframes of one run and what is known about them so far."""

    def __init__(self, source: FrameSource, sparse: SparseModel, settings: DenseSettings, cancel: CancelToken) -> None:
        self._settings, self._sparse, self._cancel = settings, sparse, cancel
        self._count = sparse.num_keyframes
        self._camera: Intrinsics = working_intrinsics(sparse.intrinsics, settings.max_pixels)
        self._pixels = PixelCamera.of(self._camera)
        depths = [sparse_depths_of(sparse, k, self._camera) for k in range(self._count)]
        _require_points(depths)
        self._planes = [DepthPlanes.around(d, settings) for d in depths]
        self._neighbours: Neighbours = choose_neighbours(
            sparse,
            np.array([np.median(d) for d in depths]),
            source_ratios=settings.source_ratios,
            check_ratios=settings.check_ratios,
            max_angle_deg=settings.max_angle_deg,
        )
        self._views: list[View] = list(load_views(source, sparse, self._camera, cancel))
        self._volumes: dict[int, NDArray[np.uint8]] = {}
        self._matches: list[Match | None] = [None] * self._count
        shape = (self._count, self._camera.height_px, self._camera.width_px)
        self._depth = np.zeros(shape, np.float32)
        self._confirmed = np.zeros(shape, np.float32)
        self._views_agreeing = np.zeros(shape, np.uint8)
        self._sigma = np.zeros(shape, np.float32)
        self._cpu_s: dict[str, float] = {}

    def _timed(self, name: str, task: Callable[[int], None]) -> Callable[[int], None]:
        def run(k: int) -> None:
            self._cancel.check()
            start_s = time.thread_time()
            task(k)
            self._cpu_s[name] = self._cpu_s.get(name, 0.0) + time.thread_time() - start_s

        return run

    def _sweep(self, k: int) -> NDArray[np.uint8]:
        settings, poses = self._settings, self._sparse.world_from_cam
        partners = list(self._neighbours.sources[k])
        maps, epipoles = self._pixels.transfer(poses[k], poses[partners])
        return sweep_planes(
            self._views[k].grey,
            [self._views[j].grey for j in partners],
            maps,
            epipoles,
            self._planes[k].inverse_depths,
            radius=settings.radius_px,
            eps=settings.variance,
            cancel=self._cancel,
        )

    def match(self, progress: Callable[[int, int], None]) -> None:
        """First pass: every keyframe by itself."""
        volume_bytes = self._camera.width_px * self._camera.height_px * self._settings.num_planes
        kept = self._settings.volume_budget_bytes // volume_bytes

        def task(k: int) -> None:
            if not self._neighbours.sources[k]:
                return
            volume = self._sweep(k)
            if k < kept:
                self._volumes[k] = volume
            self._depth[k] = match_depth(volume, self._views[k].grey, self._planes[k], None, self._settings).depth

        for_each(self._timed("depth", task), self._count, progress=progress, cancel=self._cancel)
        for_each(self._timed("confirm", self._confirm), self._count, progress=lambda *_: None, cancel=self._cancel)

    def refine(self, progress: Callable[[int, int], None]) -> None:
        """Second pass: every keyframe again, pulled towards what its neighbours found; then the checks."""
        first = self._confirmed.copy()

        def task(k: int) -> None:
            if not self._neighbours.sources[k]:
                return
            volume = self._volumes.pop(k, None)
            if volume is None:
                volume = self._sweep(k)
            poses, partners = self._sparse.world_from_cam, [k, *self._neighbours.checks[k]]
            maps, epipoles = _maps_back(self._pixels, poses, k, partners)
            predicted = predict_depth(first[partners], maps, epipoles)
            self._depth[k] = match_depth(volume, self._views[k].grey, self._planes[k], predicted, self._settings).depth

        for_each(self._timed("depth 2", task), self._count, progress=progress, cancel=self._cancel)
        for_each(self._timed("confirm", self._confirm), self._count, progress=lambda *_: None, cancel=self._cancel)
        for_each(self._timed("gate", self._gate), self._count, progress=lambda *_: None, cancel=self._cancel)

    def _confirm(self, k: int) -> None:
        poses, partners = self._sparse.world_from_cam, list(self._neighbours.checks[k])
        fused = self._confirmed[k]
        maps, epipoles = self._pixels.transfer(poses[k], poses[partners])
        back_maps, back_epipoles = _maps_back(self._pixels, poses, k, partners)
        settings = self._settings
        confirm_depths(
            self._depth[k],
            self._depth[partners],
            maps,
            epipoles,
            back_maps,
            back_epipoles,
            settings.max_error_px,
            settings.max_depth_error,
            fused,
            self._views_agreeing[k],
        )
        fused[self._views_agreeing[k] < min(settings.min_views, len(partners))] = 0.0

    def _gate(self, k: int) -> None:
        poses, partners = self._sparse.world_from_cam, list(self._neighbours.sources[k])
        maps, epipoles = self._pixels.transfer(poses[k], poses[partners])
        expected_errors(self._confirmed[k], maps, epipoles, self._settings.match_error_px, self._sigma[k])
        limit = self._settings.max_sigma * float(np.median(self._neighbours.median_depths))
        self._confirmed[k][self._sigma[k] > limit] = 0.0

    def point_map(self, k: int) -> PointMap:
        """What is known of one keyframe as points in its camera frame."""
        depth = self._confirmed[k]
        known = depth > 0
        points = self._camera.rays_cam() * np.where(known, depth, np.nan).astype(np.float32)[..., None]
        confidence = np.where(known, 0.5 + 0.5 * (self._views_agreeing[k] / 6.0), 0.0).astype(np.float32)
        return PointMap(
            frame_idx=self._views[k].frame_idx, points_cam=points, confidence=confidence, colors=self._views[k].colors
        )

    def measures(self) -> dict[str, float]:
        """Share of pixels with depth, and CPU seconds by step."""
        measured = float((self._confirmed > 0).mean())
        return {"density_measured": measured, **{f"cpu_s {k}": v for k, v in self._cpu_s.items()}}


def _maps_back(
    pixels: PixelCamera, poses: NDArray[np.float64], k: int, partners: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Maps from each partner's indices to those of view ``k``."""
    pairs = [pixels.transfer(poses[j], poses[[k]]) for j in partners]
    if not pairs:
        return np.empty((0, 3, 3)), np.empty((0, 3))
    return np.concatenate([maps for maps, _ in pairs]), np.concatenate([epipoles for _, epipoles in pairs])


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
