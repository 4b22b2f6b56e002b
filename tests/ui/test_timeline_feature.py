from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.feature import Feature
from l3rocc_studio.ui.overlays.feature import Overlays
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.timeline.feature import TimelineFeature
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, shown_picture, wait_settled

F = TypeVar("F", bound=Feature)


def feature(studio: Studio, kind: type[F]) -> F:
    return next(made for made in studio.features if isinstance(made, kind))


def open_and_process(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> TimelineFeature:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    made = feature(studio, TimelineFeature)
    qtbot.waitUntil(lambda: made.meter.quality is not None, timeout=PATIENCE_MS)
    wait_settled(studio, qtbot)
    return made


def test_the_axis_knows_the_run(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    made = open_and_process(studio, engine, qtbot)
    content = studio.window.timeline_bar.track.content
    assert content.num_frames == 12
    assert content.keyframes == (0, 4, 8)
    assert content.processed == range(12)
    assert content.quality is made.meter.quality
    made.meter.set_run(None)
    assert made.meter.quality is None
    made.meter.set_run(studio.session.run)
    qtbot.waitUntil(lambda: made.meter.quality is not None, timeout=PATIENCE_MS)
    studio.actions["close_source"].trigger()
    assert studio.window.timeline_bar.track.content.num_frames == 0


def test_thumbnails_and_preview_come_in_the_background(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    made = open_and_process(studio, engine, qtbot)
    track = studio.window.timeline_bar.track
    wanted = track.frames_of_thumbnails()
    assert wanted
    qtbot.waitUntil(lambda: all(made.pictures.exact(frame) is not None for frame in wanted), timeout=PATIENCE_MS)
    qtbot.mouseMove(track, QPoint(round(track.scale.x_of(8)), 50))
    qtbot.waitUntil(made.preview.isVisible, timeout=PATIENCE_MS)  # the display says where the mouse is, in its time
    assert made.preview.text.splitlines()[0].split() == ["8", "0:00.80"]
    assert "keyframe" in made.preview.text and "coverage" in made.preview.text
    qtbot.waitUntil(lambda: made.preview.has_picture, timeout=PATIENCE_MS)
    assert studio.session.timeline.current == 0, "nothing moves for a look"
    studio.session.timeline.begin_scrub()
    assert not made.preview.isVisible()
    studio.session.timeline.end_scrub()


def test_marks_are_set_visited_renamed_and_taken_back(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    made = open_and_process(studio, engine, qtbot)
    timeline, marks, actions = studio.session.timeline, studio.session.marks, studio.actions
    assert not actions["next_mark"].isEnabled()
    for frame_idx in (3, 9):
        timeline.seek(frame_idx)
        actions["mark"].trigger()
    assert [mark.frame_idx for mark in marks.all] == [3, 9]
    timeline.seek(0)
    qtbot.waitUntil(actions["rename_mark"].isEnabled)
    actions["rename_mark"].trigger()
    assert made.marks.dialog is None and "no mark at this frame" in studio.window.status_text
    visited = []
    for _ in range(3):
        actions["next_mark"].trigger()
        visited.append(timeline.current)
    assert visited == [3, 9, 9]
    assert "no later mark" in studio.window.status_text
    actions["rename_mark"].trigger()
    dialog = made.marks.dialog
    assert dialog is not None
    dialog.setTextValue("door")
    dialog.accept()
    assert marks.at(9) is not None and marks.at(9).name == "door"  # type: ignore[union-attr]
    actions["mark"].trigger()
    assert [mark.frame_idx for mark in marks.all] == [3]
    for expected in ([(3, "Mark 1"), (9, "door")], [(3, "Mark 1"), (9, "Mark 2")], [(3, "Mark 1")], []):
        actions["undo"].trigger()
        assert [(mark.frame_idx, mark.name) for mark in marks.all] == expected
    assert studio.window.timeline_bar.track.content.marks == ()


def test_keyframes_and_the_worst_are_jumped_to(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    made = open_and_process(studio, engine, qtbot)
    timeline, actions = studio.session.timeline, studio.actions
    actions["next_keyframe"].trigger()
    assert timeline.current == 4
    timeline.seek(7)
    actions["previous_keyframe"].trigger()
    assert timeline.current == 4
    assert made.meter.quality is not None
    worst = made.meter.quality.worst_frames(2)
    actions["worst"].trigger()
    assert timeline.current == worst[0]
    actions["worst"].trigger()
    assert timeline.current == worst[1]


def test_in_and_out_points_can_be_taken_back(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_and_process(studio, engine, qtbot)
    timeline, actions = studio.session.timeline, studio.actions
    assert "Set a range" in actions["process_range"].toolTip()
    timeline.seek(3)
    actions["set_in"].trigger()
    timeline.seek(8)
    actions["set_out"].trigger()
    assert timeline.range == (3, 8)
    assert actions["process_range"].isEnabled()
    actions["undo"].trigger()
    assert timeline.is_range_full
    actions["redo"].trigger()
    actions["clear_range"].trigger()
    assert timeline.is_range_full


def test_just_the_range_is_processed_and_shown_where_it_belongs(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    open_and_process(studio, engine, qtbot)
    timeline, window = studio.session.timeline, studio.window
    timeline.set_range(4, 9)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process_range"].trigger()
    wait_settled(studio, qtbot)
    assert engine.processed[-1].frame_range == (4, 9)
    assert studio.session.run_frames == range(4, 10)
    assert window.timeline_bar.track.content.processed == range(4, 10)
    assert studio.actions["range_only"].isChecked()
    scene = window.occupancy_panel.scene
    assert scene is not None
    for frame_idx in (4, 7, 9):
        timeline.seek(frame_idx)
        wait_settled(studio, qtbot)
        assert window.occupancy_panel.sentence == window.cloud_panel.sentence == ""
        assert scene.counts is not None
        assert scene.counts.visible == len(engine.run.occupancy.occupied_indices(frame_idx))
        assert np.array_equal(shown_picture(studio), engine.run.source.frame(frame_idx))
    timeline.seek(2)
    wait_settled(studio, qtbot)
    assert window.occupancy_panel.sentence == window.cloud_panel.sentence == "This frame was not processed"
    assert scene.counts is None
    timeline.set_range(0, timeline.num_frames - 1)
    assert studio.session.config.frame_range == ()
    assert "frames" in window.process_panel.stale_text


def test_all_panels_are_painted_with_the_same_frame_always(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each panel holds is noted whenever it paints; the three never differ once a frame is shown."""
    open_and_process(studio, engine, qtbot)
    window, timeline = studio.window, studio.session.timeline
    painted: dict[str, int] = {}
    sheets: list[dict[str, int]] = []
    pictures = {engine.run.source.frame(i).tobytes(): i for i in range(12)}

    def watch(thing: object, name: str, frame_idx: Callable[[], int]) -> None:
        """Note what a panel holds at the moment of drawing, before anybody is told of it."""
        draw = getattr(thing, name)

        def noting() -> object:
            painted[str(thing)] = frame_idx()
            return draw()

        monkeypatch.setattr(thing, name, noting)

    for panel in window.scene_panels:
        held = [-1]
        panel.presented.connect(lambda frame_idx, held=held: held.__setitem__(0, frame_idx))
        watch(panel.view, "_draw", lambda held=held: held[0])
    watch(window.rgb_panel.view, "target_rect", lambda: pictures[shown_picture(studio).tobytes()])
    studio.presenter.shown.connect(lambda frame_idx: sheets.append({**painted, "shown": frame_idx}))
    timeline.begin_scrub()
    for frame_idx in [*range(12), *range(11, -1, -1), 7, 2, 9, 9, 0]:
        timeline.seek(frame_idx)
        qtbot.wait(4)
    timeline.end_scrub()
    wait_settled(studio, qtbot)
    timeline.play()
    qtbot.waitUntil(lambda: len(sheets) > 12, timeout=PATIENCE_MS)
    timeline.pause()
    wait_settled(studio, qtbot)
    assert len(sheets) > 5
    for sheet in sheets:
        assert len(sheet) == 4 and set(sheet.values()) == {sheet["shown"]}, sheet
    assert sheets[-1]["shown"] == timeline.current


def test_overlays_are_switched_remembered_and_follow_the_frame(
    make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot
) -> None:
    first = make_studio()
    open_and_process(first, engine, qtbot)
    panel, actions = first.window.rgb_panel, first.actions
    assert not actions["overlay_depth"].isEnabled() and "keeps no depth" in actions["overlay_depth"].toolTip()
    actions["overlay_occupancy"].trigger()
    actions["overlay_path"].trigger()
    for frame_idx in (2, 6):
        first.session.timeline.seek(frame_idx)
        wait_settled(first, qtbot)
        assert panel.overlay is not None and panel.overlay.frame_idx == frame_idx
        assert panel.view.overlay is not None and panel.view.overlay.fill is not None
    feature(first, Overlays).menu.slider.setValue(30)
    close(first, qtbot)
    second = make_studio()
    open_and_process(second, engine, qtbot)
    assert second.actions["overlay_occupancy"].isChecked() and second.actions["overlay_path"].isChecked()
    assert feature(second, Overlays).menu.slider.value() == 30
    assert second.window.rgb_panel.overlay is not None
    second.actions["overlay_occupancy"].trigger()
    second.actions["overlay_path"].trigger()
    wait_settled(second, qtbot)
    assert second.window.rgb_panel.overlay is None


@pytest.mark.parametrize("size", [(820, 520), (1440, 900)])
def test_the_bar_leaves_room_for_the_panels(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, size: tuple[int, int]
) -> None:
    open_and_process(studio, engine, qtbot)
    studio.window.resize(*size)
    qtbot.waitUntil(lambda: studio.window.size().toTuple() == size, timeout=PATIENCE_MS)
    wait_settled(studio, qtbot)
    bar = studio.window.timeline_bar
    qtbot.waitUntil(lambda: bar.track.has_thumbnails == (size[1] > 640), timeout=PATIENCE_MS)
    assert bar.track.height() >= bar.track.sizeHint().height()
    assert bar.transport.buttons["play"].isVisible()
    assert all(panel.height() >= 140 for panel in (studio.window.rgb_panel, *studio.window.scene_panels))


def test_typed_places_and_keys(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_and_process(studio, engine, qtbot)
    studio.actions["go_to"].trigger()
    field = studio.window.timeline_bar.transport.place
    qtbot.keyClicks(field, "0:00.7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert studio.session.timeline.current == 7
    studio.actions["faster"].trigger()
    studio.actions["faster"].trigger()
    assert studio.session.timeline.speed == 4.0
    studio.actions["slower"].trigger()
    assert studio.session.timeline.speed == 2.0
