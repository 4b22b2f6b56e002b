from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.services.project_file import RecoveryFolder
from l3rocc_studio.ui.project.feature import ProjectFeature
from l3rocc_studio.ui.studio import Studio
from tests.services.test_project_file import dead_pid
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, drag_over, drop, mime_of, open_video, process, wait_settled


def feature_of(studio: Studio) -> ProjectFeature:
    return next(feature for feature in studio.features if isinstance(feature, ProjectFeature))


def save(studio: Studio, path: Path, qtbot: QtBot) -> None:
    feature_of(studio).saving.save_to(path)
    qtbot.waitUntil(lambda: studio.project.path == path and not studio.project.is_dirty, timeout=PATIENCE_MS)


def answer(studio: Studio, button: QMessageBox.StandardButton, qtbot: QtBot) -> None:
    question = feature_of(studio).saving.question
    assert question is not None
    qtbot.mouseClick(question.button(button), Qt.MouseButton.LeftButton)


def test_a_project_brings_source_result_settings_position_and_marks_back(
    make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    first = make_studio()
    open_video(first, engine, qtbot)
    process(first, qtbot)
    first.session.timeline.seek(7)
    mine = CameraPose(position=(1.0, 2.0, 1.5), focal_point=(0.0, 0.5, 0.0), view_up=(0.0, 0.0, 1.0))
    first.window.cloud_panel.look_from(mine)
    first.actions["occupancy_side"].trigger()
    wait_settled(first, qtbot)
    first.session.marks.put(Mark(frame_idx=4, name="door"))
    first.session.set_config(first.session.config.with_changes({"min_confidence": 0.3}))
    qtbot.waitUntil(first.window.isWindowModified, timeout=PATIENCE_MS)
    file = tmp_path / "walk.l3rocc"
    save(first, file, qtbot)
    qtbot.waitUntil(lambda: first.window.windowTitle().startswith("walk"), timeout=PATIENCE_MS)
    assert not first.window.isWindowModified()
    close(first, qtbot)

    second = make_studio()
    assert second.window.start_page.recent.entries[0].path == file
    drag_over(second.window, mime_of(file))
    assert second.drops.note == "Drop to open the project walk.l3rocc"
    drop(second.window, mime_of(file))
    qtbot.waitUntil(lambda: second.project.path == file, timeout=PATIENCE_MS)
    wait_settled(second, qtbot)
    session = second.session
    assert session.run is not None, "the result was loaded, not made again"
    assert session.timeline.current == 7
    assert session.marks.all == (Mark(frame_idx=4, name="door"),)
    assert session.config.min_confidence == 0.3
    assert not second.project.is_dirty
    scene = second.window.cloud_panel.scene
    assert scene.view is ViewKind.FREE and scene.kept_pose().position == pytest.approx(mine.position)
    assert second.window.occupancy_panel.scene.view is ViewKind.SIDE
    assert second.actions["occupancy_side"].isChecked()
    # What was looked at is kept for the next time too, and may be damaged like all else.
    kept = second.project.to_dict()["cameras"]
    assert kept["occupancy"]["kind"] == "side" and kept["cloud"]["position"] == pytest.approx(mine.position)
    damaged = {"cameras": {"cloud": {"kind": "behind"}, "occupancy": kept["occupancy"]}}
    assert second.project.load(damaged, file) == ["The cameras of the project are damaged."]
    assert second.project.to_dict()["cameras"]["occupancy"] == kept["occupancy"], "the other one is not lost"


def test_a_project_saved_while_the_camera_path_is_shown_keeps_where_the_camera_has_come_to(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    studio.actions["set_path_view"].trigger()
    studio.actions["preview_path"].trigger()
    studio.session.timeline.pause()
    wait_settled(studio, qtbot)
    scene = studio.window.cloud_panel.scene
    assert scene.view is ViewKind.KEYFRAMES
    kept = studio.project.to_dict()
    assert kept["cameras"]["cloud"]["kind"] == "free"
    assert kept["cameras"]["cloud"]["position"] == pytest.approx(scene.kept_pose().position)
    assert studio.project.load(kept, tmp_path / "walk.l3rocc") == []


def test_a_new_project_is_saved_beside_what_it_is_about(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda _parent, _title, path, _kinds: (asked.append(path), "")[1:] * 2
    )
    open_video(studio, engine, qtbot)
    studio.actions["project_save_as"].trigger()
    assert Path(asked[0]).parent == engine.video.parent
    save(studio, tmp_path / "elsewhere" / "walk.l3rocc", qtbot)
    studio.actions["project_save_as"].trigger()
    assert Path(asked[1]) == tmp_path / "elsewhere" / "walk.l3rocc"


def test_a_broken_project_is_told_and_changes_nothing(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    open_video(studio, engine, qtbot)
    file = tmp_path / "broken.l3rocc"
    file.write_text("{", encoding="utf-8")
    studio.opener.open(file)
    qtbot.waitUntil(lambda: studio.error_dialog is not None, timeout=PATIENCE_MS)
    assert studio.error_dialog is not None
    assert "broken.l3rocc is damaged or not a project" in studio.error_dialog.message.text()
    assert studio.session.source is engine.run.source


def test_a_source_that_was_moved_is_asked_for(studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path) -> None:
    open_video(studio, engine, qtbot)
    file = tmp_path / "walk.l3rocc"
    save(studio, file, qtbot)
    values = json.loads(file.read_text(encoding="utf-8"))
    values["parts"]["source"].update(path="/nowhere/clip.mp4", relative={})
    file.write_text(json.dumps(values), encoding="utf-8")
    feature = feature_of(studio)
    feature.open(file)
    qtbot.waitUntil(lambda: feature.question is not None, timeout=PATIENCE_MS)
    assert feature.question is not None
    assert "clip.mp4 is not where the project left it" in feature.question.text()
    feature.question.reject()
    feature.open_moved(values["parts"], file, engine.video)
    qtbot.waitUntil(lambda: studio.project.path == file and studio.project.is_dirty, timeout=PATIENCE_MS)
    save(studio, file, qtbot)


def test_unsaved_changes_of_a_named_project_are_asked_about(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    open_video(studio, engine, qtbot)
    file = tmp_path / "walk.l3rocc"
    save(studio, file, qtbot)
    studio.session.marks.put(Mark(frame_idx=4, name="door"))
    studio.actions["close_source"].trigger()
    answer(studio, QMessageBox.StandardButton.Cancel, qtbot)
    assert studio.session.source is not None
    studio.actions["close_source"].trigger()
    answer(studio, QMessageBox.StandardButton.Save, qtbot)
    qtbot.waitUntil(lambda: studio.session.source is None, timeout=PATIENCE_MS)
    assert json.loads(file.read_text(encoding="utf-8"))["parts"]["timeline"]["marks"]


def test_what_was_open_at_a_crash_is_offered_and_comes_back(
    make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot
) -> None:
    first = make_studio()
    open_video(first, engine, qtbot)
    first.session.marks.put(Mark(frame_idx=4, name="door"))
    feature = feature_of(first)
    feature.autosave.save_now()
    qtbot.waitUntil(feature.recovery_folder.own_file.is_file, timeout=PATIENCE_MS)
    left = shutil.copy(feature.recovery_folder.own_file, feature.recovery_folder.own_file.with_suffix(".kept"))
    close(first, qtbot)
    folder = first.workspace.recovery_dir
    assert list(folder.glob("*.l3rocc")) == [], "a program that ends by itself leaves nothing"
    os.replace(left, folder / f"{dead_pid()}.l3rocc")

    second = make_studio()
    bar = feature_of(second).offer.bar
    assert bar is not None and bar.isVisible()
    with qtbot.waitSignal(second.opener.opened, timeout=PATIENCE_MS):
        qtbot.mouseClick(bar.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(second.session.marks.all), timeout=PATIENCE_MS)
    assert second.project.path is None
    assert RecoveryFolder(folder).left_behind() is None


def test_missing_inputs_are_greyed_and_can_be_taken_off_the_list(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    studio.settings.add_recent(gone)
    page = studio.window.start_page
    page.show_recent(studio.settings.recent)
    entry = page.recent.entries[0]
    assert not entry.button.isEnabled()
    assert "Not found" in entry.button.toolTip()
    qtbot.mouseClick(entry.remove_button, Qt.MouseButton.LeftButton)
    assert page.recent.entries == ()
    assert studio.settings.recent == []


def test_the_start_page_tells_what_the_machine_can_do(studio: Studio, qtbot: QtBot) -> None:
    machine = studio.window.start_page.machine
    qtbot.waitUntil(lambda: "free" in machine.text, timeout=PATIENCE_MS)
    assert "core" in machine.text
    assert "Not installed" in machine.text
    assert machine.weights_button.text() == "Get the weights…"
