from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from l3rocc_studio.cli.film_options import add_film_options, film_spec
from l3rocc_studio.model.film_camera import CameraKind
from l3rocc_studio.model.film_spec import FilmFormat
from l3rocc_studio.model.looks import CloudColor
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset, write_keyframes
from l3rocc_studio.render.camera_path import plan_camera
from l3rocc_studio.ui.camera_path.feature import CameraPathFeature
from l3rocc_studio.ui.export.feature import Exporting
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.timeline.feature import TimelineFeature
from l3rocc_studio.ui.views.feature import Views
from l3rocc_studio.ui.views.path_card import PathCard
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.test_project import feature_of, save
from tests.ui.windows import PATIENCE_MS, open_video, process, wait_settled

NEAR = CameraPose(position=(1.0, 2.0, 1.5), focal_point=(0.0, 0.5, 0.0), view_up=(0.0, 0.0, 1.0), view_angle_deg=35.0)
FAR = CameraPose(position=(5.0, -6.0, 4.0), focal_point=(0.0, 0.5, 0.5), view_up=(0.0, 0.0, 1.0), view_angle_deg=35.0)


@pytest.fixture
def shown(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> Studio:
    """A window with a result, whose cameras jump."""
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    if studio.actions["smooth_views"].isChecked():
        studio.actions["smooth_views"].trigger()
    return studio


def set_view(studio: Studio, frame_idx: int, pose: CameraPose | None, qtbot: QtBot) -> None:
    """Go to a frame, look from a place, and press the key."""
    studio.session.timeline.seek(frame_idx)
    if pose is not None:
        studio.window.cloud_panel.look_from(pose)
    wait_settled(studio, qtbot)
    studio.actions["set_path_view"].trigger()


def set_two(studio: Studio, qtbot: QtBot) -> None:
    set_view(studio, 2, NEAR, qtbot)
    set_view(studio, 10, FAR, qtbot)


def card_of(studio: Studio) -> PathCard:
    return next(feature for feature in studio.features if isinstance(feature, Views)).page.path


def pose_of(studio: Studio) -> CameraPose:
    scene = studio.window.cloud_panel.scene
    assert scene is not None
    return scene.kept_pose()


def is_near(pose: CameraPose, wanted: CameraPose) -> bool:
    ends = [(pose.position, wanted.position), (pose.focal_point, wanted.focal_point)]
    return all(np.allclose(here, there, atol=1e-6) for here, there in ends)


def test_views_are_kept_as_they_stand_or_as_what_moves(shown: Studio, qtbot: QtBot) -> None:
    path, actions, card = shown.session.view_keyframes, shown.actions, card_of(shown)
    assert actions["set_path_view"].isEnabled() and actions["load_path"].isEnabled()
    for key in ("preview_path", "copy_path", "save_path", "clear_path", "next_path_view"):
        assert not actions[key].isEnabled() and "press" not in actions[key].toolTip()
        assert actions[key].toolTip() == "Set a view on the timeline first (V)."
    assert "no view of the camera path at this frame" in actions["path_hold"].toolTip()
    assert not card.empty.isHidden() and "press V" in card.empty.text()
    assert card.list.isHidden() and card.editor.isHidden()

    set_two(shown, qtbot)
    assert path.frames == [2, 10]
    fixed = path.items[0].view
    assert isinstance(fixed, CameraPose) and is_near(fixed, NEAR) and fixed.clipping_range is None
    for frame_idx, key, preset in (
        (4, "view_follow", WorldPreset.FOLLOW),
        (6, "view_first_person", WorldPreset.FIRST_PERSON),
        (8, "view_orbit", WorldPreset.ORBIT),
    ):
        actions[key].trigger()
        shown.session.timeline.seek(frame_idx)
        actions["set_path_view"].trigger()
        assert path.items[-2].view is preset
    actions["view_top"].trigger()
    actions["set_path_view"].trigger()
    assert isinstance(path.items[-2].view, CameraPose), "what stands is kept where it stands"
    content = shown.window.timeline_bar.track.content
    assert content.views == path.items
    for _ in range(6):
        actions["undo"].trigger()
    assert path.items == ()


def test_the_actions_follow_the_frame(shown: Studio, qtbot: QtBot) -> None:
    actions, timeline, path = shown.actions, shown.session.timeline, shown.session.view_keyframes
    set_two(shown, qtbot)
    assert actions["path_smooth"].isChecked() and actions["remove_path_view"].isEnabled()
    actions["path_hold"].trigger()
    assert path.items[1].ease is Ease.HOLD
    assert actions["path_hold"].isChecked() and not actions["path_smooth"].isChecked()
    actions["path_hold"].trigger()
    assert actions["path_hold"].isChecked(), "chosen again it stays"
    timeline.seek(5)
    assert not actions["path_hold"].isChecked() and not actions["remove_path_view"].isEnabled()
    actions["next_path_view"].trigger()
    assert timeline.current == 10
    actions["next_path_view"].trigger()
    assert "no later view" in shown.window.status_text
    actions["previous_path_view"].trigger()
    assert timeline.current == 2
    actions["remove_path_view"].trigger()
    assert path.frames == [10]
    actions["clear_path"].trigger()
    assert path.items == ()
    actions["undo"].trigger()
    assert path.frames == [10]


def test_the_preview_shows_what_the_film_will(shown: Studio, qtbot: QtBot) -> None:
    """The panel's camera is that of the film's path at every frame."""
    actions, timeline, session = shown.actions, shown.session.timeline, shown.session
    set_two(shown, qtbot)
    timeline.seek(2)
    actions["preview_path"].trigger()
    assert timeline.is_playing and actions["preview_path"].isChecked()
    timeline.pause()
    scene, run = shown.window.cloud_panel.scene, session.run
    assert scene is not None and run is not None and scene.scene_frame is not None
    dialog = open_dialog(shown)
    film = dialog.film_page.spec(None)
    dialog.reject()
    path = plan_camera(film.camera, scene.scene_frame, run, frames=range(run.num_frames), aspect=scene.aspect)
    seen = []
    for frame_idx in (0, 2, 4, 6, 9, 11):
        timeline.seek(frame_idx)
        wait_settled(shown, qtbot)
        assert is_near(pose_of(shown), path.pose(frame_idx))
        seen.append(pose_of(shown).position)
    assert len(set(seen)) == 5, "before the first view and after the last the camera stands"
    session.view_keyframes.move(2, 8)
    assert is_near(pose_of(shown), FAR), "an edit is seen at once"
    timeline.seek(9)
    wait_settled(shown, qtbot)
    before = pose_of(shown)
    view = shown.window.cloud_panel.view
    assert view is not None
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    qtbot.mouseMove(view, QPoint(100, 80))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    assert scene.view is ViewKind.FREE and not actions["preview_path"].isChecked(), "a hand leaves the path"
    assert not is_near(pose_of(shown), before)
    actions["preview_path"].trigger()
    wait_settled_paused(shown, qtbot)
    session.view_keyframes.clear()
    assert not actions["preview_path"].isChecked(), "without views there is nothing to travel along"
    set_two(shown, qtbot)
    shown.session.timeline.seek(6)
    shown.actions["preview_path"].trigger()
    wait_settled_paused(shown, qtbot)
    between = pose_of(shown)
    shown.actions["preview_path"].trigger()
    wait_settled(shown, qtbot)
    assert not shown.session.timeline.is_playing and is_near(pose_of(shown), between)
    shown.session.timeline.seek(9)
    wait_settled(shown, qtbot)
    assert is_near(pose_of(shown), between)


def wait_settled_paused(studio: Studio, qtbot: QtBot) -> None:
    studio.session.timeline.pause()
    wait_settled(studio, qtbot)


def test_card_and_timeline_show_the_path_and_change_it(shown: Studio, qtbot: QtBot) -> None:
    card, path, timeline = card_of(shown), shown.session.view_keyframes, shown.session.timeline
    set_two(shown, qtbot)
    texts = [card.list.item(row).text().split() for row in range(card.list.count())]
    assert texts == [["2", "Fixed", "view", "Smooth"], ["10", "Fixed", "view", "Smooth"]]
    assert card.empty.isHidden() and card.list.frame_idx == 10
    timeline.seek(2)
    assert card.list.frame_idx == 2, "the list follows the timeline"
    timeline.seek(5)
    assert card.list.frame_idx == 2
    card.ease.setCurrentIndex(card.ease.findData(Ease.LINEAR))
    card.ease.activated.emit(card.ease.currentIndex())
    card.view.setCurrentIndex(card.view.findData(WorldPreset.TOP))
    card.view.activated.emit(card.view.currentIndex())
    assert path.at(2) == ViewKeyframe(frame_idx=2, view=WorldPreset.TOP, ease=Ease.LINEAR)
    assert card.list.item(0).text().split() == ["2", "Top", "Linear"]
    card.frame.setValue(7)
    assert path.frames == [7, 10] and timeline.current == 7 and card.list.frame_idx == 7
    shown.actions["undo"].trigger()
    assert path.frames == [2, 10]
    card.list.setCurrentRow(1)
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert timeline.current == 10
    qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert path.frames == [2] and card.frame.value() == 2

    shown.session.view_keyframes.put(10, FAR)
    track = shown.window.timeline_bar.track
    track.view_moved.emit(2, 5)
    assert shown.session.view_keyframes.frames == [5, 10]
    assert shown.session.edits.undo_label == "Move the view at frame 2 to 5"
    assert card.list.frame_idx == 5, "what was moved is what the card edits"
    timeline_feature = next(feature for feature in shown.features if isinstance(feature, TimelineFeature))
    track.hovered.emit(5, track.scale.x_of(5))
    assert "camera path: Top, Linear" in timeline_feature.preview.text


def test_the_list_shows_what_each_view_shows(shown: Studio, qtbot: QtBot) -> None:
    views = next(feature for feature in shown.features if isinstance(feature, Views))
    pictures, path, card = views.path_pictures, shown.session.view_keyframes, card_of(shown)

    def row_colors(row: int) -> set[int]:
        image = card.list.item(row).icon().pixmap(card.list.iconSize()).toImage()
        return {image.pixel(x, y) for x in range(20, image.width(), 3) for y in range(2, image.height() - 2, 3)}

    def wait() -> None:
        qtbot.waitUntil(lambda: pictures.is_idle, timeout=PATIENCE_MS)

    set_view(shown, 2, FAR, qtbot)
    placeholder = row_colors(0)
    assert pictures.picture(path.items[0]) is None, "a placeholder until the picture is there"
    wait()
    far = pictures.picture(path.items[0])
    path.put(2, NEAR)
    wait()
    near = pictures.picture(path.items[0])
    assert row_colors(0) != placeholder
    assert far is not None and near is not None and near != far, "an edit has another picture"
    path.set_ease(2, Ease.HOLD)
    assert pictures.picture(path.items[0]) == near, "how it goes on changes nothing"
    path.put(4, WorldPreset.FIRST_PERSON)
    path.put(8, WorldPreset.FIRST_PERSON)
    wait()
    assert pictures.picture(path.items[1]) != pictures.picture(path.items[2]), "what moves is elsewhere by then"
    scene = shown.window.cloud_panel.scene
    assert scene is not None
    shown.session.looks.change_cloud(replace(scene.look, color=CloudColor.HEIGHT), "Height")
    qtbot.waitUntil(lambda: pictures.picture(path.items[0]) != near, timeout=PATIENCE_MS)  # the panel's colours


def open_dialog(studio: Studio):  # type: ignore[no-untyped-def]
    studio.actions["export_film"].trigger()
    dialog = next(feature for feature in studio.features if isinstance(feature, Exporting)).dialog
    assert dialog is not None
    return dialog


def test_the_film_is_that_of_the_command_line_with_the_saved_file_which_can_be_loaded(
    shown: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog(shown)
    item = dialog.film_page.picture.camera.model().item(dialog.film_page.picture.camera.findData(CameraKind.KEYFRAMES))
    assert not item.isEnabled() and "Set views on the timeline first" in item.toolTip()
    dialog.reject()
    set_two(shown, qtbot)
    shown.actions["path_linear"].trigger()
    shown.actions["view_follow"].trigger()
    set_view(shown, 11, None, qtbot)
    file = tmp_path / "walk"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    shown.actions["save_path"].trigger()
    saved = tmp_path / "walk.json"
    qtbot.waitUntil(lambda: str(saved) in shown.window.status_text, timeout=PATIENCE_MS)
    parser = argparse.ArgumentParser()
    add_film_options(parser)
    by_command = film_spec(parser.parse_args(["--cameras", str(saved)]), FilmFormat.MP4)
    dialog = open_dialog(shown)
    assert dialog.film_page.picture.camera.currentData() is CameraKind.KEYFRAMES, "who made a path wants it in the film"
    by_window = dialog.film_page.spec(None)
    dialog.reject()
    assert by_window.camera == by_command.camera
    assert len(by_window.camera.keyframes) == 3
    shown.actions["copy_path"].trigger()
    assert json.loads(QGuiApplication.clipboard().text()) == json.loads(saved.read_text(encoding="utf-8"))

    # Pasted it is the same path again, as an edit.
    kept = shown.session.view_keyframes.items
    shown.session.view_keyframes.clear()
    shown.actions["paste_path"].trigger()
    assert shown.session.view_keyframes.items == kept
    assert shown.session.edits.undo_label == "Paste a camera path" and "Pasted 3 views" in shown.window.status_text
    shown.actions["undo"].trigger()
    assert shown.session.view_keyframes.items == ()
    shown.actions["undo"].trigger()

    # A file replaces the path, and what does not fit is told.
    before = shown.session.view_keyframes.items
    file = tmp_path / "path.json"
    keyframes = [ViewKeyframe(frame_idx=frame_idx, view=FAR, ease=Ease.HOLD) for frame_idx in (1, 4, 900)]
    write_keyframes(file, keyframes)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    shown.actions["load_path"].trigger()
    qtbot.waitUntil(lambda: "Loaded 2 views; 1 beyond" in shown.window.status_text, timeout=PATIENCE_MS)
    assert shown.session.view_keyframes.items == tuple(keyframes[:2])
    shown.actions["undo"].trigger()
    assert shown.session.view_keyframes.items == before
    file.write_text("nonsense", encoding="utf-8")
    shown.actions["load_path"].trigger()
    qtbot.waitUntil(lambda: shown.error_dialog is not None, timeout=PATIENCE_MS)
    assert shown.error_dialog is not None
    shown.error_dialog.reject()
    assert shown.session.view_keyframes.items == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no text to paste"),
        ("some words", "not JSON: “some words…”"),
        ('{"name": "A", "position": [0, 0, 1]}', "holds no keyframes"),
        ('[{"frame": 3}]', "not a keyframe"),
        ('[{"frame": 900, "preset": "top"}]', "beyond the last frame"),
    ],
)
def test_what_is_no_path_is_not_pasted(shown: Studio, qtbot: QtBot, text: str, sentence: str) -> None:
    set_view(shown, 2, NEAR, qtbot)
    before = shown.session.view_keyframes.items
    QGuiApplication.clipboard().setText(text)
    shown.actions["paste_path"].trigger()
    dialog = shown.error_dialog
    assert dialog is not None and sentence in dialog.message.text()
    dialog.reject()
    assert shown.session.view_keyframes.items == before


