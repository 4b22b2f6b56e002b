from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.panels.panel_header import PanelHeader

WIDE_PX = 600


class Head:
    """A header with two actions, a menu and a plain button."""

    def __init__(self, qtbot: QtBot) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.header = PanelHeader("Occupancy", self.host)
        self.header.set_note("voxels of 0.02 m")
        self.actions = [QAction(f"View {number}", self.host) for number in range(2)]
        self.buttons = [self._button(self.host) for _ in range(4)]
        for button, action in zip(self.buttons, self.actions, strict=False):
            button.setDefaultAction(action)
        self.menu = QMenu(self.host)
        self.buttons[2].setMenu(self.menu)
        self.buttons[2].setAccessibleName("More views")
        for button in self.buttons:
            self.header.add_button(button)
        self.host.show()

    @staticmethod
    def _button(parent: QWidget) -> QToolButton:
        button = QToolButton(parent)
        button.setFixedSize(28, 28)
        return button

    def resize(self, width_px: int) -> None:
        self.header.resize(width_px, self.header.height())


@pytest.fixture
def head(qtbot: QtBot) -> Head:
    return Head(qtbot)


def test_with_room_everything_is_shown(head: Head) -> None:
    head.resize(WIDE_PX)
    assert head.header.hidden_buttons == ()
    assert head.header.more.isHidden()
    assert head.header.shown_note == "voxels of 0.02 m"


def test_first_the_note_goes_then_buttons_move_into_a_menu_and_the_name_stays(head: Head) -> None:
    gone = []
    for width_px in range(WIDE_PX, 150, -2):
        head.resize(width_px)
        gone.append((bool(head.header.shown_note), len(head.header.hidden_buttons)))
    assert gone == sorted(gone, key=lambda each: (not each[0], each[1])), "each goes once and in this order"
    assert gone[-1] == (False, 3)
    assert head.header.hidden_buttons == tuple(head.buttons[:3]), "what enlarges the panel stays"
    assert head.header.note == "voxels of 0.02 m"
    [menu] = [head.header.more.menu()]
    assert [action.text() for action in menu.actions()] == ["View 0", "View 1", "More views"]
    head.resize(WIDE_PX)
    assert head.header.hidden_buttons == ()
    assert head.actions[0].text() == "View 0", "an action outlives the menu it was in"


def test_a_double_click_is_told(head: Head, qtbot: QtBot) -> None:
    head.resize(WIDE_PX)
    with qtbot.waitSignal(head.header.double_clicked):
        qtbot.mouseDClick(head.header, Qt.MouseButton.LeftButton, pos=QPoint(300, 16))
