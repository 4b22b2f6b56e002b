from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.transport import YIELDING, Transport


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


@pytest.fixture
def transport(qtbot: QtBot, theme: Theme, timeline: Timeline) -> Iterator[Transport]:
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = Transport(timeline, ActionSet(window, theme), window)
    window.setCentralWidget(bar)
    window.resize(1100, 60)
    window.show()
    qtbot.waitExposed(window)
    timeline.load([index / 10 for index in range(101)])
    yield bar
    bar.shut_down()


def test_it_follows_the_timeline(transport: Transport, timeline: Timeline) -> None:
    timeline.seek(42)
    assert transport.frame_text.split() == ["42", "/", "100", "0:04.20", "/", "0:10.10"]
    timeline.load([])
    assert not transport.place.isEnabled()
    assert transport.place.toolTip() == "Open a video first."


@pytest.mark.parametrize(("typed", "frame_idx"), [("70", 70), ("0:03.5", 35), ("+5", 15), ("50 %", 50)])
def test_typing_goes_there(transport: Transport, timeline: Timeline, qtbot: QtBot, typed: str, frame_idx: int) -> None:
    timeline.seek(10)
    transport.place.selectAll()
    qtbot.keyClicks(transport.place, typed)
    timeline.seek(10)
    assert transport.place.text() == typed, "the typing is the person's"
    qtbot.keyClick(transport.place, Qt.Key.Key_Return)
    assert timeline.current == frame_idx
    assert transport.place.text() == str(frame_idx)


def test_what_is_no_place_is_refused_and_escape_takes_it_back(
    transport: Transport, timeline: Timeline, qtbot: QtBot
) -> None:
    timeline.seek(10)
    transport.place.selectAll()
    qtbot.keyClicks(transport.place, "soon")
    qtbot.keyClick(transport.place, Qt.Key.Key_Return)
    assert timeline.current == 10
    assert "not a place" in transport.place.toolTip()
    assert transport.place.property("wrong") is True
    qtbot.keyClick(transport.place, Qt.Key.Key_Escape)
    assert transport.place.text() == "10"
    assert transport.place.property("wrong") is False


def test_the_chip_tells_of_a_range(transport: Transport, timeline: Timeline) -> None:
    assert transport.chip.isHidden()
    timeline.set_range(20, 60)
    assert not transport.chip.isHidden()
    assert transport.chip.text() == "20–60"
    assert "41 frames" in transport.chip.toolTip()
    timeline.set_range(0, timeline.num_frames - 1)
    assert transport.chip.isHidden()


def test_the_speed_box_asks_the_timeline(transport: Transport, timeline: Timeline) -> None:
    box = transport.speed
    box.setCurrentIndex(box.findText("4×"))
    box.activated.emit(box.currentIndex())
    assert timeline.speed == 4.0
    timeline.set_speed(0.5)
    assert box.currentText() == "0.5×"


@pytest.mark.parametrize("width_px", [380, 480, 620, 800, 1400])
def test_narrow_rows_keep_what_matters_and_overlap_nothing(
    transport: Transport, timeline: Timeline, width_px: int
) -> None:
    timeline.set_range(20, 60)
    transport.window().resize(width_px, 60)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()
    shown = [*transport.buttons.values(), transport.place, transport.chip, transport.speed]
    places = sorted((child.geometry().left(), child.geometry().right()) for child in shown if child.isVisible())
    assert all(right <= left + 1 for (_, right), (left, _) in pairwise(places))
    assert transport.buttons["play"].isVisible() and transport.place.isVisible()
    if width_px == 1400:
        assert all(transport.buttons[key].isVisible() for group in YIELDING for key in group)