def test_setting_a_view_is_called_replacing_where_there_is_one(shown: Studio, qtbot: QtBot) -> None:
    action = shown.actions["set_path_view"]
    assert action.text() == "&Set the view at this frame"
    set_view(shown, 2, NEAR, qtbot)
    assert action.text() == "Replace the v&iew at this frame" and "instead of the view" in action.toolTip()
    assert action.toolTip().endswith("(V)")
    shown.session.timeline.seek(3)
    assert action.text() == "&Set the view at this frame" and "instead" not in action.toolTip()
    shown.session.timeline.seek(2)
    shown.actions["undo"].trigger()
    assert action.text() == "&Set the view at this frame"


def test_of_a_run_of_a_range_frames_are_counted_as_the_command_line_does(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    open_video(studio, engine, qtbot)
    studio.session.timeline.set_range(4, 9)
    studio.permissions.update()
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process_range"].trigger()
    wait_settled(studio, qtbot)
    studio.session.timeline.seek(1)
    assert "was not processed" in studio.actions["set_path_view"].toolTip()
    set_view(studio, 6, NEAR, qtbot)
    assert studio.session.view_keyframes.frames == [6]
    assert [keyframe.frame_idx for keyframe in studio.session.run_view_keyframes] == [2]
    studio.actions["copy_path"].trigger()
    assert json.loads(QGuiApplication.clipboard().text())["keyframes"][0]["frame"] == 2
    dialog = open_dialog(studio)
    assert dialog.film_page.spec(None).camera.keyframes[0].frame_idx == 2
    assert dialog.film_page.preview_frame.frame_idx == 2, "the preview begins with the frame that is shown"
    dialog.reject()
    file = tmp_path / "path.json"
    write_keyframes(file, studio.session.run_view_keyframes)
    files = next(feature for feature in studio.features if isinstance(feature, CameraPathFeature)).files
    studio.session.view_keyframes.clear()
    files.load(file)
    qtbot.waitUntil(lambda: studio.session.view_keyframes.frames == [6], timeout=PATIENCE_MS)


def test_a_project_brings_the_path_back(
    make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    first = make_studio()
    open_video(first, engine, qtbot)
    process(first, qtbot)
    set_two(first, qtbot)
    first.actions["path_hold"].trigger()
    expected = first.session.view_keyframes.items
    qtbot.waitUntil(first.window.isWindowModified, timeout=PATIENCE_MS)
    file = tmp_path / "walk.l3rocc"
    save(first, file, qtbot)
    first.actions["close_source"].trigger()
    assert first.session.view_keyframes.items == (), "what is opened next begins without a path"
    close(first, qtbot)
    second = make_studio()
    feature_of(second).open(file)
    qtbot.waitUntil(lambda: second.session.view_keyframes.items == expected, timeout=PATIENCE_MS)
    wait_settled(second, qtbot)
    second.session.view_keyframes.clear()
    save(second, file, qtbot)
    assert read_project(file)["camera_path"] == {"keyframes": []}


def read_project(file: Path) -> dict[str, object]:
    values = json.loads(file.read_text(encoding="utf-8"))
    return values.get("parts", values)  # type: ignore[no-any-return]
