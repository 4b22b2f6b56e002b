from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.reconstruction import PointMap
from l3rocc_engine.run import Run
from l3rocc_studio.model.frame_overlay import OverlayChoice, OverlayFill
from l3rocc_studio.render.frame_overlay import NEAR, prepare_overlay, project_path
from l3rocc_studio.render.voxel_splat import EDGE_SHADE, splat_voxels
from tests.synthetic.room import render
from tests.synthetic.run_factory import INTRINSICS, make_run

CAMERA = Intrinsics(fx_px=100.0, fy_px=100.0, cx_px=50.0, cy_px=40.0, width_px=100, height_px=80)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The room's run with the exact depth of its keyframes."""
    made = make_run(tmp_path_factory.mktemp("run"))
    maps = []
    for frame_idx in made.record.keyframes:
        picture, depth = render(INTRINSICS, made.trajectory.world_from_cam[frame_idx])
        points = (INTRINSICS.rays_cam() * depth[..., None]).astype(np.float32)
        confidence = np.full(depth.shape, 0.5, dtype=np.float32)
        maps.append(PointMap(frame_idx=frame_idx, points_cam=points, confidence=confidence, colors=picture))
    return dataclasses.replace(made, point_maps=tuple(maps))


def test_a_voxel_covers_the_pixels_that_it_would() -> None:
    depth, shade = splat_voxels(np.array([[0.1, 0.0, 1.0]], dtype=np.float32), 0.1, CAMERA)
    rows, columns = np.nonzero(np.isfinite(depth))
    assert (rows.min(), rows.max()) == (35, 44)
    assert (columns.min(), columns.max()) == (55, 64)
    assert depth[40, 60] == 1.0
    assert shade[40, 60] == 1.0 and shade[35, 60] == pytest.approx(EDGE_SHADE)


def test_the_nearer_voxel_hides_the_farther_and_none_is_seen_behind() -> None:
    centres = np.array([[0.0, 0.0, 2.0], [0.0, 0.0, 1.0], [0.0, 0.0, -1.0]], dtype=np.float32)
    for order in ([0, 1, 2], [2, 1, 0]):
        depth, _ = splat_voxels(centres[order], 0.1, CAMERA)
        assert depth[40, 50] == 1.0
        assert np.unique(depth[np.isfinite(depth)]).tolist() == [1.0]


def test_projected_occupancy_lies_on_the_surfaces_of_the_picture(run: Run) -> None:
    overlay = prepare_overlay(run, 5, OverlayChoice(fill=OverlayFill.OCCUPANCY))
    assert overlay.fill is not None and overlay.depth is not None
    _, true_depth = render(INTRINSICS, run.trajectory.world_from_cam[5])
    is_known = np.isfinite(overlay.depth) & (true_depth < 2.6)
    assert is_known.mean() > 0.2
    error = np.abs(overlay.depth - true_depth)[is_known]
    assert np.median(error) < run.config.voxel_size
    np.testing.assert_array_equal(overlay.fill[..., 3] > 0, np.isfinite(overlay.depth))
    assert overlay.note == ""


def test_depth_is_shown_at_keyframes_and_elsewhere_says_why_not(run: Run) -> None:
    at_keyframe = prepare_overlay(run, 4, OverlayChoice(fill=OverlayFill.DEPTH))
    assert at_keyframe.fill is not None and at_keyframe.depth is not None
    np.testing.assert_allclose(at_keyframe.depth, run.point_maps[1].points_cam[..., 2])
    between = prepare_overlay(run, 5, OverlayChoice(fill=OverlayFill.DEPTH))
    assert between.fill is None
    assert between.note == "depth at keyframes only, the nearest is 1 away"
    kept = prepare_overlay(dataclasses.replace(run, point_maps=()), 4, OverlayChoice(fill=OverlayFill.CONFIDENCE))
    assert kept.fill is None and "dataset folder" in kept.note


def test_confidence_has_one_colour_for_one_value(run: Run) -> None:
    overlay = prepare_overlay(run, 8, OverlayChoice(fill=OverlayFill.CONFIDENCE))
    assert overlay.fill is not None
    assert len(np.unique(overlay.fill.reshape(-1, 4), axis=0)) == 1


def test_the_way_ahead_is_where_the_camera_will_be(run: Run) -> None:
    poses = run.trajectory.world_from_cam.copy()
    poses[:, :3, :3] = np.eye(3)
    poses[:, :3, 3] = 0.0
    poses[:, 2, 3] = np.arange(len(poses)) * 0.5
    poses[:, 0, 3] = np.arange(len(poses)) * 0.1
    ahead = dataclasses.replace(run.trajectory, world_from_cam=poses)
    (piece,) = project_path(dataclasses.replace(run, trajectory=ahead), 2)
    k = run.intrinsics
    np.testing.assert_allclose(piece[:, 0], k.cx_px + k.fx_px * 0.2, rtol=1e-5)
    np.testing.assert_allclose(piece[:, 1], k.cy_px, rtol=1e-5)
    backwards = dataclasses.replace(run.trajectory, world_from_cam=poses[::-1].copy())
    assert project_path(dataclasses.replace(run, trajectory=backwards), 0) == ()


def test_a_way_that_goes_ahead_and_comes_back_begins_and_ends_at_the_same_depth(run: Run) -> None:
    poses = np.tile(np.eye(4), (run.num_frames, 1, 1))
    poses[:, 2, 3] = -5.0
    poses[:4, 2, 3] = (0.0, 1.0, 1.0, -1.0)
    poses[2:, 0, 3] = 0.1
    there_and_back = dataclasses.replace(run.trajectory, world_from_cam=poses)
    (piece,) = project_path(dataclasses.replace(run, trajectory=there_and_back), 0)
    k, near = run.intrinsics, NEAR * run.config.pc_range[5]
    columns = k.cx_px + k.fx_px * np.array([0.0, 0.0, 0.1, 0.1 / near])
    np.testing.assert_allclose(piece[:, 0], columns, rtol=1e-5)
    np.testing.assert_allclose(piece[:, 1], k.cy_px, rtol=1e-5)
