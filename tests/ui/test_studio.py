"""One window from the start page to a result, and its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from l3rocc_engine.errors import ReconstructionError
from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.ui.studio import Studio
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import (
    PATIENCE_MS,
    open_video,
    process,
    start_held,
    wait_settled,
)


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
    studio.theme_choice.choose("light")
    try:
        light = corner()
    finally:
        studio.theme_choice.choose("dark")
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
