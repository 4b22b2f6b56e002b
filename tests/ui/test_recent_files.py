from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, wait_settled


def open_and_close(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    wait_settled(studio, qtbot)
    studio.close_source()


def recent_texts(studio: Studio) -> list[str]:
    """The menu's entries, as they are when a person opens it."""
    studio.window.submenus["File"].aboutToShow.emit()
    return [action.text() for action in studio.recent_files.menu.actions() if not action.isSeparator()]


def test_what_was_opened_is_in_the_menu_and_opens_again(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_and_close(studio, engine, qtbot)
    assert recent_texts(studio) == ["room.mp4", "&Clear recent files"]
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.recent_files.menu.actions()[0].trigger()


def test_a_project_saved_meanwhile_is_in_the_menu(studio: Studio, tmp_path: Path) -> None:
    assert not studio.recent_files.menu.isEnabled()
    project = tmp_path / "hall.l3rocc"
    project.touch()
    studio.settings.add_recent(project)
    assert recent_texts(studio)[0] == "hall.l3rocc"
    assert studio.recent_files.menu.isEnabled()


def test_recent_files_can_be_forgotten_at_once(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_and_close(studio, engine, qtbot)
    assert recent_texts(studio)
    studio.recent_files.menu.actions()[-1].trigger()
    assert studio.settings.recent == []
    assert studio.window.start_page.recent.entries == ()
    recent_texts(studio)
    assert not studio.recent_files.menu.isEnabled()
