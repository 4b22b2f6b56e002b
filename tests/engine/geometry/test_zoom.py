from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.zoom import ZoomTrack, camera_matrices, camera_rows, interpolate_zoom

SHARED = Intrinsics(fx_px=500.0, fy_px=520.0, cx_px=300.0, cy_px=200.0, width_px=640, height_px=400)


def test_focal_lengths_go_by_factors_and_are_held_at_the_ends() -> None:
    times = np.arange(9) / 2.0
    track = interpolate_zoom(np.array([1.0, 3.0]), np.array([400.0, 900.0]), times, SHARED)
    assert track.numbers[:3, 0] == pytest.approx(400)
    assert track.numbers[6:, 0] == pytest.approx(900)
    assert track.numbers[4, 0] == pytest.approx(600), "the geometric mean, halfway"
    assert track.numbers[:, 1] / track.numbers[:, 0] == pytest.approx(1.04)
    assert (track.numbers[:, 2:] == (300, 200)).all()
    assert track.ratio == pytest.approx(2.25)
    at = track.at(4)
    assert (at.fx_px, at.width_px) == (pytest.approx(600), 640)


def test_rows_and_matrices_agree_with_the_camera() -> None:
    rows = camera_rows(SHARED, None, 3)
    assert rows.shape == (3, 4)
    np.testing.assert_array_equal(camera_matrices(rows)[2], SHARED.matrix)


@pytest.mark.parametrize("numbers", [np.ones((3, 3)), np.array([[0.0, 1, 1, 1]]), np.array([[np.nan, 1, 1, 1]])])
def test_unusable_cameras_are_refused(numbers: np.ndarray) -> None:
    with pytest.raises(InputError):
        ZoomTrack(numbers=numbers, width_px=10, height_px=10)
