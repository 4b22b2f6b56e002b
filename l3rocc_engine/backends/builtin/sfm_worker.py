"""Structure from motion by COLMAP; import this in a child process only.

There a cancel can end it at once, a native crash takes nothing with it, and its libraries do not meet those of OpenCV,
Qt or VTK.

Source: J. L. Schönberger, J.-M. Frahm, "Structure-from-Motion Revisited", CVPR 2016 (incremental); L. Pan et al.,
"Global Structure-from-Motion Revisited", ECCV 2024 (global).
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pycolmap
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.sfm_job import (
    SEED,
    WEAK_OBSERVATIONS,
    MatchEvidence,
    SecondOpinion,
    SfmAnswer,
    SfmJob,
    SfmMode,
)
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.isolation import Say

CAMERA_ID = 1
NUM_THREADS = 2
PAIRS_PER_STEP = 24
MIN_PAIR_INLIERS = 15


def solve(say: Say, job: SfmJob, pictures_path: Path) -> SfmAnswer:
    """Do the job; see :func:`l3rocc_engine.backends.builtin.sfm_job.solve_in_child`."""
    pycolmap.logging.minloglevel = int(pycolmap.logging.Level.FATAL.value)  # failures are told by the answer
    pycolmap.set_random_seed(SEED)
    folder = pictures_path.parent
    pictures = np.load(pictures_path, mmap_mode="r")
    database_path = folder / "database.db"
    num_features = _extract(job, pictures, database_path, say)
    _match(job, database_path, folder, say)
    evidence = _weigh_pairs(job, database_path, num_features)
    say(evidence)
    models = _map(job, database_path, folder, len(pictures), say)
    answer = _answer(job, models, evidence)
    if job.mode is SfmMode.GLOBAL and len(answer.picture_idx) and _is_weak(answer):
        return replace(answer, second=_second_opinion(job, answer, database_path, folder))
    return answer


def _is_weak(answer: SfmAnswer) -> bool:
    observed = answer.observations_per_picture
    placed = observed[observed >= MIN_PAIR_INLIERS]
    return not len(placed) or float(placed.mean()) < WEAK_OBSERVATIONS


def _camera(job: SfmJob) -> Any:
    """COLMAP's camera; its pixel centres are at +0.5 like ours, so the numbers are taken as they are."""
    k = job.intrinsics
    is_known = job.mode is not SfmMode.GLOBAL
    params = [k.fx_px, k.fy_px, k.cx_px, k.cy_px] if is_known else [k.fx_px, k.cx_px, k.cy_px]
    return pycolmap.Camera(
        camera_id=CAMERA_ID,
        model="PINHOLE" if is_known else "SIMPLE_PINHOLE",
        width=k.width_px,
        height=k.height_px,
        params=params,
        has_prior_focal_length=is_known,
    )


def _extract(job: SfmJob, pictures: NDArray[np.uint8], database_path: Path, say: Say) -> NDArray[np.int64]:
    """Find SIFT features; picture i gets the image id i + 1, whichever thread ends first."""
    database = pycolmap.Database.open(database_path)
    camera = _camera(job)
    database.write_camera(camera, use_camera_id=True)
    rig = pycolmap.Rig(rig_id=1)
    rig.add_ref_sensor(camera.sensor_id)
    database.write_rig(rig, use_rig_id=True)
    options = pycolmap.FeatureExtractionOptions(num_threads=1, use_gpu=False)
    options.sift.max_num_features = job.num_features
    options.sift.first_octave = -1
    local = threading.local()

    def features_of(picture: NDArray[np.uint8]) -> Any:
        if not hasattr(local, "extractor"):
            local.extractor = pycolmap.FeatureExtractor.create(options, pycolmap.Device.cpu)
        return local.extractor.extract(pycolmap.Bitmap.from_array(np.ascontiguousarray(picture)))

    counts = []
    with ThreadPoolExecutor(NUM_THREADS) as pool:
        for idx, (keypoints, descriptors) in enumerate(pool.map(features_of, pictures)):
            _write_picture(database, idx, camera, keypoints, descriptors)
            counts.append(len(keypoints))
            say(("features", idx + 1, len(pictures)))
    database.close()
    return np.array(counts, dtype=np.int64)


def _write_picture(database: Any, idx: int, camera: Any, keypoints: Any, descriptors: Any) -> None:
    image = pycolmap.Image(image_id=idx + 1, camera_id=CAMERA_ID, name=f"{idx:06d}")
    database.write_image(image, use_image_id=True)
    frame = pycolmap.Frame(frame_id=idx + 1, rig_id=1)
    frame.add_data_id(pycolmap.data_t(camera.sensor_id, idx + 1))
    database.write_frame(frame, use_frame_id=True)
    database.write_keypoints(idx + 1, pycolmap.keypoints_to_matrix(keypoints))
    database.write_descriptors(idx + 1, descriptors)


