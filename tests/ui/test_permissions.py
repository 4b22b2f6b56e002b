from __future__ import annotations

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.model.session import Session
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.permissions import Permissions
from l3rocc_studio.ui.theme import Theme


def test_after_many_changes_in_one_event_every_action_is_asked_about_once(qtbot: QtBot, theme: Theme) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionSet(window, theme)
    permissions = Permissions(Session(PipelineConfig()), actions)
    asked: list[str] = []

    def rule() -> str:
        asked.append("about")
        return "Not while it rains."

    permissions.add_rule("about", rule)
    for _ in range(5):
        permissions.update_soon()
    assert not asked
    qtbot.waitUntil(lambda: bool(asked))
    assert not actions["about"].isEnabled()
    assert actions["about"].toolTip() == "Not while it rains."
    qtbot.wait(20)
    assert len(asked) == 1
    permissions.shut_down()
