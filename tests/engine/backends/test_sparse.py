from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.backends.builtin.sparse import keep_firm, model_units, sparse_model
from l3rocc_engine.backends.gravity import guess_up
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.backends.unknown_scale import MEDIAN_DEPTH
from l3rocc_engine.errors import InputError, ReconstructionError
from l3rocc_engine.geometry.sim3 import Sim3
from tests.engine.backends.test_diagnosis import answer_of
from tests.engine.backends.textured_room import CAMERA, look


def model_of() -> SparseModel:
    rng = np.random.default_rng(5)
    poses = np.stack([look((0.1 * i, 0.0, -7.0), yaw_deg=i) for i in range(4)])
    points = rng.uniform((-1, -1, -1), (1, 1, 1), size=(60, 3))
    return SparseModel(
        key_frames=np.array([0, 4, 8, 12]),
        world_from_cam=poses,
        intrinsics=CAMERA,
        points_world=points,
        observations=tuple(np.arange(i, 60) for i in range(4)),
        reprojection_error_px=0.3,
    )


def test_depths_are_along_the_optical_axis() -> None:
    model = model_of()
    np.testing.assert_allclose(model.sparse_depths(0), model.points_world[:, 2] + 7.0)


def test_model_units_start_at_the_first_camera_with_the_scene_two_units_away() -> None:
    model = model_of()
    scaled = model.transformed(model_units(model))
    np.testing.assert_allclose(scaled.world_from_cam[0], np.eye(4), atol=1e-12)
    medians = [np.median(scaled.sparse_depths(row)) for row in range(4)]
    assert np.median(medians) == pytest.approx(MEDIAN_DEPTH)


def test_moving_the_model_keeps_what_cameras_see() -> None:
    model = model_of()
    moved = model.transformed(Sim3(scale=2.0, rotation=look((0, 0, 0), 30)[:3, :3], translation=np.array([1.0, 2, 3])))
    np.testing.assert_allclose(moved.sparse_depths(2), 2.0 * model.sparse_depths(2))


def test_parts_must_fit_together() -> None:
    with pytest.raises(InputError, match="4 keyframes"):
        replace(model_of(), observations=())
    with pytest.raises(InputError, match="increasing order"):
        replace(model_of(), key_frames=np.array([0, 8, 4, 12]))


def test_points_behind_every_camera_are_no_scene() -> None:
    model = replace(model_of(), points_world=np.tile([0.0, 0.0, -50.0], (60, 1)))
    with pytest.raises(ReconstructionError, match="no point before them"):
        model_units(model)


def test_pictures_held_by_too_few_points_are_dropped() -> None:
    answer = answer_of()
    weak = (answer.tracks[:, 0] == 7) & (answer.tracks[:, 1] >= 10)
    firm = keep_firm(replace(answer, tracks=answer.tracks[~weak], pixels_px=answer.pixels_px[~weak]))
    assert firm.picture_idx.tolist() == [i for i in range(20) if i != 7]
    model = sparse_model(firm, np.arange(20) * 5)
    assert model.unregistered == (35,)
    assert all(len(seen) == 300 for seen in model.observations)


def test_pieces_that_share_no_points_are_not_one_model() -> None:
    answer = answer_of()
    is_first = answer.tracks[:, 0] < 12
    is_kept = is_first == (answer.tracks[:, 1] < 150)
    firm = keep_firm(replace(answer, tracks=answer.tracks[is_kept], pixels_px=answer.pixels_px[is_kept]))
    assert firm.picture_idx.tolist() == list(range(12))
    assert len(firm.points_world) == 150
    np.testing.assert_array_equal(firm.points_world, answer.points_world[:150])


def test_an_empty_answer_stays_empty() -> None:
    assert len(keep_firm(answer_of(placed=0)).picture_idx) == 0


def test_up_is_guessed_only_where_cameras_agree() -> None:
    up = guess_up(np.stack([look((0, 0, 0), yaw) for yaw in (0, 60, 200)]))
    assert up == pytest.approx((0.0, -1.0, 0.0))
    assert guess_up(np.stack([look((0, 0, 0), roll_deg=roll) for roll in (0, 90, 180)])) is None