def _match(job: SfmJob, database_path: Path, folder: Path, say: Say) -> None:
    """Match and verify the job's pairs, some at a time so that progress can be told."""
    options = pycolmap.FeatureMatchingOptions(num_threads=NUM_THREADS, use_gpu=False)
    verification = pycolmap.TwoViewGeometryOptions()
    verification.ransac.random_seed = SEED
    pairing = pycolmap.ImportedPairingOptions(match_list_path=folder / "pairs.txt")
    for start in range(0, len(job.pairs), PAIRS_PER_STEP):
        say(("matching", start, len(job.pairs)))
        lines = [f"{i:06d} {j:06d}" for i, j in job.pairs[start : start + PAIRS_PER_STEP]]
        pairing.match_list_path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pycolmap.match_image_pairs(database_path, options, pairing, verification, pycolmap.Device.cpu)
    say(("matching", len(job.pairs), len(job.pairs)))


def _weigh_pairs(job: SfmJob, database_path: Path, num_features: NDArray[np.int64]) -> MatchEvidence:
    """Count each pair's verified matches and ask how well one homography explains them."""
    database = pycolmap.Database.open(database_path)
    inliers = np.zeros(len(job.pairs), dtype=np.int64)
    share, p80_px = np.full(len(job.pairs), np.nan), np.full(len(job.pairs), np.nan)
    for row, (i, j) in enumerate(job.pairs):
        matches = database.read_two_view_geometry(int(i) + 1, int(j) + 1).inlier_matches
        inliers[row] = len(matches)
        if len(matches) >= MIN_PAIR_INLIERS:
            a = database.read_keypoints(int(i) + 1)[matches[:, 0], :2].astype(np.float64)
            b = database.read_keypoints(int(j) + 1)[matches[:, 1], :2].astype(np.float64)
            share[row], p80_px[row] = _homography_fit(a, b)
    database.close()
    return MatchEvidence(
        num_features=num_features,
        pairs=job.pairs,
        num_inliers=inliers,
        homography_share=share,
        homography_p80_px=p80_px,
    )


def _homography_fit(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float]:
    """Share of matches within 2 px of the best homography, and the 80th percentile of all distances to it."""
    options = pycolmap.RANSACOptions(max_error=2.0, random_seed=SEED)
    estimate = pycolmap.estimate_homography_matrix(a, b, options)
    if estimate is None:
        return 0.0, float("inf")
    moved = np.column_stack([a, np.ones(len(a))]) @ estimate["H"].T
    with np.errstate(divide="ignore", invalid="ignore"):
        distances = np.linalg.norm(moved[:, :2] / moved[:, 2:] - b, axis=1)
    distances[~np.isfinite(distances)] = np.inf
    return float((distances < 2.0).mean()), float(np.percentile(distances, 80, method="lower"))


def _map(job: SfmJob, database_path: Path, folder: Path, num_pictures: int, say: Say) -> list[Any]:
    """Find poses and points; all models found, the largest first."""
    say(("poses", 0, num_pictures))
    out = folder / "models"
    out.mkdir()
    if job.mode is SfmMode.TRIANGULATE:
        models = [_triangulate(job, database_path, folder, out)]
    elif job.mode is SfmMode.GLOBAL:
        models = list(pycolmap.global_mapping(database_path, folder, out, _global_options()).values())
    else:
        models = _map_one_by_one(database_path, folder, out, num_pictures, say)
    say(("poses", num_pictures, num_pictures))
    return sorted(models, key=lambda model: (-model.num_reg_images(), min(model.reg_image_ids(), default=0)))


def _map_one_by_one(database_path: Path, folder: Path, out: Path, num_pictures: int, say: Say) -> list[Any]:
    placed = [2]

    def on_next() -> None:
        placed[0] += 1
        say(("poses", min(placed[0], num_pictures), num_pictures))

    options = _incremental_options(num_pictures)
    _fix_camera(options)
    found = pycolmap.incremental_mapping(database_path, folder, out, options, next_image_callback=on_next)
    return list(found.values())


def _global_options() -> Any:
    """Bundle adjustment is not capped: the focal length needs its iterations to settle."""
    options = pycolmap.GlobalPipelineOptions(num_threads=1, random_seed=SEED)
    options.mapper.num_threads = 1
    options.mapper.random_seed = SEED
    options.mapper.rotation_averaging.random_seed = SEED
    options.mapper.global_positioning.random_seed = SEED
    options.mapper.retriangulation.random_seed = SEED
    options.mapper.bundle_adjustment.ceres.solver_options.num_threads = 1
    return options


