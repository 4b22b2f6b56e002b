"""Compile everything once, so that no user waits for it."""

from __future__ import annotations

import numpy as np

from l3rocc_engine.backends.dense.consistency import confirm_depths
from l3rocc_engine.backends.dense.correlation import CostVolume
from l3rocc_engine.backends.dense.fill import continue_planes, reject_seen_through
from l3rocc_engine.backends.dense.gate import expected_errors
from l3rocc_engine.backends.dense.matching import DepthPlanes, match_depth, match_offsets, surface_through
from l3rocc_engine.backends.dense.prior import predict_depth
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.sweep import sweep_planes, sweep_surface
from l3rocc_engine.progress import CancelToken


def warm() -> None:
    """Run every kernel on a tiny picture; numba keeps the compiled code on disk."""
    settings, cancel = DenseSettings(), CancelToken()
    grey = np.zeros((16, 24), np.float32)
    planes = DepthPlanes(near=1.0, far=2.0, count=8)
    maps, epipoles = np.eye(3)[None], np.array([[0.5, 0.0, 0.0]])
    volume = CostVolume(grey, planes.count, radius=settings.radius_px, eps=settings.variance)
    costs = sweep_planes(volume, [grey], maps, epipoles, planes.inverse_depths, cancel)
    depth = match_depth(costs, grey, planes, None, settings).depth
    offsets = np.array([-0.01, 0.0, 0.01], np.float32)
    surface = surface_through(depth, depth, grey)
    volume = CostVolume(grey, len(offsets), radius=settings.radius_px, eps=settings.variance)
    costs = sweep_surface(volume, [grey], maps, epipoles, surface, offsets, cancel)
    cost = match_offsets(costs, grey, surface, offsets, settings).cost
    predict_depth(depth[None], maps, -epipoles)
    views = np.empty(depth.shape, np.uint8)
    confirm_depths(depth, depth[None], maps, epipoles, maps, -epipoles, 1.0, 0.02, depth.copy(), views)
    expected_errors(depth, cost, maps, epipoles, 0.3, depth.copy())
    continue_planes(depth, depth[None].astype(np.float64), grey, 0.1)
    reject_seen_through(depth, depth[None].copy(), maps, epipoles, 0.03)
