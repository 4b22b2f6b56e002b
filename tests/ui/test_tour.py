"""A tour through the whole window, as a person takes it, with a picture of each stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.view_keyframe import Ease, WorldPreset
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.golden import assert_looks_as
from tests.ui.windows import PATIENCE_MS, drop, mime_of, wait_settled

SIZE_PX = (1280, 800)
PAGES = ("process", "look", "views", "measure", "queue")
DIALOGS = ("export_film", "export_cloud", "settings", "shortcuts", "palette")


@pytest.fixture
def ready(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> Studio:
    """A window of one size that shows the processed room at frame 6."""
    studio.window.resize(*SIZE_PX)
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        drop(studio.window, mime_of(engine.video))
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        qtbot.mouseClick(studio.window.process_panel.process_button, Qt.MouseButton.LeftButton)
    studio.session.timeline.seek(6)
    settle(studio, qtbot)
    return studio


def settle(studio: Studio, qtbot: QtBot) -> None:
    """Wait until the picture no longer changes."""
    wait_settled(studio, qtbot)
    qtbot.wait(400)
    wait_settled(studio, qtbot)


def picture_of(widget: QWidget) -> Callable[[str], None]:
    """Compares a widget as it is now."""
    return lambda name: assert_looks_as(name, widget.grab().toImage())


def test_the_desk_and_its_pages(ready: Studio, qtbot: QtBot) -> None:
    for page in PAGES:
        ready.window.sidebar.show_page(page)
        settle(ready, qtbot)
        # Times and memory of the run stand on the page of the process.
        shown = ready.window.desk if page != "process" else ready.window.cloud_panel
        picture_of(shown)(f"desk-{page}")


def test_light_and_dark(ready: Studio, qtbot: QtBot) -> None:
    ready.window.sidebar.show_page("views")
    ready.theme_choice.choose("light")
    settle(ready, qtbot)
    picture_of(ready.window.desk)("desk-light")
    ready.theme_choice.choose("dark")
    settle(ready, qtbot)
    picture_of(ready.window.desk)("desk-views")


def test_the_timeline_with_a_camera_path(ready: Studio, qtbot: QtBot) -> None:
    path = ready.session.view_keyframes
    for frame_idx, preset in ((1, WorldPreset.TOP), (4, WorldPreset.FOLLOW), (9, WorldPreset.ORBIT)):
        path.put(frame_idx, preset)
    path.set_ease(4, Ease.HOLD)
    for look in ("light", "dark"):
        ready.theme_choice.choose(look)
        settle(ready, qtbot)
        picture_of(ready.window.timeline_bar)(f"timeline-path-{look}")


def test_views_of_the_scene(ready: Studio, qtbot: QtBot) -> None:
    for action in ("view_follow", "view_first_person", "world_voxels", "view_gods_eye"):
        ready.actions[action].trigger()
        qtbot.wait(500)
        settle(ready, qtbot)
        picture_of(ready.window.cloud_panel)(action.replace("_", "-"))


def test_dialogs_open_and_close(ready: Studio, qtbot: QtBot) -> None:
    for action in DIALOGS:
        ready.actions[action].trigger()
        dialog = next(each for each in ready.window.findChildren(QDialog) if each.isVisible())
        qtbot.wait(100)
        assert dialog.width() <= ready.window.screen().availableGeometry().width()
        assert dialog.height() <= ready.window.screen().availableGeometry().height(), action
        dialog.close()
        qtbot.waitUntil(lambda: not any(each.isVisible() for each in ready.window.findChildren(QDialog)))


def test_every_action_can_be_triggered_and_leaves_the_window_whole(
    ready: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are asked for by a dialog that a person cancels; nothing may break."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_a, **_k: ("", False))
    monkeypatch.setattr(QMessageBox, "question", lambda *_a, **_k: QMessageBox.StandardButton.No)
    monkeypatch.setattr(QMenu, "exec", lambda *_a, **_k: None)
    skipped = {"quit", "close_source", "sample", "process"}
    for spec in ready.actions.specs:
        action = ready.actions[spec.key]
        if spec.key in skipped or not action.isEnabled():
            continue
        action.trigger()
        qtbot.wait(30)
        for dialog in ready.window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.close()
        if action.isCheckable() and not spec.key.startswith(("theme", "view")):
            action.trigger()
    settle(ready, qtbot)
    assert ready.session.run is not None
