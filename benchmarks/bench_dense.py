"""Dense depth by itself, under true poses: ``python -m benchmarks.bench_dense [INTERNDATA_TRAJECTORY_FOLDER]``.

The bundled clip is compared with its exact depth; a trajectory folder, where one is given, with the structure points
of its navigation map. Each is reported for all depths that pass the default threshold, and for measured ones alone.
CPU seconds are those of the process; kernels are compiled before the clock starts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import peak_mb
from l3rocc_engine.backends.builtin.backend import pick_keyframes
from l3rocc_engine.backends.dataset import triangulate_given
from l3rocc_engine.backends.dense import DenseResult, DenseSettings, densify, warm
from l3rocc_engine.backends.dense.confidence import MEASURED_LOWEST
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.evaluation.cloud import compare_clouds
from l3rocc_engine.evaluation.depth import compare_depth, resample_depth
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.source import FrameSource, KnownCameras
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, no_events
from l3rocc_engine.reconstruction import PointMap
from l3rocc_engine.sample import SampleTruth, load_sample_truth, sample_video_path
from l3rocc_engine.storage.ply import read_ply

THRESHOLDS = (("all", 0.1), ("measured", MEASURED_LOWEST))
STRUCTURE_GREY = 102
FLOOR_MARGIN_M = (0.12, 0.85)
MOST_POINTS = 60_000
SPLAT_PX = (120, 68)
FARTHEST_SEEN_M = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A source, true cameras for it, and its keyframes triangulated under them."""

    source: FrameSource
    cameras: KnownCameras
    sparse: SparseModel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trajectory", type=Path, nargs="?", help="InternData-N1 trajectory folder")
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--skip-sample", action="store_true")
    arguments = parser.parse_args()
    warm()
    if not arguments.skip_sample:
        report_sample(arguments.interval)
    if arguments.trajectory is not None:
        report_trajectory(arguments.trajectory, arguments.interval)


def pose(source: FrameSource, cameras: KnownCameras, interval: int) -> Posed:
    chosen = pick_keyframes(source, interval, no_events, CancelToken())
    sparse = triangulate_given(source, cameras, chosen.frames, events=no_events, cancel=CancelToken())
    return Posed(source=source, cameras=cameras, sparse=sparse)


