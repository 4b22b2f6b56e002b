from __future__ import annotations

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.place import clock_text, parse_place
from l3rocc_studio.model.timeline import Timeline


@pytest.fixture
def timeline() -> Timeline:
    made = Timeline()
    made.load([index / 10 for index in range(1000)])
    made.seek(40)
    return made


@pytest.mark.parametrize(
    ("text", "frame_idx"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("+10", 50),
        ("-50", 0),
        ("99999", 999),
        ("0:04.5", 45),
        ("1:10", 700),
        ("4.5 s", 45),
        (".5s", 5),
        ("0:01:00", 600),
        ("50 %", 500),
        ("100%", 999),
    ],
)
def test_places_as_people_type_them(timeline: Timeline, text: str, frame_idx: int) -> None:
    assert parse_place(text, timeline) == frame_idx


@pytest.mark.parametrize("text", ["", "abc", "1:2:3:4", "4,5", "--3", "1e3"])
def test_other_words_are_refused_with_an_example(timeline: Timeline, text: str) -> None:
    with pytest.raises(InputError, match="not a place") as caught:
        parse_place(text, timeline)
    assert "0:04.5" in caught.value.hint


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00.00"), (59.999, "1:00.00"), (83.456, "1:23.46"), (3723.0, "1:02:03.00")]
)
def test_times_are_rounded_once(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
