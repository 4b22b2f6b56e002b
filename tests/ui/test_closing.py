"""Closing the window while something is under way."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, open_video, start_held


def test_closing_while_processing_asks_and_stops_first(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    studio.actions["quit"].trigger()
    question = studio.closing.question
    assert question is not None and "Processing room" in question.informativeText()
    assert question.defaultButton().text() == "Keep going"
    question.defaultButton().click()
    assert studio.closing.question is None
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.RUNNING and studio.window.isVisible()
    studio.window.close()
    assert studio.closing.question is not None
    next(b for b in studio.closing.question.buttons() if b.text() == "Stop and close").click()
    qtbot.waitUntil(lambda: studio.is_closed, timeout=PATIENCE_MS)
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.CANCELLED
    assert not studio.window.isVisible()


def test_the_question_goes_when_nothing_would_be_lost_any_more(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    studio.window.close()
    assert studio.closing.question is not None
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        engine.go_on.set()
    qtbot.waitUntil(lambda: studio.closing.question is None, timeout=PATIENCE_MS)
    assert studio.window.isVisible() and not studio.is_closed