def _incremental_options(num_pictures: int) -> Any:
    """Options that every incremental run shares."""
    options = pycolmap.IncrementalPipelineOptions(num_threads=1, random_seed=SEED)
    options.mapper.num_threads = 1
    options.mapper.random_seed = SEED
    options.triangulation.random_seed = SEED
    options.extract_colors = False
    options.min_model_size = min(3, num_pictures)
    options.max_num_models = 5
    return options


def _fix_camera(options: Any) -> None:
    """With a fixed camera few iterations are enough: half the time of the defaults, the same poses."""
    options.ba_refine_focal_length = options.ba_refine_principal_point = options.ba_refine_extra_params = False
    options.mapper.abs_pose_refine_focal_length = options.mapper.abs_pose_refine_extra_params = False
    options.ba_global_max_num_iterations, options.ba_global_max_refinements = 20, 2
    options.ba_local_max_num_iterations, options.ba_local_max_refinements = 10, 1
    options.ba_global_frames_ratio = options.ba_global_points_ratio = 1.3


def _second_opinion(job: SfmJob, answer: SfmAnswer, database_path: Path, folder: Path) -> SecondOpinion | None:
    """Solve the same matches picture by picture, camera free: chance agreement of both methods is unlikely."""
    out = folder / "second"
    out.mkdir()
    options = _incremental_options(len(answer.evidence.num_features))
    options.multiple_models = False
    models = list(pycolmap.incremental_mapping(database_path, folder, out, options).values())
    if not models:
        return None
    other = _answer(job, models, answer.evidence)
    return SecondOpinion(
        picture_idx=other.picture_idx, world_from_cam=other.world_from_cam, focal_px=other.intrinsics.fx_px
    )


def _triangulate(job: SfmJob, database_path: Path, folder: Path, out: Path) -> Any:
    """Points for cameras that are known already."""
    if job.world_from_cam is None:
        raise ValueError("Triangulation needs poses.")
    model = pycolmap.Reconstruction()
    camera = _camera(job)
    model.add_camera_with_trivial_rig(camera)
    for idx, cam_from_world in enumerate(invert(job.world_from_cam)):
        pose = pycolmap.Rigid3d(pycolmap.Rotation3d(cam_from_world[:3, :3]), cam_from_world[:3, 3])
        image = pycolmap.Image(image_id=idx + 1, camera_id=CAMERA_ID, name=f"{idx:06d}")
        model.add_image_with_trivial_frame(image, pose)
    options = _incremental_options(len(job.world_from_cam))
    _fix_camera(options)
    return pycolmap.triangulate_points(model, database_path, folder, out, options=options)


def _answer(job: SfmJob, models: list[Any], evidence: MatchEvidence) -> SfmAnswer:
    """Turn the largest model to arrays; rows are ordered by picture and point, so equal runs give equal bytes."""
    model = models[0] if models else pycolmap.Reconstruction()
    ids = sorted(model.reg_image_ids())
    row_of_image = {image_id: row for row, image_id in enumerate(ids)}
    points = sorted(model.points3D.items())
    seen: dict[tuple[int, int], int] = {}
    for row, (_, point) in enumerate(points):
        for e in sorted(point.track.elements, key=lambda e: -e.point2D_idx):  # of two in one picture the first stays
            seen[row_of_image[e.image_id], row] = e.point2D_idx
    tracks = sorted(seen)
    pixels = [model.image(ids[picture]).points2D[seen[picture, row]].xy for picture, row in tracks]
    poses = np.tile(np.eye(4), (len(ids), 1, 1))
    for row, image_id in enumerate(ids):
        poses[row, :3] = model.image(image_id).cam_from_world().inverse().matrix()
    return SfmAnswer(
        picture_idx=np.array(ids, dtype=np.int64) - 1,
        world_from_cam=poses,
        intrinsics=_intrinsics(model, job.intrinsics),
        points_world=np.array([p.xyz for _, p in points], dtype=np.float64).reshape(-1, 3),
        tracks=np.array(tracks, dtype=np.int64).reshape(-1, 2),
        pixels_px=np.array(pixels, dtype=np.float64).reshape(-1, 2),
        reprojection_error_px=float(model.compute_mean_reprojection_error()) if points else 0.0,
        evidence=evidence,
    )


def _intrinsics(model: Any, guess: Intrinsics) -> Intrinsics:
    if not model.cameras:
        return guess
    return Intrinsics.from_matrix(model.camera(CAMERA_ID).calibration_matrix(), guess.width_px, guess.height_px)
