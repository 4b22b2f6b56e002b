"""Errors against truth: ``python -m benchmarks.bench_truth [INTERNDATA_TRAJECTORY_FOLDER]``.

Runs the bundled clip through the built-in backend and, where a folder is given, that trajectory through the built-in
and the dataset backend, and prints what was measured beside the targets.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import cpu_s
from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.backends.dataset import DatasetBackend
from l3rocc_engine.backends.protocol import Backend
from l3rocc_engine.cloud.fuse import fuse_point_maps
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.evaluation.cloud import CloudError, compare_clouds
from l3rocc_engine.evaluation.scene import SceneError, align_reconstruction, compare_scene
from l3rocc_engine.evaluation.trajectory import TrajectoryError, align_by_poses, compare_trajectories
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.occupancy import GridSpec
from l3rocc_engine.progress import CancelToken, no_events
from l3rocc_engine.reconstruction import PointMap, Reconstruction
from l3rocc_engine.sample import load_sample_truth, sample_video_path
from l3rocc_engine.storage.ply import read_ply

FINE_GRID = GridSpec(pc_range=(-4.0, -4.0, -4.0, 4.0, 4.0, 6.0), voxel_size=0.05)

SPLAT_PX = (80, 45)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trajectory", type=Path, nargs="?", help="InternData-N1 trajectory folder")
    parser.add_argument("--skip-sample", action="store_true")
    parser.add_argument("--json", type=Path, help="write all numbers here")
    arguments = parser.parse_args()
    numbers: dict[str, object] = {}
    config = PipelineConfig()
    if not arguments.skip_sample:
        numbers["sample"] = report_sample(config)
    if arguments.trajectory is not None:
        numbers["trajectory"] = report_trajectory(arguments.trajectory, config)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(numbers, indent=2, default=float), encoding="utf-8")


def reconstruct(backend: Backend, source: FrameSource, config: PipelineConfig) -> Reconstruction:
    """Run a backend; print what it cost and said."""
    wall, cpu = time.perf_counter(), cpu_s()
    made = backend.reconstruct(source, config, events=no_events, cancel=CancelToken())
    wall, cpu = time.perf_counter() - wall, cpu_s() - cpu
    print(f"  {len(made.point_maps)} keyframes of {source.num_frames} frames, {wall:.0f} s wall, {cpu:.0f} s CPU")
    for note in made.notes:
        print(f"  note: {note}")
    print("  measures: " + ", ".join(f"{name} {value:.4g}" for name, value in made.measures.items()))
    return made


def report_sample(config: PipelineConfig) -> dict[str, object]:
    print("Bundled clip, builtin backend")
    truth = load_sample_truth()
    source = open_source(sample_video_path())
    made = reconstruct(BuiltinBackend(), source, config)
    source.close()
    error = compare_scene(made, truth, min_confidence=config.min_confidence)
    print_scene(error)
    return asdict(error)


def print_scene(error: SceneError) -> None:
    path, depth, world, ego = error.trajectory, error.depth, error.world, error.egocentric
    row(
        "pose ATE / path",
        path.ate_per_path,
        "<= 0.005",
        f"{path.ate_rmse_m * 1000:.1f} mm / {path.path_length_m:.2f} m",
    )
    row("pose rotation, median", path.rotation_median_deg, "", f"degrees; worst {path.rotation_max_deg:.3f}")
    row("focal length ratio", error.focal_ratio, "")
    row("depth AbsRel", depth.abs_rel, "<= 0.04", f"median {depth.median_rel:.4f}")
    row("depth delta 1.25", depth.delta_125, ">= 0.96")
    row("depth density", depth.density, "")
    for name, found in (("world", world), ("egocentric", ego)):
        row(f"occupancy 5 cm {name} IoU", found.iou, ">= 0.35")
        row("  precision +-1", found.near_precision, ">= 0.90", f"exact {found.precision:.3f}")
        row("  recall +-1", found.near_recall, ">= 0.65", f"exact {found.recall:.3f}")
    print_cloud(error.cloud, "cloud")


def print_cloud(cloud: CloudError, what: str, plane_target: str = "", near_target: str = "") -> None:
    row(f"{what} point-to-plane median, m", cloud.plane_median_m, plane_target, f"to point {cloud.point_median_m:.4f}")
    row(f"{what} within 10 cm", cloud.within_10cm, near_target, f"5 cm {cloud.within_5cm:.3f}")
    row(f"{what} recall at 10 cm", cloud.recall_10cm, "", f"5 cm {cloud.recall_5cm:.3f}")


def print_path(path: TrajectoryError) -> None:
    row("pose ATE, m", path.ate_rmse_m, "<= 0.01", f"of {path.path_length_m:.2f} m; worst {path.ate_max_m:.4f}")
    row("pose rotation, median", path.rotation_median_deg, "", f"degrees; worst {path.rotation_max_deg:.3f}")


def row(name: str, value: float, target: str, more: str = "") -> None:
    print(f"  {name:34s}{value:10.4f}   {target:10s} {more}")


def report_trajectory(folder: Path, config: PipelineConfig) -> dict[str, object]:
    source = open_source(folder)
    cameras = source.cameras
    if cameras is None:
        raise SystemExit(f"{folder} brings no camera poses to compare with.")
    true_poses = cameras.trajectory.world_from_cam
    map_points = structure_of_map(folder, true_poses[0, 2, 3])
    numbers: dict[str, object] = {}
    for label, backend in (
        ("builtin, the dataset's intrinsics", BuiltinBackend()),
        ("builtin, no intrinsics", BuiltinBackend(use_known_camera=False)),
        ("dataset", DatasetBackend()),
    ):
        print(f"{folder.name}, {label}")
        made = reconstruct(backend, source, config)
        path = compare_trajectories(made.trajectory.world_from_cam, true_poses)
        print_path(path)
        row("focal length ratio", made.intrinsics.fx_px / cameras.intrinsics.fx_px, "")
        aligned = (
            made
            if backend.name == "dataset"
            else align_reconstruction(made, align_by_poses(made.trajectory.world_from_cam, true_poses))
        )
        row("depth density", density(aligned, config.min_confidence), ">= 0.55")
        pixels, fused = compare_with_map(aligned, map_points, true_poses, cameras.intrinsics, config)
        print_cloud(pixels, "pixels", "<= 0.02", ">= 0.93")
        print_cloud(fused, "cloud")
        numbers[label] = {"trajectory": asdict(path), "pixels": asdict(pixels), "cloud": asdict(fused)}
    source.close()
    return numbers


def density(made: Reconstruction, min_confidence: float) -> float:
    """Share of keyframe pixels that enter the cloud."""
    shares = [
        float(((m.confidence >= min_confidence) & np.isfinite(m.points_cam[..., 2])).mean()) for m in made.point_maps
    ]
    return float(np.mean(shares))


def structure_of_map(folder: Path, camera_z: float) -> NDArray[np.float64]:
    """Points (N, 3) of the navigation map: obstacles and floor, without the path that comes first."""
    cloud = read_ply(next(folder.rglob("path.ply")))
    if cloud.colors is None:
        raise SystemExit("The navigation map has no labels.")
    is_path = (cloud.colors == 0).all(axis=1)
    points = np.asarray(cloud.points, dtype=np.float64)[~is_path]
    if not (points[:, 2] < camera_z).any():
        raise SystemExit("The navigation map has no floor below the camera.")
    return points


def compare_with_map(
    made: Reconstruction,
    map_points: NDArray[np.float64],
    true_poses: NDArray[np.float64],
    intrinsics: Intrinsics,
    config: PipelineConfig,
) -> tuple[CloudError, CloudError]:
    """Errors of the keyframes' pixels (every third) and of the fused cloud, one point a cell of 2.5 cm.

    Only the heights that the map covers are compared; recall is over those of its points that a camera sees.
    """
    is_seen = np.zeros(len(map_points), dtype=bool)
    for pose in true_poses[::4]:
        is_seen |= seen_points(map_points, pose, intrinsics)
    pixels = np.concatenate(
        [
            transform(made.trajectory.world_from_cam[m.frame_idx], kept_pixels(m, config.min_confidence))
            for m in made.point_maps
        ]
    )
    fused = fuse_point_maps(made, FINE_GRID, min_confidence=config.min_confidence).points_world
    low, high = map_points[:, 2].min() - 0.10, map_points[:, 2].max()
    return (
        compare_with_seen(pixels[(pixels[:, 2] > low) & (pixels[:, 2] < high)], map_points, is_seen),
        compare_with_seen(fused[(fused[:, 2] > low) & (fused[:, 2] < high)], map_points, is_seen),
    )


def kept_pixels(point_map: PointMap, min_confidence: float) -> NDArray[np.float32]:
    """Points (N, 3) of every third pixel and row that enter the cloud, camera frame."""
    points, confidence = point_map.points_cam[::3, ::3], point_map.confidence[::3, ::3]
    return points[(confidence >= min_confidence) & np.isfinite(points[..., 2])]


def compare_with_seen(
    points: NDArray[np.floating], map_points: NDArray[np.float64], is_seen: NDArray[np.bool_]
) -> CloudError:
    """Distances to the whole map, recall over its seen part."""
    back = compare_clouds(points, map_points[is_seen])
    forth = compare_clouds(points, map_points)
    return replace(forth, recall_5cm=back.recall_5cm, recall_10cm=back.recall_10cm)


def seen_points(
    points: NDArray[np.float64], world_from_cam: NDArray[np.float64], intrinsics: Intrinsics
) -> NDArray[np.bool_]:
    """Which points (N, 3) a camera sees up to 5 m, the others of them being splats that hide what is behind."""
    k = intrinsics.scaled_to(*SPLAT_PX).matrix
    cam = transform(invert(world_from_cam), points)
    z = np.where(cam[:, 2] > 0.3, cam[:, 2], np.inf)
    with np.errstate(invalid="ignore"):
        pixel = np.floor((cam @ k.T)[:, :2] / z[:, None])
    inside = np.isfinite(z) & (pixel >= 0).all(axis=1) & (pixel < SPLAT_PX).all(axis=1)
    flat = np.where(inside, pixel[:, 1] * SPLAT_PX[0] + pixel[:, 0], 0).astype(np.int64)
    nearest = np.full(SPLAT_PX[0] * SPLAT_PX[1], np.inf)
    np.minimum.at(nearest, flat[inside], z[inside])
    return inside & (z < 1.05 * nearest[flat] + 0.10) & (z < 5.0)


if __name__ == "__main__":
    main()
