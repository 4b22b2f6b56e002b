"""How exact joining, intrinsics, interpolation and scale are: ``python -m benchmarks.bench_network_geometry``.

A network that knows the answer films the furnished room of the tests, 41 frames in four passes of eight keyframes, each
pass in a world and at a scale of its own. Noise is a share of the depth at every pixel and of the camera centres in
units of a metre; outliers have a wrong depth and full confidence. Errors are the largest over the clip, drift in full:
nothing is aligned but the first camera.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.measure import Row
from l3rocc_engine.backends.pi3.backend import Pi3Backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.geometry.scale import scale_from_path
from l3rocc_engine.geometry.se3 import rotation_angle_deg
from l3rocc_engine.progress import CancelToken, no_events
from tests.engine.backends.pi3.oracle import CAMERA, PIXELS, ROOMY, Oracle, RoomSource
from tests.engine.backends.pi3.test_backend import truth_from_world, world_errors

CASES = ((0.0, 0.0), (0.01, 0.0), (0.01, 0.2), (0.0, 0.2))
FRAMES, CHUNK = 41, 8


def rows() -> list[Row]:
    """One group of rows a case."""
    source = RoomSource(FRAMES)
    return [row for noise, outliers in CASES for row in _case(source, noise, outliers)]


def _case(source: RoomSource, noise: float, outliers: float) -> list[Row]:
    oracle = Oracle(source, noise=noise, outliers=outliers)
    backend = Pi3Backend(weights=Path("none"), load=lambda _path, _device: oracle, device=ROOMY)
    config = PipelineConfig(interval=2, network_pixels=PIXELS, network_frames=CHUNK)
    made = backend.reconstruct(source, config, events=no_events, cancel=CancelToken())
    poses = truth_from_world(made, source).apply_poses(made.trajectory.world_from_cam)
    centre_m = np.linalg.norm(poses[:, :3, 3] - source.poses[:, :3, 3], axis=1)
    turn_deg = rotation_angle_deg(poses, source.poses)
    is_key, k = ~made.trajectory.is_interpolated, made.intrinsics
    k_px = np.abs(
        np.subtract((k.fx_px, k.fy_px, k.cx_px, k.cy_px), (CAMERA.fx_px, CAMERA.fy_px, CAMERA.cx_px, CAMERA.cy_px))
    )
    given = source.poses.copy()
    wrong = np.random.default_rng(0).random(FRAMES) < outliers
    given[wrong, :3, 3] += np.random.default_rng(1).normal(size=(int(wrong.sum()), 3))
    scale = scale_from_path(made.trajectory.world_from_cam[is_key], given[is_key]).metres_from_model.scale
    text = f"noise {noise:.0%}, outliers {outliers:.0%}"
    numbers = {
        "keyframe centres": (1e3 * centre_m[is_key].max(), "mm"),
        "keyframe rotations": (turn_deg[is_key].max(), "deg"),
        "interpolated centres": (1e3 * centre_m[~is_key].max(), "mm"),
        "interpolated rotations": (turn_deg[~is_key].max(), "deg"),
        "world points, worst keyframe's median": (1e3 * max(world_errors(made, source)), "mm"),
        "largest seam error": (100 * max(made.measures[f"seam_error_{n}"] for n in (2, 3, 4)), "% depth"),
        "fx, fy, cx, cy": (float(k_px.max()), "px"),
        "scale by the true path": (100 * abs(scale / truth_from_world(made, source).scale - 1), "%"),
    }
    return [Row(name=name, value=float(value), unit=unit, input=text) for name, (value, unit) in numbers.items()]


if __name__ == "__main__":
    for row in rows():
        print(f"  {row.name:40s} {row.value:11.3g} {row.unit:8s} {row.input}")
