from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from l3rocc_studio.model.unfinished import Unfinished, unfinished_from_dict, unfinished_to_dict
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


def test_a_run_that_was_stopped_is_told_on_its_card_until_it_is_done(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    engine.waits = True
    studio.actions["process"].trigger()
    qtbot.waitUntil(lambda: engine.video in studio.settings.unfinished, timeout=PATIENCE_MS)
    stage = studio.workspace.run_path(engine.run.source.name, engine.run.source.fingerprint) / "cloud" / "0123"
    stage.mkdir(parents=True)
    (stage / "stage.json").write_text("{}", encoding="utf-8")
    studio.actions["cancel"].trigger()
    qtbot.waitUntil(lambda: not studio.session.is_busy, timeout=PATIENCE_MS)
    studio.close_source()
    [entry] = studio.window.start_page.recent.entries
    assert entry.note.text().startswith("Stopped at ") and entry.note.text().endswith("% · open to resume")
    engine.waits = False
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    assert studio.settings.unfinished == {}
    studio.close_source()
    [entry] = studio.window.start_page.recent.entries
    assert "Stopped" not in entry.note.text()


def test_what_is_noted_of_unfinished_runs_is_read_with_care() -> None:
    noted = {Path("/a.mp4"): Unfinished(percent=40, has_stages=True)}
    assert unfinished_from_dict(unfinished_to_dict(noted)) == noted
    assert unfinished_from_dict({"/a": 3, "/b": [400, True], "/c": ["x", 1], "/d": [5, False]}) == {
        Path("/d"): Unfinished(percent=5, has_stages=False)
    }
