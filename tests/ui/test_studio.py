from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragLeaveEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.reconstruction import PointMap
from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.services import growing_cloud
from l3rocc_studio.ui.queue.feature import QueueFeature
from l3rocc_studio.ui.studio import Studio
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, drag_over, drop, may_drop, mime_of, num_colors, shown_picture, wait_settled


def open_video(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    wait_settled(studio, qtbot)


def process(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    wait_settled(studio, qtbot)


def start_held(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    """Start processing and wait until it hangs in its second stage."""
    engine.waits = True
    studio.actions["process"].trigger()
    qtbot.waitUntil(lambda: "depth" in studio.session.job(JobKind.PROCESS).stages, timeout=PATIENCE_MS)


def test_a_video_goes_from_start_page_to_result(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    window = studio.window
    assert window.pages.currentWidget() is window.start_page
    assert not studio.actions["process"].isEnabled()
    assert studio.actions["process"].toolTip() == "Open a video or a folder first."
    open_video(studio, engine, qtbot)
    assert window.pages.currentWidget() is window.desk
    assert not window.cloud_panel.has_run
    assert "Process the video" in window.cloud_panel.sentence
    assert studio.actions["export_film"].toolTip() == "Process the source first."
    process(studio, qtbot)
    for panel in window.scene_panels:
        assert panel.has_run
        assert panel.sentence == ""
    assert studio.actions["export_film"].isEnabled()
    assert f"{engine.run.cloud.num_points:,}" in window.cloud_panel.note


def test_all_panels_show_the_frame_of_the_timeline(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    shown: list[int] = []
    studio.presenter.shown.connect(shown.append)
    for frame_idx in (7, 3, 11):
        studio.session.timeline.seek(frame_idx)
        wait_settled(studio, qtbot)
        assert shown[-1] == frame_idx
        assert np.array_equal(shown_picture(studio), engine.run.source.frame(frame_idx))
    for panel in studio.window.scene_panels:
        assert panel.view is not None
        assert num_colors(panel.view) > 20, "the scene is drawn"


def test_a_fast_scrub_ends_on_the_newest_frame_and_drops_others(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    shown: list[int] = []
    studio.presenter.shown.connect(shown.append)
    timeline = studio.session.timeline
    timeline.begin_scrub()
    for frame_idx in list(range(12)) * 10:
        timeline.seek(frame_idx)
    timeline.end_scrub()
    wait_settled(studio, qtbot)
    assert shown[-1] == 11
    assert len(shown) < 10


def test_playing_moves_all_panels(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    shown: set[int] = set()
    studio.presenter.shown.connect(shown.add)
    studio.actions["play"].trigger()
    assert studio.actions["play"].toolTip().startswith("Pause")
    qtbot.waitUntil(lambda: len(shown) >= 4, timeout=PATIENCE_MS)
    studio.actions["play"].trigger()
    assert not studio.session.timeline.is_playing


def test_cancel_stops_and_says_so(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    panel = studio.window.process_panel
    assert panel.stages.lines[0].startswith("Poses and depth: running")
    assert panel.cancel_button.isVisible() and not panel.process_button.isVisible()
    qtbot.mouseClick(panel.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.session.job(JobKind.PROCESS).phase is JobPhase.CANCELLED, timeout=PATIENCE_MS)
    assert panel.process_button.isVisible()
    assert panel.stages.lines[0].startswith("Poses and depth: stopped")
    assert "Stopped" in studio.window.status_text
    assert studio.session.run is None


def test_a_failure_is_told_with_its_hint_and_a_report(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    engine.error = ReconstructionError("The pictures hardly overlap.", "Film more slowly.")
    with qtbot.waitSignal(studio.processor.failed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    dialog = studio.error_dialog
    assert dialog is not None
    assert dialog.message.text() == "The pictures hardly overlap."
    assert dialog.hint.text() == "Film more slowly."
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert "ReconstructionError: The pictures hardly overlap." in QGuiApplication.clipboard().text()
    dialog.accept()
    assert studio.error_dialog is None


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


def test_changed_settings_mark_the_result(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    form = studio.window.process_panel.form
    form.voxel_size.setValue(0.05)
    process(studio, qtbot)
    assert engine.processed[-1].voxel_size == 0.05
    assert studio.window.process_panel.stale_text == ""
    form.interval.setValue(3)
    assert "interval" in studio.window.process_panel.stale_text
    form.voxel_size.setValue(0.03)
    assert not studio.actions["process"].isEnabled()
    assert "whole number" in studio.actions["process"].toolTip()


def test_the_next_start_remembers(make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot) -> None:
    first = make_studio()
    open_video(first, engine, qtbot)
    first.window.resize(1000, 640)
    close(first, qtbot)
    second = make_studio()
    assert second.window.size().toTuple() == (1000, 640)
    assert [button.accessibleName() for button in second.window.start_page.recent_buttons] == ["Open room.mp4"]
    with qtbot.waitSignal(second.opener.opened, timeout=PATIENCE_MS):
        qtbot.mouseClick(second.window.start_page.recent_buttons[0], Qt.MouseButton.LeftButton)


def test_the_light_look_reaches_the_scenes(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)

    def corner() -> int:
        assert studio.window.cloud_panel.view is not None
        return studio.window.cloud_panel.view.grabFramebuffer().pixelColor(3, 3).lightness()

    dark = corner()
    studio.choose_theme("light")
    try:
        light = corner()
    finally:
        studio.choose_theme("dark")
    assert dark < 80 < 160 < light


@pytest.mark.timeout(120)
def test_five_windows_come_and_go(make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot) -> None:
    for _ in range(5):
        studio = make_studio()
        open_video(studio, engine, qtbot)
        process(studio, qtbot)
        studio.session.timeline.seek(5)
        close(studio, qtbot)
        assert studio.session.timeline.frame_changed.num_listeners == 0
        assert studio.session.job_changed.num_listeners == 0


def test_closing_the_source_while_processing_waits_for_the_end(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    open_video(studio, engine, qtbot)
    start_held(studio, engine, qtbot)
    studio.actions["close_source"].trigger()
    assert studio.session.source is not None, "the job still reads it"
    qtbot.waitUntil(lambda: studio.session.source is None, timeout=PATIENCE_MS)
    assert studio.session.job(JobKind.PROCESS).phase is JobPhase.CANCELLED
    qtbot.waitUntil(lambda: studio.window.pages.currentWidget() is studio.window.start_page)


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


def test_history_and_world_occupancy_can_be_switched(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    studio.session.timeline.seek(9)
    wait_settled(studio, qtbot)

    def picture(panel: QWidget) -> bytes:
        wait_settled(studio, qtbot)
        image = panel.grab().toImage()
        return bytes(image.constBits())  # the image has to outlive the look at its memory

    for key, panel in zip(("world_voxels", "history"), studio.window.scene_panels, strict=True):
        assert panel.view is not None
        before = picture(panel.view)
        studio.actions[key].trigger()
        assert picture(panel.view) != before
        studio.actions[key].trigger()
        assert picture(panel.view) == before


def test_the_cloud_grows_while_processing_and_goes_when_stopped(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing_cloud, "INTERVAL_S", 0.0)
    open_video(studio, engine, qtbot)
    panel = studio.window.cloud_panel
    rng = np.random.default_rng(0)
    engine.point_maps = (
        PointMap(
            frame_idx=0,
            points_cam=rng.uniform(0.5, 1.5, (30, 40, 3)).astype(np.float32),
            confidence=np.ones((30, 40), dtype=np.float32),
            colors=rng.integers(0, 255, (30, 40, 3), dtype=np.uint8),
        ),
    )
    before = num_colors(panel)
    start_held(studio, engine, qtbot)
    qtbot.waitUntil(lambda: panel.is_growing, timeout=PATIENCE_MS)
    assert panel.sentence == ""
    qtbot.waitUntil(lambda: num_colors(panel) > before + 40, timeout=PATIENCE_MS)
    assert panel.note == "first points, still growing"
    assert panel.scene is not None and panel.scene.cameras.trajectory is not None, "with the camera's way"
    head = panel.scene.cameras.moving_actors()[1]
    for frame_idx in (3, 7):
        studio.session.timeline.seek(frame_idx)
        centre = engine.run.trajectory.centres_world[frame_idx]
        qtbot.waitUntil(lambda: np.allclose(head.GetPosition(), centre), timeout=PATIENCE_MS)  # noqa: B023  waited for here
    studio.actions["cancel"].trigger()
    qtbot.waitUntil(lambda: not studio.session.active_jobs, timeout=PATIENCE_MS)
    assert not panel.is_growing and panel.note == ""
    assert panel.scene.cameras.trajectory is None
    assert "Process the video" in panel.sentence
