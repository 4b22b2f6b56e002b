from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l3rocc_studio.model.picture_zoom import PictureZoom

FITTED = PictureZoom(picture=(200, 100), view=(400, 400))


def test_a_fitted_picture_is_whole_and_in_the_middle() -> None:
    assert FITTED.rect == (0, 100, 400, 200)
    assert FITTED.to_picture(200, 200) == (100, 50)
    assert FITTED.panned(50, 50) == FITTED


def test_zooming_keeps_what_is_under_the_pointer() -> None:
    zoomed = FITTED.zoomed(4, 300, 210)
    assert zoomed.shown_scale == 8
    assert zoomed.to_picture(300, 210) == pytest.approx(FITTED.to_picture(300, 210))
    assert zoomed.zoomed(0.25, 300, 210) == FITTED
    assert FITTED.zoomed(0.5, 0, 0) == FITTED
    assert FITTED.zoomed(1e6, 0, 0).shown_scale == 32


def test_panning_moves_with_the_pointer_and_stops_at_the_borders() -> None:
    zoomed = FITTED.zoomed(4, 200, 200)
    moved = zoomed.panned(30, -20)
    assert moved.to_picture(230, 180) == pytest.approx(zoomed.to_picture(200, 200))
    left, top, width, height = zoomed.panned(1e6, 1e6).rect
    assert (left, top) == (0, 0)
    left, top, width, height = zoomed.panned(-1e6, -1e6).rect
    assert (left + width, top + height) == (400, 400)


def test_another_picture_starts_fitted_and_another_view_keeps_the_place() -> None:
    zoomed = FITTED.zoomed(4, 250, 200)
    assert zoomed.of((200, 100), (600, 300)).centre == zoomed.centre
    assert zoomed.of((640, 480), (400, 400)).is_fitted
    assert FITTED.at_scale(1).rect == (100, 150, 200, 100)


@given(
    steps=st.lists(st.tuples(st.floats(0.3, 3), st.floats(0, 400), st.floats(-500, 500)), max_size=10),
    picture=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
)
def test_the_middle_of_the_view_always_shows_the_picture(
    steps: list[tuple[float, float, float]], picture: tuple[int, int]
) -> None:
    zoom = PictureZoom(picture=picture, view=(400, 300))
    for factor, place, shift in steps:
        zoom = zoom.zoomed(factor, place, place / 2).panned(shift, -shift)
        x, y = zoom.to_picture(200, 150)
        assert -1e-6 <= x <= picture[0] + 1e-6 and -1e-6 <= y <= picture[1] + 1e-6
