"""The keyframes of one run and the steps that turn their pictures into depth, each step one keyframe at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.dense.confidence import confidence_of
from l3rocc_engine.backends.dense.consistency import confirm_depths
from l3rocc_engine.backends.dense.correlation import COST_SCALE, CostVolume
from l3rocc_engine.backends.dense.fill import continue_planes, contradicts_pictures, reject_seen_through
from l3rocc_engine.backends.dense.gate import expected_errors
from l3rocc_engine.backends.dense.matching import DepthPlanes, match_depth, match_offsets, surface_through
from l3rocc_engine.backends.dense.pixel_camera import PixelCamera
from l3rocc_engine.backends.dense.planes import find_planes, plane_depths
from l3rocc_engine.backends.dense.prior import predict_depth
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.sweep import sweep_planes, sweep_surface
from l3rocc_engine.backends.dense.views import Neighbours, View
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.reconstruction import PointMap

Depth = NDArray[np.float32]
Transfer = tuple[NDArray[np.float64], NDArray[np.float64]]


class DepthStages:
    """Depth maps of all keyframes at the stage reached so far.

    Every step writes only what belongs to its own keyframe and reads what earlier stages left for the others, so that
    the keyframes of one stage may run in any order on several threads with the same result.

    Attributes
    ----------
    depth
        (K, H, W) float32, as matched last; 0 where there is nothing to match with.
    confirmed
        (K, H, W) float32, confirmed by other views, 0 elsewhere.
    num_agreeing
        (K, H, W) uint8, views that confirm a depth.
    sigma
        (K, H, W) float32, expected error as a share of the scene's median depth.
    filled, fill_share
        (K, H, W) float32, depth of plane fill, 0 elsewhere, and how much of the surroundings the plane has.
    is_matched
        (K,) bool, those that have been through the first pass or have nothing to match with.
    cpu_s
        CPU seconds by step.
    """

    def __init__(
        self,
        *,
        views: list[View],
        camera: Intrinsics,
        world_from_cam: NDArray[np.float64],
        planes: list[DepthPlanes],
        neighbours: Neighbours,
        settings: DenseSettings,
        cancel: CancelToken,
    ) -> None:
        self.views, self.camera, self.planes = views, camera, planes
        self._poses, self._neighbours, self._settings, self._cancel = world_from_cam, neighbours, settings, cancel
        self._pixels = PixelCamera.of(camera)
        self._rays = camera.rays_cam()
        self._scene_depth = float(np.median(neighbours.median_depths))
        shape = (len(views), camera.height_px, camera.width_px)
        self.depth, self.confirmed, self.sigma = (np.zeros(shape, np.float32) for _ in range(3))
        self.filled, self.fill_share = (np.zeros(shape, np.float32) for _ in range(2))
        self.num_agreeing, self._costs = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        self._before: Depth = self.confirmed
        self._scene_planes: NDArray[np.float64] = np.empty((0, 4))
        self.is_matched = np.array([not sources for sources in neighbours.sources])
        self._volumes: dict[int, NDArray[np.uint8]] = {}
        self._kept_volumes = settings.volume_budget_bytes // (shape[1] * shape[2] * settings.num_planes)
        self.cpu_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def timed(self, name: str, step: Callable[[int], None]) -> Callable[[int], None]:
        """The step with its CPU time counted under ``name``; keyframes without partners are passed over."""

        def run(k: int) -> None:
            self._cancel.check()
            start_s = time.thread_time()
            if self._neighbours.sources[k]:
                step(k)
            with self._lock:
                self.cpu_s[name] = self.cpu_s.get(name, 0.0) + time.thread_time() - start_s

        return run

    def match_alone(self, k: int) -> None:
        """First pass: a keyframe by itself."""
        volume = self._plane_costs(k)
        if k < self._kept_volumes:
            self._volumes[k] = volume
        self.depth[k] = match_depth(volume, self.views[k].grey, self.planes[k], None, self._settings).depth
        self.is_matched[k] = True

    def can_confirm(self, k: int) -> bool:
        """Whether a keyframe has depths, and those that it is checked against have been through the first pass too."""
        return bool(self._neighbours.sources[k]) and bool(self.is_matched[[k, *self._neighbours.checks[k]]].all())

    def remember(self) -> None:
        """Fix what is confirmed now as what the next pass may lean on."""
        self._before = self.confirmed.copy()

    def match_with_neighbours(self, k: int) -> None:
        """Second pass: the same costs, pulled towards what the neighbours confirmed."""
        volume = self._volumes.pop(k, None)
        if volume is None:
            volume = self._plane_costs(k)
        partners = [k, *self._neighbours.checks[k]]
        predicted = predict_depth(self._before[partners], *self._back(k, partners))
        self.depth[k] = match_depth(volume, self.views[k].grey, self.planes[k], predicted, self._settings).depth

    def match_along_surface(self, k: int) -> None:
        """Third pass: sweep around the surfaces found, so that windows and smoothness follow their slant."""
        settings, guide = self._settings, self.views[k].grey
        surface = surface_through(self._before[k], self.depth[k], guide)
        half = settings.surface_planes // 2
        offsets = (np.arange(-half, half + 1) * self.planes[k].step * settings.surface_step).astype(np.float32)
        volume = sweep_surface(
            self._volume(k, len(offsets)), self._greys(k), *self._there(k), surface, offsets, self._cancel
        )
        match = match_offsets(volume, guide, surface, offsets, settings)
        self.depth[k], self._costs[k] = match.depth, match.cost

    def confirm(self, k: int) -> None:
        """Keep the depths that other views confirm, averaged over those views."""
        settings, partners = self._settings, list(self._neighbours.checks[k])
        confirm_depths(
            self.depth[k],
            self.depth[partners],
            *self._pixels.transfer(self._poses[k], self._poses[partners]),
            *self._back(k, partners),
            settings.max_error_px,
            settings.max_depth_error,
            self.confirmed[k],
            self.num_agreeing[k],
        )
        self.confirmed[k][self.num_agreeing[k] < min(settings.min_views, len(partners))] = 0.0

    def gate(self, k: int) -> None:
        """Drop depths that are too uncertain for the parallax and the match they come from."""
        sigma = self.sigma[k]
        expected_errors(self.confirmed[k], self._costs[k], *self._there(k), self._settings.match_error_px, sigma)
        sigma /= self._scene_depth
        self.confirmed[k][sigma > self._settings.max_sigma] = 0.0

    def find_scene_planes(self) -> None:
        """Look for the large planes among the confirmed points of all keyframes."""
        start_s = time.thread_time()
        triplets = np.concatenate([self._triplets(k) for k in range(len(self.views))])
        settings = self._settings
        self._scene_planes = find_planes(
            triplets,
            tolerance=settings.plane_tolerance * self._scene_depth,
            max_planes=settings.max_scene_planes,
            least_share=settings.least_plane_share,
        )
        self.cpu_s["planes"] = time.thread_time() - start_s

    def fill(self, k: int) -> None:
        """Continue scene planes into open pixels, unless another view or the pictures speak against it."""
        if not len(self._scene_planes):
            return
        settings = self._settings
        candidates = plane_depths(self._scene_planes, self._poses[k], self._rays)
        candidates[candidates > self.planes[k].far] = 0.0
        self._cancel.check()
        tolerance = 1.5 * settings.plane_tolerance * self._scene_depth
        depth, share = continue_planes(self.confirmed[k], candidates, self.views[k].grey, tolerance)
        self._cancel.check()
        checks = list(self._neighbours.checks[k])
        maps, epipoles = self._pixels.transfer(self._poses[k], self._poses[checks])
        reject_seen_through(depth, self.confirmed[checks], maps, epipoles, settings.free_space_slack)
        inverse = np.where(depth > 0, 1.0 / np.maximum(depth, 1e-6), 1.0 / self.planes[k].far).astype(np.float32)
        costs = sweep_surface(
            self._volume(k, 1), self._greys(k), *self._there(k), inverse, np.zeros(1, np.float32), self._cancel
        )
        depth[contradicts_pictures(costs[..., 0], self.views[k].grey, COST_SCALE)] = 0.0
        self.filled[k], self.fill_share[k] = depth, share

    def point_map(self, k: int) -> PointMap:
        """What is known of one keyframe by now, as points in its camera frame."""
        depth = np.where(self.confirmed[k] > 0, self.confirmed[k], self.filled[k])
        depth[depth <= 0] = np.nan
        return PointMap(
            frame_idx=self.views[k].frame_idx,
            points_cam=self._rays * depth[..., None],
            confidence=confidence_of(
                self.confirmed[k], self.num_agreeing[k], self.sigma[k], self.filled[k], self.fill_share[k]
            ),
            colors=self.views[k].colors,
        )

    def _triplets(self, k: int) -> NDArray[np.float64]:
        """Confirmed points with their neighbours to the right and below, world frame, on a coarse lattice."""
        depth, pose, step = self.confirmed[k], self._poses[k], self._settings.triplet_step_px
        a, b, c = depth[:-step:step, :-step:step], depth[:-step:step, step::step], depth[step::step, :-step:step]
        h, w = min(a.shape[0], c.shape[0]), min(a.shape[1], b.shape[1])
        known = (a[:h, :w] > 0) & (b[:h, :w] > 0) & (c[:h, :w] > 0)
        rays = self._rays.astype(np.float64)
        corners = []
        for part, ray in (
            (a, rays[:-step:step, :-step:step]),
            (b, rays[:-step:step, step::step]),
            (c, rays[step::step, :-step:step]),
        ):
            points = (ray[:h, :w] * part[:h, :w, None])[known]
            corners.append(points @ pose[:3, :3].T + pose[:3, 3])
        return np.stack(corners, axis=1)

    def _plane_costs(self, k: int) -> NDArray[np.uint8]:
        planes = self.planes[k]
        return sweep_planes(
            self._volume(k, planes.count), self._greys(k), *self._there(k), planes.inverse_depths, self._cancel
        )

    def _volume(self, k: int, count: int) -> CostVolume:
        return CostVolume(self.views[k].grey, count, radius=self._settings.radius_px, eps=self._settings.variance)

    def _greys(self, k: int) -> list[Depth]:
        return [self.views[j].grey for j in self._neighbours.sources[k]]

    def _there(self, k: int) -> Transfer:
        """Maps from keyframe ``k`` to the pictures it is matched with."""
        return self._pixels.transfer(self._poses[k], self._poses[list(self._neighbours.sources[k])])

    def _back(self, k: int, partners: list[int]) -> Transfer:
        """Maps from each partner's indices to those of keyframe ``k``."""
        if not partners:
            return np.empty((0, 3, 3)), np.empty((0, 3))
        pairs = [self._pixels.transfer(self._poses[j], self._poses[[k]]) for j in partners]
        return np.concatenate([maps for maps, _ in pairs]), np.concatenate([epipoles for _, epipoles in pairs])
