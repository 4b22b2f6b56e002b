from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l3rocc_studio.model.time_scale import TimeScale


@pytest.mark.parametrize("num_frames", [1, 2, 480, 100_000])
def test_every_frame_lies_under_its_own_place(num_frames: int) -> None:
    scale = TimeScale(num_frames=num_frames, width_px=1000, margin_px=12)
    for frame_idx in {0, num_frames // 3, num_frames - 1}:
        assert scale.frame_at(scale.x_of(frame_idx)) == frame_idx
    assert scale.frame_at(-50) == 0
    assert scale.frame_at(5000) == num_frames - 1
    assert 12 <= scale.x_of(0) <= scale.x_of(num_frames - 1) <= 1012


def test_zooming_keeps_what_is_under_the_pointer() -> None:
    scale = TimeScale(num_frames=1000, width_px=500, margin_px=10)
    closer = scale.zoomed(4, about_x=210)
    assert closer.visible == pytest.approx(250)
    assert closer.frame_at(210) == scale.frame_at(210) == 400
    assert closer.zoomed(0.25, about_x=210).is_whole


@given(
    num_frames=st.integers(1, 200_000),
    steps=st.lists(st.tuples(st.floats(0.2, 5.0), st.floats(0, 800), st.floats(-900, 900)), max_size=12),
)
def test_the_view_never_leaves_the_frames(num_frames: int, steps: list[tuple[float, float, float]]) -> None:
    scale = TimeScale(num_frames=num_frames, width_px=800)
    for factor, about_x, delta_px in steps:
        scale = scale.zoomed(factor, about_x).panned(delta_px)
        assert scale.first >= 0 and scale.first + scale.visible <= num_frames + 1e-6
        assert scale.visible >= min(8, num_frames) - 1e-6
        assert 0 <= scale.frames_in_view.start < scale.frames_in_view.stop <= num_frames


def test_a_frame_out_of_view_is_brought_in() -> None:
    scale = TimeScale(num_frames=1000, width_px=500).zoomed(10, about_x=0)
    assert scale.showing(50) is scale
    for frame_idx in (500, 999, 3):
        moved = scale.showing(frame_idx)
        assert moved.first <= frame_idx < moved.first + moved.visible
