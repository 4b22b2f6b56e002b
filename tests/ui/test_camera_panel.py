"""Who leads a panel's camera."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import (
    open_video,
    process,
    wait_settled,
)


def test_a_hand_on_the_camera_frees_it_and_draws_coarsely_meanwhile(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    panel = studio.window.cloud_panel
    assert panel.view is not None and panel.scene is not None
    studio.actions["view_follow"].trigger()
    wait_settled(studio, qtbot)
    before = panel.scene.camera_pose()
    qtbot.mousePress(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert not panel.is_coarse, "it may be a click"
    qtbot.mouseMove(panel.view, QPoint(110, 90))
    assert panel.is_coarse
    qtbot.mouseRelease(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(110, 90))
    assert not panel.is_coarse
    after = panel.scene.camera_pose()
    assert after.position != before.position
    assert not studio.actions["view_follow"].isChecked()
    studio.session.timeline.seek(8)
    wait_settled(studio, qtbot)
    assert panel.scene.camera_pose().position == pytest.approx(after.position), "it follows nothing any more"
    studio.actions["fit"].trigger()
    assert studio.actions["view_gods_eye"].isChecked()
