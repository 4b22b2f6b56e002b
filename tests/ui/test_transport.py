from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.transport import Transport, clock_text


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


@pytest.fixture
def transport(qtbot: QtBot, theme: Theme, timeline: Timeline) -> Iterator[Transport]:
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = Transport(timeline, ActionSet(window, theme), window)
    window.setCentralWidget(bar)
    window.resize(900, 80)
    window.show()
    qtbot.waitExposed(window)
    timeline.load([index / 10 for index in range(101)])
    yield bar


def test_it_follows_the_timeline(transport: Transport, timeline: Timeline) -> None:
    timeline.seek(42)
    assert transport.playhead.value() == 42
    assert transport.frame_text.split() == ["43", "/", "101", "0:04.20", "/", "0:10.10"]
    timeline.load([])
    assert not transport.playhead.isEnabled()
    assert transport.playhead.toolTip() == "Open a video first."


def test_a_click_goes_there_and_a_drag_scrubs(transport: Transport, timeline: Timeline, qtbot: QtBot) -> None:
    playhead = transport.playhead
    scrubbing: list[bool] = []
    timeline.scrubbing_changed.connect(scrubbing.append)
    middle = playhead.height() // 2
    qtbot.mousePress(playhead, Qt.MouseButton.LeftButton, pos=QPoint(playhead.x_of(50), middle))
    assert timeline.current == 50
    qtbot.mouseMove(playhead, QPoint(playhead.x_of(80), middle))
    assert abs(timeline.current - 80) <= 1
    assert scrubbing == [True]
    qtbot.mouseRelease(playhead, Qt.MouseButton.LeftButton, pos=QPoint(playhead.x_of(80), middle))
    assert scrubbing == [True, False]


def test_the_players_reports_do_not_come_back_as_seeks(transport: Transport, timeline: Timeline) -> None:
    timeline.play()
    causes: list[str] = []
    timeline.frame_changed.connect(lambda _frame_idx, cause: causes.append(cause.value))
    timeline.advance(0.55)
    assert transport.playhead.value() == 5
    assert causes == ["player"]


def test_the_speed_box_asks_the_timeline(transport: Transport, timeline: Timeline) -> None:
    box = transport.speed
    box.setCurrentIndex(box.findText("4×"))
    box.activated.emit(box.currentIndex())
    assert timeline.speed == 4.0
    timeline.set_speed(0.5)
    assert box.currentText() == "0.5×"


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00.00"), (59.999, "1:00.00"), (83.456, "1:23.46")])
def test_times_are_rounded_once(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