def measure(name: str, posed: Posed) -> DenseResult:
    """Run the dense stage and print what it cost."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    made = densify(posed.source, posed.sparse, events=no_events, cancel=CancelToken(), settings=DenseSettings())
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    count = len(made.point_maps)
    height, width = made.point_maps[0].confidence.shape
    peak_gb = peak_mb() / 1e3
    print(f"{name}: {count} keyframes, {width}x{height} px")
    print(f"  {cpu_s:.1f} CPU-s ({cpu_s / count:.2f} a keyframe), {wall_s:.1f} s wall, peak memory {peak_gb:.2f} GB")
    steps = {key: value for key, value in made.measures.items() if key.endswith("_cpu_s")}
    print("  " + ", ".join(f"{key[6:-6]} {value / count:.3f}" for key, value in steps.items()) + " CPU-s a keyframe")
    for note in made.notes:
        print(f"  note: {note}")
    return made


def density(maps: Iterable[PointMap], least: float) -> float:
    return float(np.mean([(point_map.confidence >= least).mean() for point_map in maps]))


def report_sample(interval: int) -> None:
    truth: SampleTruth = load_sample_truth()
    source = open_source(sample_video_path())
    trajectory = Trajectory(
        world_from_cam=truth.world_from_cam,
        timestamps_s=truth.timestamps_s,
        is_interpolated=np.zeros(truth.num_frames, bool),
    )
    cameras = KnownCameras(trajectory=trajectory, intrinsics=truth.intrinsics)
    made = measure("bundled clip, true poses", pose(source, cameras, interval))
    for name, least in THRESHOLDS:
        pairs = []
        for point_map in made.point_maps:
            height, width = point_map.confidence.shape
            known = point_map.confidence >= least
            found = np.where(known, point_map.points_cam[..., 2], 0.0)
            pairs.append((found, resample_depth(truth.depth_m(point_map.frame_idx), width, height)))
        error = compare_depth(pairs)
        print(
            f"  {name:9s} density {density(made.point_maps, least):.3f}  AbsRel {error.abs_rel:.4f}  "
            f"median {error.median_rel:.4f}  delta 1.25 {error.delta_125:.4f}"
        )
    source.close()


def report_trajectory(folder: Path, interval: int) -> None:
    source = open_source(folder)
    cameras = source.cameras
    if cameras is None:
        raise SystemExit(f"{folder} brings no camera poses.")
    posed = pose(source, cameras, interval)
    made = measure(f"{folder.name}, its own poses", posed)
    structure, others, floor_z = read_map(folder)
    seen = structure[seen_by(posed.sparse, structure, np.concatenate([structure, others]))]
    for name, least in THRESHOLDS:
        points = world_points(made, posed.sparse, least)
        low, high = (floor_z + margin for margin in FLOOR_MARGIN_M)
        band = thinned(points[(points[:, 2] > low) & (points[:, 2] < high)])
        floor = points[np.abs(points[:, 2] - floor_z) < FLOOR_MARGIN_M[0]]
        forth, back = compare_clouds(band, structure), compare_clouds(thinned(points, 5 * MOST_POINTS), seen)
        print(
            f"  {name:9s} density {density(made.point_maps, least):.3f}  "
            f"point to plane {forth.plane_median_m * 100:.2f} cm  within 10 cm {forth.within_10cm:.3f}  "
            f"within 5 cm {forth.within_5cm:.3f}  floor {np.median(np.abs(floor[:, 2] - floor_z)) * 100:.2f} cm  "
            f"recall at 10 cm {back.recall_10cm:.3f}"
        )
    source.close()


def read_map(folder: Path) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Structure points and floor-level points of the navigation map, and the height of the free floor."""
    cloud = read_ply(next(folder.rglob("path.ply")))
    if cloud.colors is None:
        raise SystemExit("The navigation map has no labels.")
    points, colors = np.asarray(cloud.points, dtype=np.float64), np.asarray(cloud.colors)
    is_structure = (colors == STRUCTURE_GREY).all(axis=1)
    is_path = (colors == 0).all(axis=1)
    is_floor = ~is_structure & ~is_path & (colors[:, 1] > 0)
    return points[is_structure], points[~is_structure & ~is_path], float(np.median(points[is_floor, 2]))


def world_points(made: DenseResult, sparse: SparseModel, least: float) -> NDArray[np.float64]:
    return np.concatenate(
        [
            transform(world_from_cam, point_map.points_cam[point_map.confidence >= least].astype(np.float64))
            for point_map, world_from_cam in zip(made.point_maps, sparse.world_from_cam, strict=True)
        ]
    )


def thinned(points: NDArray[np.float64], most: int = MOST_POINTS) -> NDArray[np.float64]:
    chosen = np.random.default_rng(0).permutation(len(points))[:most]
    return points[chosen]


def seen_by(sparse: SparseModel, points: NDArray[np.float64], occluders: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points some keyframe sees, nothing of the map standing before them."""
    seen = np.zeros(len(points), bool)
    for world_from_cam in sparse.world_from_cam[::2]:
        front = np.full(SPLAT_PX[::-1], np.inf)
        pixel, z, inside = project(occluders, world_from_cam, sparse.intrinsics)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                x = np.clip(pixel[inside, 0] + dx, 0, SPLAT_PX[0] - 1)
                y = np.clip(pixel[inside, 1] + dy, 0, SPLAT_PX[1] - 1)
                np.minimum.at(front, (y, x), z[inside])
        pixel, z, inside = project(points, world_from_cam, sparse.intrinsics)
        inside &= z < FARTHEST_SEEN_M
        seen[inside] |= z[inside] < front[pixel[inside, 1], pixel[inside, 0]] + 0.15
    return seen


def project(
    points: NDArray[np.float64], world_from_cam: NDArray[np.float64], intrinsics: Intrinsics
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    k = intrinsics.scaled_to(*SPLAT_PX).matrix
    cam = transform(invert(world_from_cam), points)
    z = cam[:, 2]
    pixel = np.floor((cam @ k.T)[:, :2] / np.maximum(z, 0.1)[:, None]).astype(np.int64)
    return pixel, z, (z > 0.1) & (pixel >= 0).all(axis=1) & (pixel < SPLAT_PX).all(axis=1)


if __name__ == "__main__":
    main()
