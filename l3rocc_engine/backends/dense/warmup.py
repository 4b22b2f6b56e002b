"""Compile everything once, so that no user waits for it."""

from __future__ import annotations

import numpy as np

from l3rocc_engine.backends.dense.consistency import confirm_depths
from l3rocc_engine.backends.dense.gate import expected_errors
from l3rocc_engine.backends.dense.matching import DepthPlanes, match_depth
from l3rocc_engine.backends.dense.prior import predict_depth
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.sweep import sweep_planes
from l3rocc_engine.progress import CancelToken


def warm() -> None:
    """Run every kernel on a tiny picture; numba keeps the compiled code on disk."""
    settings = DenseSettings()
    grey = np.zeros((16, 24), np.float32)
    planes = DepthPlanes(near=1.0, far=2.0, count=8)
    maps, epipoles = np.eye(3)[None], np.array([[0.5, 0.0, 0.0]])
    volume = sweep_planes(grey, [grey], maps, epipoles, planes.inverse_depths, radius=3, eps=4.0, cancel=CancelToken())
    depth = match_depth(volume, grey, planes, None, settings).depth
    predict_depth(depth[None], maps, -epipoles)
    views = np.empty(depth.shape, np.uint8)
    confirm_depths(depth, depth[None], maps, epipoles, maps, -epipoles, 1.0, 0.02, depth.copy(), views)
    expected_errors(depth, maps, epipoles, 0.3, depth.copy())
