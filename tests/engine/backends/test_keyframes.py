from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.backends.builtin.keyframes import FEWEST, MOST, STILL, choose_keyframes
from l3rocc_engine.backends.builtin.motion import PictureMotion


def motion_of(shifts: np.ndarray) -> PictureMotion:
    shifts = np.asarray(shifts, dtype=np.float64).copy()
    shifts[0] = 0.0
    return PictureMotion(frames=np.arange(len(shifts), dtype=np.int64), shifts=shifts)


@pytest.mark.parametrize("count", [3, 11, 24])
def test_short_clips_use_every_frame(count: int) -> None:
    choice = choose_keyframes(motion_of(np.full(count, 0.02)), 10)
    assert choice.frames.tolist() == list(range(count))
    assert choice.notes == ()


def test_a_clip_of_fifty_frames_uses_every_second() -> None:
    frames = choose_keyframes(motion_of(np.full(52, 0.01)), 10).frames
    assert frames[0] == 0 and frames[-1] == 51
    assert FEWEST <= len(frames) <= FEWEST + 2
    assert np.diff(frames).max() <= 3


def test_the_interval_bounds_the_distance_of_a_slow_clip() -> None:
    frames = choose_keyframes(motion_of(np.full(300, 0.001)), 10).frames
    assert np.diff(frames).max() == 10
    assert len(frames) == 31


def test_a_fast_clip_gets_more_keyframes_where_it_is_fast() -> None:
    shifts = np.full(400, 0.002)
    shifts[100:200] = 0.08
    frames = choose_keyframes(motion_of(shifts), 10).frames
    fast = np.diff(frames)[(frames[:-1] >= 100) & (frames[:-1] < 198)]
    slow = np.diff(frames)[(frames[1:] < 100)]
    assert fast.max() <= 2
    assert slow.min() >= 9


def test_frames_that_show_nothing_new_are_skipped() -> None:
    shifts = np.full(60, 0.02)
    shifts[20:40] = STILL / 100
    frames = choose_keyframes(motion_of(shifts), 5).frames
    assert not ((frames >= 21) & (frames < 39)).any()


def test_a_clip_that_stands_still_has_one_view() -> None:
    assert choose_keyframes(motion_of(np.zeros(50)), 10).frames.tolist() == [0]


def test_a_long_clip_is_thinned_and_says_so() -> None:
    choice = choose_keyframes(motion_of(np.full(1500, 0.05)), 10)
    assert 0.9 * MOST <= len(choice.frames) <= MOST
    assert "clip is long" in choice.notes[0]
    assert np.ptp(np.diff(choice.frames)[:-1]) <= 1
