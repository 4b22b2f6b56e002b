"""What the command line asks of a window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from l3rocc_engine.errors import InputError, OutputError
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.errand import Errand
from l3rocc_studio.ui.rest import Rest
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, num_colors, open_video


@pytest.fixture
def new_studio(build_studio: Callable[[], Studio]) -> Studio:
    """A window that nobody has shown yet."""
    return build_studio()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a held job waits for; open in the end in any case."""
    made = threading.Event()
    yield made
    made.set()


def hold(studio: Studio, gate: threading.Event) -> None:
    """Have a part of the window prepare something until the gate opens."""
    Job(studio.window).start(lambda _events, _cancel: gate.wait(PATIENCE_MS / 1000))


def run(studio: Studio, qtbot: QtBot) -> None:
    """Show the window and wait until the errand has closed it."""
    studio.show()
    qtbot.waitUntil(lambda: studio.is_closed, timeout=PATIENCE_MS)


def test_the_picture_of_a_processed_video_has_everything_in_it(
    new_studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "window.png"
    errand = Errand(new_studio, path=engine.video, does_process=True, screenshot=file)
    shown: list[int] = []
    take = new_studio.window.grab

    def grab() -> object:
        shown.extend(num_colors(panel.view) for panel in new_studio.window.scene_panels if panel.view is not None)
        return take()

    new_studio.window.grab = grab  # type: ignore[method-assign,assignment]
    run(new_studio, qtbot)
    assert errand.failures == [] and QImage(str(file)).width() > 800
    assert len(shown) == 2 and min(shown) > 20, "both scenes are drawn"


def test_the_picture_waits_until_nothing_is_prepared_any_more(
    new_studio: Studio, qtbot: QtBot, tmp_path: Path, gate: threading.Event
) -> None:
    file = tmp_path / "window.png"
    errand = Errand(new_studio, screenshot=file)
    new_studio.ready.connect(lambda: hold(new_studio, gate))
    new_studio.show()
    qtbot.wait(1500)
    assert not file.exists() and not new_studio.is_closed
    gate.set()
    qtbot.waitUntil(lambda: new_studio.is_closed, timeout=PATIENCE_MS)
    assert file.exists() and errand.failures == []


def test_a_window_that_does_not_come_to_rest_is_shown_as_it_is_and_that_is_said(
    new_studio: Studio, qtbot: QtBot, tmp_path: Path, gate: threading.Event
) -> None:
    file = tmp_path / "window.png"
    errand = Errand(new_studio, screenshot=file, patience_s=0.8)
    new_studio.ready.connect(lambda: hold(new_studio, gate))
    new_studio.closed.connect(gate.set)
    run(new_studio, qtbot)
    (failure,) = errand.failures
    assert file.exists() and isinstance(failure, OutputError)
    assert failure.message == f"{file} shows the window unfinished: after 0.8 seconds it was still preparing."


def test_what_cannot_be_opened_or_written_is_noted(new_studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    gone, file = tmp_path / "gone.mp4", tmp_path / "no folder" / "window.png"
    errand = Errand(new_studio, path=gone, screenshot=file)
    run(new_studio, qtbot)
    assert [type(failure) for failure in errand.failures] == [InputError, OutputError]
    assert "gone.mp4" in errand.failures[0].message and "cannot be written" in errand.failures[1].message


def test_only_what_the_command_line_named_is_processed(new_studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    errand = Errand(new_studio, path=engine.video, does_process=True)
    with qtbot.waitSignal(new_studio.processor.processed, timeout=PATIENCE_MS):
        new_studio.show()
    open_video(new_studio, engine, qtbot)
    assert len(engine.processed) == 1 and new_studio.session.run is None
    assert errand.failures == [] and not new_studio.is_closed


def test_a_window_rests_only_after_a_quiet_while(studio: Studio, qtbot: QtBot, gate: threading.Event) -> None:
    waiting = Rest(studio)
    ended: list[bool] = []
    waiting.ended.connect(ended.append)
    hold(studio, gate)
    waiting.wait()
    qtbot.wait(800)
    assert ended == []
    gate.set()
    with qtbot.waitSignal(waiting.ended, timeout=PATIENCE_MS):
        qtbot.waitUntil(waiting._is_quiet, timeout=PATIENCE_MS)
        waiting._look()
        assert ended == [], "something else may begin at once"
    qtbot.wait(200)
    assert ended == [True], "it is told once"
