from __future__ import annotations

import itertools

import pytest

from l3rocc_studio.model.ticks import frame_step, frame_ticks, ruler_time, time_ticks
from l3rocc_studio.model.time_scale import TimeScale


@pytest.mark.parametrize(
    ("px_per_frame", "step"), [(100.0, 1), (30.0, 2), (10.0, 5), (2.0, 50), (0.01, 5000), (0.0137, 5000)]
)
def test_numbers_are_round_and_do_not_touch(px_per_frame: float, step: int) -> None:
    assert frame_step(px_per_frame, 50) == step


@pytest.mark.parametrize("num_frames", [1, 2, 7, 480, 100_000])
@pytest.mark.parametrize("width_px", [200, 900, 3000])
def test_a_ruler_of_any_length_is_readable(num_frames: int, width_px: int) -> None:
    scale = TimeScale(num_frames=num_frames, width_px=width_px, margin_px=10)
    times_s = [index / 30 for index in range(num_frames)]
    for ticks, label_px in ((frame_ticks(scale, label_px=48), 48), (time_ticks(scale, times_s, label_px=64), 64)):
        written = [tick.x_px for tick in ticks if tick.text]
        assert all(b - a >= label_px - 1e-6 for a, b in itertools.pairwise(written))
        assert all(10 <= x <= width_px + 10 for x in written)
        assert len(ticks) <= width_px / 4 + 6
    assert next(tick.text for tick in frame_ticks(scale, label_px=48)) == "0"
    if num_frames >= 480:
        assert len([tick for tick in time_ticks(scale, times_s, label_px=64) if tick.text]) >= 2


def test_times_of_uneven_frames_lie_where_they_belong() -> None:
    scale = TimeScale(num_frames=3, width_px=300)
    ticks = {tick.text: tick.x_px for tick in time_ticks(scale, [0.0, 1.0, 3.0], label_px=50) if tick.text}
    assert ticks["0:01"] == pytest.approx(scale.x_of(1))
    assert ticks["0:02"] == pytest.approx((scale.x_of(1) + scale.x_of(2)) / 2)


def test_times_are_as_short_as_they_can_be() -> None:
    assert [ruler_time(t, s) for t, s in ((65, 5), (1.5, 0.5), (0.04, 0.02), (7205, 60))] == [
        "1:05",
        "0:01.5",
        "0:00.04",
        "2:00:05",
    ]
