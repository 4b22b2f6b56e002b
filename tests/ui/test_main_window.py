from __future__ import annotations

from l3rocc_studio.ui.studio import Studio


def test_a_window_that_is_too_large_for_the_screen_is_brought_onto_it(studio: Studio) -> None:
    window = studio.window
    room = window.screen().availableGeometry()
    window.setGeometry(300, 200, room.width() + 500, room.height() + 400)
    window.keep_on_screen()
    assert room.contains(window.geometry())
