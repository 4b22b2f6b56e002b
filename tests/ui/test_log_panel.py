"""The log drawer."""

import logging

from pytestqt.qtbot import QtBot

from l3rocc_studio.services.log_tail import LogTail
from l3rocc_studio.ui.log.log_panel import LogPanel
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.theme import Theme


def _record(tail: LogTail, level: int, text: str) -> None:
    tail.handle(logging.LogRecord("l3rocc_engine.test", level, "", 0, text, None, None))


def test_it_follows_filters_and_clears(theme: Theme, qtbot: QtBot) -> None:
    tail = LogTail(max_entries=1000)
    panel = LogPanel(tail, theme)
    qtbot.addWidget(panel)
    for number in range(450):
        _record(tail, logging.WARNING if number % 10 == 0 else logging.INFO, f"line {number}")
    panel.show()
    qtbot.waitUntil(lambda: panel.text.blockCount() == 450)
    _record(tail, logging.ERROR, "it broke")
    qtbot.waitUntil(lambda: "it broke" in panel.text.toPlainText())
    panel.level.setCurrentIndex(1)
    qtbot.waitUntil(lambda: panel.text.blockCount() == 46)
    panel.search.setText("BROKE")
    qtbot.waitUntil(lambda: panel.text.toPlainText().endswith("it broke") and panel.text.blockCount() == 1)
    panel._clear()
    assert panel.text.toPlainText() == ""
    panel.shut_down()


def test_entries_that_were_dropped_are_not_asked_for_again() -> None:
    tail = LogTail(max_entries=3)
    for number in range(5):
        _record(tail, logging.INFO, f"line {number}")
    assert [entry.number for entry in tail.entries()] == [2, 3, 4]
    assert [entry.number for entry in tail.entries(4)] == [4]
    assert tail.count == 5
    assert tail.lines[-1].endswith("line 4")


def test_the_drawer_and_its_action_agree(studio: Studio, qtbot: QtBot) -> None:
    action = studio.actions["log"]
    action.trigger()
    panel = studio.window.findChild(LogPanel)
    assert panel is not None
    qtbot.waitUntil(panel.isVisible)
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: not panel.isVisible())
