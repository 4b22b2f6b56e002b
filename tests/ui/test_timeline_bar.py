from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.timeline_bar import TimelineBar


@pytest.fixture
def timeline() -> Timeline:
    made = Timeline()
    made.load([0.1 * t for t in range(30)])
    return made


@pytest.fixture
def bar(timeline: Timeline, qtbot: QtBot, theme: Theme) -> Iterator[TimelineBar]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = TimelineBar(timeline, ActionSet(window, theme), theme, window)
    window.setCentralWidget(made)
    window.show()
    qtbot.waitExposed(window)
    yield made
    made.shut_down()


def test_a_new_frame_appears_together_with_the_panels(timeline: Timeline, bar: TimelineBar) -> None:
    timeline.seek(7)
    assert not bar.updatesEnabled()
    bar.appear()
    assert bar.updatesEnabled()
    assert bar.transport.place.text() == "7"


def test_where_the_panels_take_long_it_does_not_wait_for_them(
    timeline: Timeline, bar: TimelineBar, qtbot: QtBot
) -> None:
    timeline.seek(7)
    timeline.seek(8)
    qtbot.waitUntil(bar.updatesEnabled, timeout=2000)
    bar.shut_down()
    timeline.seek(9)
    assert bar.updatesEnabled(), "nobody listens any more"


def test_a_bar_that_is_not_on_the_screen_waits_for_nothing(timeline: Timeline, bar: TimelineBar) -> None:
    bar.hide()
    timeline.seek(3)
    assert bar.updatesEnabled()
