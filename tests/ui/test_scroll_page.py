"""A page whose words are not wrapped anew when it becomes long enough to scroll."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.scroll_page import ScrollPage


@pytest.mark.parametrize("keeps_width", [True, False])
def test_the_room_of_the_scroll_bar_is_kept_where_it_is_asked_for(keeps_width: bool, qtbot: QtBot) -> None:
    content = QWidget()
    column = QVBoxLayout(content)
    column.addWidget(QLabel("above", content))
    tall = QWidget(content)
    tall.setFixedHeight(1000)
    tall.hide()
    column.addWidget(tall)
    page = ScrollPage(content, keeps_width=keeps_width)
    qtbot.addWidget(page)
    page.resize(200, 300)
    page.show()
    qtbot.waitExposed(page)
    width = page.viewport().width()
    tall.show()
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0)
    assert (page.viewport().width() == width) is keeps_width
