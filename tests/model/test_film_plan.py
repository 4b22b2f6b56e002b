from __future__ import annotations

from fractions import Fraction

import pytest

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.film_plan import FilmFacts, film_rate, plan_film
from l3rocc_studio.model.film_spec import FilmFormat, FilmMarks, FilmOutput, FilmSpec


def facts(fps: float, times: list[float]) -> FilmFacts:
    return FilmFacts(name="clip", size_px=(640, 480), fps=fps, timestamps_s=tuple(times))


def steady(fps: Fraction, count: int = 100) -> FilmFacts:
    return facts(float(fps), [float(number / fps) for number in range(count)])


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (30.0, Fraction(30)),
        (10.0, Fraction(10)),
        (1.0, Fraction(1)),
        (29.97, Fraction(30000, 1001)),
        (30000 / 1001, Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_rates_are_the_ones_that_players_expect(fps, rate) -> None:
    assert film_rate(fps) == rate


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(10), Fraction(15), Fraction(30000, 1001), Fraction(60)])
def test_a_steady_source_keeps_its_rate_exactly(rate) -> None:
    plan = plan_film(steady(rate), FilmSpec())
    assert (plan.rate, plan.tick, plan.ticks) == (rate, 1 / rate, tuple(range(100)))
    assert plan.frames == tuple(range(100))
    assert plan.duration_s == pytest.approx(float(100 / rate))


def test_times_rounded_to_milliseconds_are_still_steady() -> None:
    times = [round(number * 1001 / 30000, 3) for number in range(300)]
    assert plan_film(facts(29.97, times), FilmSpec()).rate == Fraction(30000, 1001)


def test_variable_times_are_kept_each() -> None:
    times = [0.0, 0.04, 0.05, 0.31, 0.32, 0.9]
    plan = plan_film(facts(6.0, times), FilmSpec())
    assert [float(at * plan.tick) for at in plan.ticks] == pytest.approx(times, abs=1e-5)
    assert plan.duration_s == pytest.approx(0.9 + 1 / 6, abs=1e-4)


def test_a_single_picture_of_variable_times_lasts_as_long_as_its_step() -> None:
    spec = FilmSpec(output=FilmOutput(last_frame=2, every=5), marks=FilmMarks(title="Kitchen", title_s=1.0))
    plan = plan_film(facts(10.0, [0.0, 0.1, 0.9, 1.0]), spec)
    assert plan.frames == (None, None, 0), "a card of a second, of pictures of half a second"
    assert (plan.rate, plan.duration_s) == (2, pytest.approx(1.5))


def test_a_range_starts_at_time_nought_and_takes_each_nth_frame() -> None:
    plan = plan_film(steady(Fraction(10)), FilmSpec(output=FilmOutput(first_frame=5, last_frame=12, every=3)))
    assert plan.frames == (5, 8, 11)
    assert (plan.ticks, plan.rate) == ((0, 1, 2), Fraction(10, 3))


def test_a_title_card_pushes_the_frames_back_by_its_time() -> None:
    spec = FilmSpec(marks=FilmMarks(title="Room", title_s=1.5))
    plan = plan_film(steady(Fraction(10), 4), spec)
    assert plan.frames == (*[None] * 15, 0, 1, 2, 3)
    assert plan.ticks == tuple(range(19))
    variable = plan_film(facts(4.0, [0.0, 0.1, 0.5]), spec)
    assert float(variable.ticks[variable.frames.index(0)] * variable.tick) == pytest.approx(1.5, abs=0.2)


def test_segments_hold_every_picture_once_and_differ_by_one_at_most() -> None:
    plan = plan_film(steady(Fraction(10), 101), FilmSpec())
    assert [number for part in plan.segments for number in part] == list(range(101))
    lengths = {len(part) for part in plan.segments}
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= 24


def test_a_gif_that_viewers_would_slow_down_is_refused() -> None:
    with pytest.raises(ConfigError, match="at most 50"):
        plan_film(steady(Fraction(60)), FilmSpec(output=FilmOutput(format=FilmFormat.GIF)))
    assert plan_film(steady(Fraction(60)), FilmSpec(output=FilmOutput(format=FilmFormat.GIF, every=2))).rate == 30
