from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l3rocc_studio.model.timeline import FrameCause, Timeline


def loaded(num_frames: int = 10, fps: float = 10.0) -> Timeline:
    timeline = Timeline()
    timeline.load([index / fps for index in range(num_frames)])
    return timeline


def test_seeks_stay_within_the_frames_and_say_that_a_person_asked() -> None:
    timeline = loaded()
    heard: list[tuple[int, FrameCause]] = []
    timeline.frame_changed.connect(lambda frame_idx, cause: heard.append((frame_idx, cause)))
    for wanted in (4, -3, 99):
        timeline.seek(wanted)
    assert heard == [(4, FrameCause.SEEK), (0, FrameCause.SEEK), (9, FrameCause.SEEK)]


def test_the_player_reports_its_own_frames_and_skips_late_ones() -> None:
    timeline = loaded()
    heard: list[tuple[int, FrameCause]] = []
    timeline.play()
    timeline.frame_changed.connect(lambda frame_idx, cause: heard.append((frame_idx, cause)))
    for elapsed_s in (0.05, 0.06, 0.01, 0.4):
        timeline.advance(elapsed_s)
    assert heard == [(1, FrameCause.PLAYER), (5, FrameCause.PLAYER)]


def test_a_seek_while_playing_goes_on_from_there() -> None:
    timeline = loaded()
    timeline.play()
    timeline.advance(0.35)
    timeline.seek(7)
    assert timeline.is_playing
    timeline.advance(0.11)
    assert timeline.current == 8


def test_playing_loops_within_the_range() -> None:
    timeline = loaded()
    timeline.set_range(6, 2)
    assert timeline.range == (2, 6)
    timeline.play()
    assert timeline.current == 2
    timeline.advance(0.45)
    assert timeline.current == 6
    timeline.advance(0.1)
    assert timeline.current == 2
    assert timeline.is_playing


def test_playing_without_loop_stops_at_the_last_frame() -> None:
    timeline = loaded()
    timeline.set_looping(False)
    timeline.play()
    timeline.advance(60.0)
    assert (timeline.current, timeline.is_playing) == (9, False)
    timeline.play()
    assert timeline.current == 0


def test_speed_scales_time() -> None:
    timeline = loaded()
    timeline.set_speed(2.0)
    timeline.play()
    timeline.advance(0.2)
    assert timeline.current == 4
    with pytest.raises(ValueError, match="positive"):
        timeline.set_speed(0.0)


def test_uneven_times_are_respected() -> None:
    timeline = Timeline()
    timeline.load([0.0, 0.1, 1.0, 1.1])
    timeline.play()
    timeline.advance(0.9)
    assert timeline.current == 1
    timeline.advance(0.11)
    assert timeline.current == 2
    assert timeline.duration_s == pytest.approx(1.2)


def test_the_last_frame_of_a_range_lasts_until_the_next_one_begins() -> None:
    timeline = Timeline()
    timeline.load([0.0, 0.1, 0.2, 1.2, 1.3], selected=(1, 2))
    timeline.set_looping(True)
    timeline.seek(1)
    timeline.play()
    timeline.advance(1.0)
    assert timeline.current == 2, "it is shown for a second, from 0.2 to 1.2"
    timeline.advance(0.15)
    assert timeline.current == 1, "then the range starts over"
    assert timeline.duration_s == pytest.approx(1.4)


def test_scrubbing_stops_time_and_is_announced() -> None:
    timeline = loaded()
    heard: list[bool] = []
    timeline.scrubbing_changed.connect(heard.append)
    timeline.play()
    timeline.begin_scrub()
    assert not timeline.is_playing
    timeline.end_scrub()
    assert heard == [True, False]


def test_an_empty_timeline_takes_everything_calmly() -> None:
    timeline = Timeline()
    timeline.seek(3)
    timeline.step(1)
    timeline.play()
    timeline.advance(1.0)
    timeline.set_range(1, 2)
    assert (timeline.current, timeline.num_frames, timeline.duration_s, timeline.is_playing) == (0, 0, 0.0, False)


def test_loading_resets_range_and_frame() -> None:
    timeline = loaded()
    timeline.set_range(2, 5)
    timeline.seek(4)
    timeline.load([0.0, 0.5])
    assert (timeline.current, timeline.range, timeline.is_range_full) == (0, (0, 1), True)


@given(
    steps=st.lists(st.floats(min_value=0.0, max_value=5.0), max_size=30),
    ends=st.tuples(st.integers(-2, 12), st.integers(-2, 12)),
)
def test_playing_never_leaves_the_range(steps: list[float], ends: tuple[int, int]) -> None:
    timeline = loaded()
    timeline.set_range(*ends)
    first, last = timeline.range
    timeline.seek(first)
    timeline.play()
    for elapsed_s in steps:
        timeline.advance(elapsed_s)
        assert first <= timeline.current <= last


def test_in_and_out_points() -> None:
    timeline = loaded()
    timeline.seek(4)
    timeline.set_in()
    timeline.seek(7)
    timeline.set_out()
    assert timeline.range == (4, 7)
    timeline.seek(9)
    timeline.set_in()
    assert timeline.range == (9, 9), "an in point behind the out point moves the out point to the end"
    timeline.seek(2)
    timeline.set_out()
    assert timeline.range == (0, 2)
    timeline.set_range(0, 9)
    assert timeline.is_range_full


def test_times_and_frames_belong_together() -> None:
    timeline = loaded()
    assert [timeline.frame_at(time_s) for time_s in (-1.0, 0.0, 0.19, 0.2, 50.0)] == [0, 0, 1, 2, 9]
    assert timeline.time_of(3) == pytest.approx(0.3)
