from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from l3rocc_engine.backends.dense.views import choose_neighbours, working_intrinsics
from l3rocc_engine.backends.dense.workers import for_each
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.progress import CancelToken, no_progress

CAMERA = Intrinsics(fx_px=900.0, fy_px=900.0, cx_px=640.0, cy_px=360.0, width_px=1280, height_px=720)


def model(poses: np.ndarray) -> SparseModel:
    return SparseModel(
        key_frames=np.arange(len(poses)),
        world_from_cam=poses,
        intrinsics=CAMERA,
        points_world=np.zeros((0, 3)),
        observations=tuple(np.zeros(0, np.int64) for _ in poses),
        reprojection_error_px=0.0,
    )


def drive(count: int, step: float) -> np.ndarray:
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, 0, 3] = step * np.arange(count)
    return poses


def neighbours(poses: np.ndarray) -> tuple[tuple[int, ...], ...]:
    return choose_neighbours(
        model(poses),
        np.full(len(poses), 2.0),
        source_ratios=(0.1, 0.2),
        check_ratios=(0.06, 0.12, 0.2),
        max_angle_deg=35.0,
    ).sources


def test_partners_lie_at_the_wanted_baselines_on_both_sides() -> None:
    assert neighbours(drive(21, 0.1))[10] == (6, 8, 12, 14)


def test_the_ends_of_a_clip_take_all_partners_from_one_side() -> None:
    partners = neighbours(drive(21, 0.1))[0]
    assert len(partners) == 4
    assert {2, 4} <= set(partners)


def test_views_that_look_elsewhere_or_stand_still_are_no_partners() -> None:
    poses = drive(3, 0.2)
    poses[1, :3, :3] = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    assert neighbours(poses)[0] == (2,)
    assert neighbours(drive(5, 0.001))[0] == ()


def test_pictures_are_reduced_but_never_enlarged() -> None:
    small = working_intrinsics(CAMERA, 480 * 270)
    assert (small.width_px, small.height_px) == (480, 270)
    assert small.fx_px == pytest.approx(900.0 * 480 / 1280)
    same = working_intrinsics(CAMERA, 10**9)
    assert (same.width_px, same.height_px) == (1280, 720)


def test_tasks_run_once_each_and_report() -> None:
    seen: list[int] = []
    reports: list[tuple[int, int]] = []
    for_each(seen.append, 5, progress=lambda *report: reports.append(report), cancel=CancelToken())
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert reports[0] == (0, 5)
    assert reports[-1] == (5, 5)


def test_the_first_failure_is_raised() -> None:
    def fail(k: int) -> None:
        if k == 2:
            raise InputError("broken")

    with pytest.raises(InputError, match="broken"):
        for_each(fail, 4, progress=no_progress, cancel=CancelToken())


def test_cancel_leaves_the_rest_undone() -> None:
    cancel, started = CancelToken(), []

    def task(k: int) -> None:
        started.append(k)
        cancel.set()
        time.sleep(0.01)

    with pytest.raises(Cancelled):
        for_each(task, 500, progress=no_progress, cancel=cancel)
    assert len(started) < 500
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dense")]
