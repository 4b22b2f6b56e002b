from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.backends.builtin.motion import LOST_SHIFT, measure_motion, small_grey
from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import CancelToken, no_progress
from tests.engine.backends.textured_room import noise_texture
from tests.synthetic.picture_source import PictureSource


def window(x: int, seed: int = 1) -> np.ndarray:
    return np.ascontiguousarray(noise_texture(seed)[100:340, 100 + x : 420 + x].astype(np.uint8))


def shifts_of(pictures: list[np.ndarray]) -> np.ndarray:
    source = PictureSource(Path("clip.mp4"), pictures, 10.0)
    return measure_motion(source, progress=no_progress, cancel=CancelToken()).shifts


def test_a_shift_is_measured_in_picture_widths() -> None:
    np.testing.assert_allclose(shifts_of([window(0), window(8), window(8), window(24)]), [0, 0.025, 0, 0.05], atol=4e-4)


def test_a_cut_counts_as_a_large_shift() -> None:
    assert shifts_of([window(0), window(0, seed=2)]).tolist() == [0.0, LOST_SHIFT]


def test_pictures_without_detail_do_not_move() -> None:
    assert shifts_of([np.full((240, 320, 3), 90, np.uint8)] * 2).tolist() == [0.0, 0.0]


def test_cancel_stops_measuring() -> None:
    cancel = CancelToken()
    cancel.set()
    source = PictureSource(Path("clip.mp4"), [window(0)] * 3, 10.0)
    with pytest.raises(Cancelled):
        measure_motion(source, progress=no_progress, cancel=cancel)


def test_small_copies_keep_the_aspect() -> None:
    assert small_grey(np.zeros((480, 640, 3), np.uint8), 320).shape == (240, 320)
    assert small_grey(np.zeros((1280, 720, 3), np.uint8), 320).shape == (320, 180)
    assert small_grey(np.zeros((100, 120, 3), np.uint8), 320).shape == (100, 120)
