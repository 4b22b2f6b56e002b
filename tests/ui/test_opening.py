"""Inputs that are dropped or chosen: judged, refused, opened, and what happens when something runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.ui.queue.feature import QueueFeature
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import (
    PATIENCE_MS,
    drag_over,
    drop,
    may_drop,
    mime_of,
    open_video,
    start_held,
)


def test_a_drop_is_judged_while_it_hovers_and_opened_when_let_go(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    data = mime_of(engine.video)
    drag_over(studio.window, data)
    assert studio.drops.note == "Drop to open room.mp4"
    QApplication.sendEvent(studio.window, QDragLeaveEvent())
    assert studio.drops.note == ""
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        drop(studio.window, data)
    assert studio.session.source is not None


def test_the_3d_views_leave_drops_to_the_window(studio: Studio) -> None:
    for panel in studio.window.scene_panels:
        widget: QWidget | None = panel.view
        assert widget is not None
        while widget is not None and not widget.acceptDrops():
            widget = widget.parentWidget()
        assert widget is studio.window


def test_the_start_page_is_locked_while_something_is_opened(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    page = studio.window.start_page
    assert page.drop_zone.open_button.isEnabled() and page.opening_text == ""
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
        assert page.opening_text == "Opening room.mp4…"
        assert not page.drop_zone.open_button.isEnabled() and not page.machine.weights_button.isEnabled()
    qtbot.waitUntil(lambda: not page.isVisible(), timeout=PATIENCE_MS)
    studio.close_source()
    qtbot.waitUntil(page.isVisible, timeout=PATIENCE_MS)
    assert page.drop_zone.open_button.isEnabled()
    broken = tmp_path / "broken.mp4"
    broken.touch()
    with qtbot.waitSignal(studio.opener.failed, timeout=PATIENCE_MS):
        studio.opener.open(broken)
    qtbot.waitUntil(page.drop_zone.open_button.isEnabled, timeout=PATIENCE_MS)
    assert page.opening_text == ""


def test_a_wrong_drop_is_refused_by_the_cursor_with_the_reason(
    studio: Studio, engine: FakeEngine, tmp_path: Path
) -> None:
    text = tmp_path / "notes.txt"
    text.touch()
    drag_over(studio.window, mime_of(text))
    assert "notes.txt is not a video" in studio.drops.note and ".l3rocc" in studio.drops.note, "and what is welcome"
    assert not may_drop(studio.window, mime_of(text))
    QApplication.sendEvent(studio.window, QDragLeaveEvent())
    assert studio.drops.note == "" and studio.error_dialog is None
    assert "notes.txt is not a video" in studio.window.status_text, "to be read after it was let go"
    drag_over(studio.window, mime_of(engine.video))
    assert may_drop(studio.window, mime_of(engine.video))


def test_a_wrong_choice_is_told_without_a_report(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    studio.opener.open(tmp_path / "notes.txt")
    dialog = studio.error_dialog
    assert dialog is not None
    assert "notes.txt is not a video" in dialog.message.text() and "trajectories" in dialog.message.text()
    assert dialog.copy_button.isHidden() and dialog.details_button.isHidden()
    dialog.accept()


def test_a_drop_while_processing_asks_then_stops_then_opens(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"video")
    drop(studio.window, mime_of(other))
    question = studio.opener.question
    assert question is not None
    assert "other.mp4" in question.text()
    assert question.defaultButton() is question.keep_button
    question.reject()
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.RUNNING
    drop(studio.window, mime_of(other))
    question = studio.opener.question
    assert question is not None
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        next(button for button in question.buttons() if button.text() == "Stop and open").click()
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.CANCELLED


def test_the_question_heeds_that_the_job_ends(studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"video")
    drop(studio.window, mime_of(other))
    question = studio.opener.question
    assert question is not None and question.queue_button.isVisible()
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        engine.go_on.set()
    assert question.text() == "Open other.mp4 now?"
    assert question.keep_button.text() == "Stay here" and not question.queue_button.isVisible()
    assert question.defaultButton() is question.keep_button and question.keep_button.isDefault()
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        question.open_button.click()
    assert studio.opener.question is None
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.DONE


def test_what_would_stop_a_job_can_be_queued_instead(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"video")
    drop(studio.window, mime_of(other))
    assert studio.opener.question is not None
    studio.opener.question.queue_button.click()
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.RUNNING
    feature = next(part for part in studio.features if isinstance(part, QueueFeature))
    qtbot.waitUntil(lambda: [item.path for item in feature.queue.items] == [other], timeout=PATIENCE_MS)
