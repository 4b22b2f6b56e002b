"""Another language at once: the window is made anew with what was open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.model.words import ENGLISH
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui.language import speak
from l3rocc_studio.ui.preferences.feature import Preferences
from l3rocc_studio.ui.reopening import Reopening
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, open_video, process, wait_settled


@pytest.fixture
def windows(
    build_studio: Callable[[], Studio], qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> Iterator[Reopening]:
    """As the program has them: each speaks the language of the settings."""

    def make() -> Studio:
        speak(qapp, StudioSettings(Workspace(root=tmp_path / "home").settings_file).language)
        return build_studio()

    made = Reopening(qapp, make)
    with qtbot.waitSignal(made.studio.ready, timeout=60_000):
        made.studio.show()
    yield made
    speak(qapp, ENGLISH)


def _preferences(studio: Studio) -> Preferences:
    return next(part for part in studio.features if isinstance(part, Preferences))


def test_a_restart_for_another_language_keeps_what_is_open(
    windows: Reopening, engine: FakeEngine, qapp: QApplication, qtbot: QtBot
) -> None:
    first = windows.studio
    open_video(first, engine, qtbot)
    process(first, qtbot)
    first.session.timeline.seek(7)
    first.session.marks.put(Mark(frame_idx=4, name="door"))
    first.actions["view_follow"].trigger()
    wait_settled(first, qtbot)
    preferences = _preferences(first)
    first.actions["settings_language"].trigger()
    assert preferences.pages is not None
    general = preferences.pages[0]
    for code, is_offered in (("en", False), ("zh_CN", True)):
        general.language.setCurrentIndex(general.language.findData(code))
        general.language.activated.emit(general.language.currentIndex())
        assert general.restart.isVisible() is is_offered
    general.restart.click()
    qtbot.waitUntil(lambda: windows.studio is not first and first.is_closed, timeout=PATIENCE_MS)
    second = windows.studio
    qtbot.waitUntil(lambda: second.session.run is not None and bool(second.session.marks.all), timeout=PATIENCE_MS)
    wait_settled(second, qtbot)
    assert second.actions.name("play") == "播放"
    assert second.session.timeline.current == 7
    assert second.window.cloud_panel.scene.view is ViewKind.FOLLOW
    assert second.window.isVisible() and qapp.quitOnLastWindowClosed()


def test_the_menu_asks_and_nothing_is_restarted_while_something_runs(
    windows: Reopening, engine: FakeEngine, qtbot: QtBot
) -> None:
    studio = windows.studio
    open_video(studio, engine, qtbot)
    preferences = _preferences(studio)
    studio.actions["language_zh_CN"].trigger()
    assert preferences.question is not None
    preferences.question.reject()
    engine.waits = True
    studio.actions["process"].trigger()
    qtbot.waitUntil(lambda: studio.session.is_busy, timeout=PATIENCE_MS)
    studio.actions["language_zh_CN"].trigger()
    assert preferences.question is None and "after a restart" in studio.window.status_text
    studio.reopen()
    assert not studio.is_closed and not studio.is_reopening
    engine.go_on.set()
    qtbot.waitUntil(lambda: not studio.session.is_busy, timeout=PATIENCE_MS)
