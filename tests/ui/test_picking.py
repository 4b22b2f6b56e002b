from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_engine.pipeline.run_scale import rescale_by_two_points
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run
from l3rocc_studio.model.pick import PickKind
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render.projection import project
from l3rocc_studio.services.rescaling import as_located
from l3rocc_studio.ui.looks.legend_overlay import LegendOverlay
from l3rocc_studio.ui.panels.scene_panel import ScenePanel
from l3rocc_studio.ui.picking.fact_texts import frame_links
from l3rocc_studio.ui.picking.feature import Picking
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.views.feature import Views
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, open_video, process, wait_settled


@pytest.fixture
def shown(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> Studio:
    """A window with a result of unknown scale, whose cameras jump."""
    engine._run = replace(engine.run, scale=Scale())
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    if studio.actions["smooth_views"].isChecked():
        studio.actions["smooth_views"].trigger()
    return studio


def picking_of(studio: Studio) -> Picking:
    return next(feature for feature in studio.features if isinstance(feature, Picking))


def click(studio: Studio, qtbot: QtBot, panel: ScenePanel, point: np.ndarray, *, is_double: bool = False) -> None:
    """Click where a point of the panel's frame is drawn, and wait for what is known of it."""
    assert panel.scene is not None and panel.view is not None
    (pixel,), _ = project(panel.scene.renderer, point[None])
    at = QPoint(round(pixel[0]), round(panel.view.height() - 1 - pixel[1]))
    act = qtbot.mouseDClick if is_double else qtbot.mouseClick
    act(panel.view, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: picking_of(studio).is_idle, timeout=PATIENCE_MS)
    wait_settled(studio, qtbot)


def seen_points(studio: Studio, count: int) -> np.ndarray:
    """Points of the cloud that lie well inside the picture, far from each other, in front of everything else."""
    scene, run = studio.window.cloud_panel.scene, studio.session.run
    assert scene is not None and run is not None
    points = run.cloud.points_world.astype(np.float64)
    pixels, depth = project(scene.renderer, points)
    size = np.array(scene.renderer.GetSize())
    inside = ((pixels > 0.3 * size) & (pixels < 0.7 * size)).all(axis=1) & (depth > 0)
    rows = np.flatnonzero(inside)
    first = rows[np.argmin(pixels[rows, 0])]
    last = rows[np.argmax(pixels[rows, 0])]
    return points[[first, last][:count]]


def test_a_click_tells_what_is_there_in_both_panels_and_esc_clears(shown: Studio, qtbot: QtBot) -> None:
    picking, window, run = picking_of(shown), shown.window, shown.session.run
    assert run is not None
    shown.session.timeline.seek(3)
    wait_settled(shown, qtbot)
    (target,) = seen_points(shown, 1)
    click(shown, qtbot, window.cloud_panel, target)
    facts = picking.facts
    assert facts is not None and facts.place.kind is PickKind.POINT
    assert np.linalg.norm(np.subtract(facts.place.position_world, target)) < 0.5
    assert facts.unit == "units"
    rows = picking.page.facts.facts
    assert rows["What"] == "Point" and "units" in " ".join(rows)
    for panel in window.scene_panels:
        assert panel.scene.marks.marks.balls, "both panels show it"
    in_cam = np.linalg.inv(run.trajectory.world_from_cam[3]) @ (*facts.place.position_world, 1.0)
    assert window.occupancy_panel.scene.marks.marks.balls[0] == pytest.approx(in_cam[:3])
    shown.actions["copy_pick"].trigger()
    copied = json.loads(QGuiApplication.clipboard().text())
    assert copied["position_world"] == pytest.approx(facts.place.position_world) and copied["kind"] == "point"
    assert copied["frames"] == list(picking.frames or ())
    # Another frame: the same place, elsewhere in the camera.
    shown.session.timeline.seek(6)
    wait_settled(shown, qtbot)
    qtbot.waitUntil(lambda: picking.is_idle and picking.facts.place.frame_idx == 6, timeout=PATIENCE_MS)
    assert picking.facts.position_cam != facts.position_cam
    assert picking.facts.place.position_world == facts.place.position_world
    shown.actions["step_back"].trigger()
    assert picking.facts is None and not window.cloud_panel.scene.marks.marks.balls
    assert not shown.actions["copy_pick"].isEnabled()


def test_a_voxel_leads_to_the_frames_that_saw_it(shown: Studio, qtbot: QtBot) -> None:
    picking, panel, run = picking_of(shown), shown.window.occupancy_panel, shown.session.run
    assert run is not None and panel.scene is not None
    shown.session.timeline.seek(5)
    wait_settled(shown, qtbot)
    centres = run.occupancy.grid.centres(run.occupancy.occupied_indices(5)).astype(np.float64)
    pixels, _ = project(panel.scene.renderer, centres)
    size = np.array(panel.scene.renderer.GetSize())
    middle = centres[np.argmin(np.abs(pixels - size / 2).sum(axis=1))]
    click(shown, qtbot, panel, middle)
    facts, frames = picking.facts, picking.frames
    assert facts is not None and facts.place.kind is PickKind.VOXEL and frames
    assert facts.state == "occupied" and len(frames) == facts.count
    assert panel.scene.marks.marks.cubes, "its voxel is outlined"
    for key, direction in (("next_sight", 1), ("previous_sight", -1)):
        ahead = [frame_idx for frame_idx in frames if (frame_idx - 5) * direction > 0]
        assert shown.actions[key].isEnabled() is bool(ahead)
        if ahead:
            shown.actions[key].trigger()
            wait_settled(shown, qtbot)
            assert shown.session.timeline.current == min(ahead, key=lambda frame_idx: abs(frame_idx - 5))
            shown.session.timeline.seek(5)
            wait_settled(shown, qtbot)
    picking.page.frames.linkActivated.emit(str(frames[0]))
    assert shown.session.timeline.current == frames[0]
    # A double click makes it the middle.
    shown.session.timeline.seek(5)
    wait_settled(shown, qtbot)
    click(shown, qtbot, panel, middle, is_double=True)
    assert panel.scene.camera_pose().focal_point == pytest.approx(facts.position_cam, abs=1e-6)


def measure(studio: Studio, qtbot: QtBot) -> float:
    """Measure a distance with the tool and give its length."""
    first, second = seen_points(studio, 2)
    studio.actions["measure"].trigger()
    for target in (first, second):
        click(studio, qtbot, studio.window.cloud_panel, target)
    if studio.actions["measure"].isChecked():
        studio.actions["measure"].trigger()
    run = studio.session.run
    assert run is not None
    return studio.session.measurements.items[-1].length(run.scale.sim3)


def test_distances_are_measured_listed_and_deleted(shown: Studio, qtbot: QtBot) -> None:
    picking, measurements = picking_of(shown), shown.session.measurements
    first, second = seen_points(shown, 2)
    shown.actions["measure"].trigger()
    assert picking.page.step.text() == "Click the first point or voxel."
    assert shown.window.cloud_panel.view.rest_cursor is Qt.CursorShape.CrossCursor
    shown.window.sidebar.show_page("views")
    assert all(chip.isVisible() for chip in picking.chips)
    assert picking.chips[0].text.text() == "Measuring · first point"
    click(shown, qtbot, shown.window.cloud_panel, first)
    assert "second" in picking.page.step.text()
    assert picking.chips[0].text.text() == "Measuring · second point"
    assert picking.chips[1].text.text() == "Measuring", "beside the legend of a small panel"
    shown.window.sidebar.show_page("measure")
    shown.actions["step_back"].trigger()
    assert picking.measuring.is_on and picking.measuring.first is None, "Esc starts over first"
    click(shown, qtbot, shown.window.cloud_panel, first)
    click(shown, qtbot, shown.window.cloud_panel, second)
    (item,) = measurements.items
    length = np.linalg.norm(np.subtract(item.second, item.first))
    assert length == pytest.approx(np.linalg.norm(second - first), rel=0.2)
    assert picking.page.distances.item(0).text().endswith(f"{length:.3f} units")
    (line,) = shown.window.cloud_panel.scene.marks.marks.lines
    assert line.text == f"{length:.3f} units" and line.is_chosen
    qtbot.mouseClick(picking.chips[0].end, Qt.MouseButton.LeftButton)
    assert not picking.measuring.is_on and not any(chip.isVisible() for chip in picking.chips)
    assert not shown.actions["measure"].isChecked()
    qtbot.mouseClick(picking.page.delete, Qt.MouseButton.LeftButton)
    assert measurements.items == () and not shown.window.cloud_panel.scene.marks.marks.lines
    shown.actions["undo"].trigger()
    assert measurements.items == (item,)


def set_scale(studio: Studio, qtbot: QtBot, length_text: str) -> None:
    form = picking_of(studio).page.scale
    form.length.lineEdit().setText(length_text)
    form.length.interpretText()
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        qtbot.mouseClick(form.use_length, Qt.MouseButton.LeftButton)
    wait_settled(studio, qtbot)


def views_of(studio: Studio) -> Views:
    return next(feature for feature in studio.features if isinstance(feature, Views))


def pixels_of(image: QImage | None) -> NDArray[np.float32]:
    """(H, W, 4) of a picture of 32 bits a pixel."""
    assert image is not None
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).astype(np.float32)


def factor_between(old: Run, new: Run) -> tuple[float, float, float]:
    """How much cloud, path and world voxels grew."""
    centres = [np.ptp(run.trajectory.centres_world, axis=0).max() for run in (old, new)]
    clouds = [np.ptp(run.cloud.points_world, axis=0).max() for run in (old, new)]
    worlds = [np.ptp(run.world.centres_world, axis=0).max() for run in (old, new)]
    return clouds[1] / clouds[0], centres[1] / centres[0], worlds[1] / worlds[0]


def test_undo_and_redo_are_the_programs_wherever_the_keyboard_is(shown: Studio, qtbot: QtBot) -> None:
    page, sidebar, items = picking_of(shown).page, shown.window.sidebar, shown.session.measurements
    shown.window.activateWindow()
    sidebar.show_page("process")
    shown.window.process_panel.form.voxel_size.setFocus()
    qtbot.waitUntil(shown.window.process_panel.form.voxel_size.hasFocus)
    sidebar.show_page("measure")
    assert not page.isAncestorOf(QApplication.focusWidget()), "no field takes the keys that scrub"
    measure(shown, qtbot)
    page.distances.setFocus()
    qtbot.keyClick(page.distances, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not items.items
    focused = QApplication.focusWidget()
    assert focused is not None and not page.isAncestorOf(focused)
    field = page.scale.camera_height
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert len(items.items) == 1, "redone, though a field has the keyboard"
    # What is being typed there is taken back there.
    field.selectAll()
    qtbot.keyClicks(field, "1.5")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(items.items) == 1 and field.value() == 0.0


def test_two_points_set_the_scale_of_an_opened_result_and_it_can_be_taken_back(
    shown: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    session, picking, window = shown.session, picking_of(shown), shown.window
    session.open_run(engine.run, RunLocation(path=engine.folder, workdir=None, config={}))
    wait_settled(shown, qtbot)
    assert not window.process_panel.scale_button.isHidden(), "the way to metres is shown"
    shown.actions["save_view"].trigger()
    old, view = engine.run, session.views.items[0]
    form = window.process_panel.form
    assert form.voxel_size.suffix() == " units" and "not known" in form.voxel_size.toolTip()
    length = measure(shown, qtbot)
    mine = CameraPose(position=(1.0, 2.0, 1.5), focal_point=(0.0, 0.5, 0.0), view_up=(0.0, 0.0, 1.0))
    window.cloud_panel.follow_pose(mine)
    shown.actions["occupancy_side"].trigger()
    wait_settled(shown, qtbot)
    legend = window.occupancy_panel.view.findChild(LegendOverlay)
    pictures, path = views_of(shown).path_pictures, session.view_keyframes
    far = replace(mine, position=(5.0, -6.0, 4.0))
    path.put(2, far)
    qtbot.waitUntil(lambda: pictures.picture(path.items[0]) is not None, timeout=PATIENCE_MS)
    small_picture = pixels_of(pictures.picture(path.items[0]))
    said: list[str] = []
    session.run_changed.connect(lambda: said.append(legend.legend.text))
    set_scale(shown, qtbot, f"{0.7 * length:.3f}")
    new = session.run
    assert " units" in said[0] and " m" not in said[0], "the old numbers keep their unit"
    assert " m" in legend.legend.text
    assert form.voxel_size.suffix() == " m" and form._range_title.text() == "Range around the camera, in metres"
    pose = window.cloud_panel.scene.camera_pose()
    grown = new.scale.sim3.after(old.scale.sim3.inverse())
    assert np.array([pose.position, pose.focal_point]) == pytest.approx(
        grown.apply_points(np.array([mine.position, mine.focal_point]))
    ), "the same things are seen"
    assert window.occupancy_panel.scene.view is ViewKind.SIDE
    assert path.items[0].view != far
    qtbot.waitUntil(lambda: pictures.is_idle and pictures.picture(path.items[0]) is not None, timeout=PATIENCE_MS)
    difference = np.abs(pixels_of(pictures.picture(path.items[0])) - small_picture)
    assert difference.mean() < 7.0 < small_picture.std(), "a view of the camera path shows the same in its new scale"
    shown.actions["view_follow"].trigger()
    assert new is not None and new.scale.is_metric and new.scale.method is ScaleMethod.TWO_POINT
    assert factor_between(old, new) == pytest.approx((0.7, 0.7, 0.7), rel=0.08)
    assert session.measurements.items[0].length(new.scale.sim3) == pytest.approx(0.7 * length, abs=1e-3)
    assert picking.page.distances.item(0).text().endswith(" m")
    assert session.views.items[0].pose.position == pytest.approx(0.7 * np.array(view.pose.position), rel=2e-3)
    assert window.process_panel.scale_button.isHidden()
    location = session.run_location
    assert location is not None and location.is_dataset
    again = as_located(engine.run, location)
    np.testing.assert_allclose(again.cloud.points_world, new.cloud.points_world, atol=1e-5)
    assert new.config.digest == session.config.digest
    shown.actions["undo"].trigger()
    wait_settled(shown, qtbot)
    assert session.run is old and session.run_location is not None and not session.run_location.config
    assert session.views.items[0].pose.position == pytest.approx(view.pose.position)
    assert window.cloud_panel.scene.view is ViewKind.FOLLOW
    assert form.voxel_size.suffix() == " units"
    session.set_config(session.config.with_changes({"camera_height": 1.5}))
    assert form.voxel_size.suffix() == " m", "the next run would be in metres"
    session.set_config(session.config.with_changes({"camera_height": 0.0}))
    shown.actions["redo"].trigger()
    wait_settled(shown, qtbot)
    assert session.run is new


def test_a_processed_result_is_rescaled_by_its_settings_and_failure_leaves_it(
    shown: Studio, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, form = shown.session, picking_of(shown).page.scale
    process_plainly = engine.process_source

    def process_scaled(source, config, workdir, **rest):  # type: ignore[no-untyped-def]
        run = process_plainly(source, config, workdir, **rest)
        if not config.scale_distance:
            return run
        first, second = np.reshape(config.scale_points, (2, 3))
        return replace(rescale_by_two_points(run, first, second, config.scale_distance), config=config)

    monkeypatch.setattr(engine, "process_source", process_scaled)
    assert not form.use_length.isEnabled() and "Measure something" in form.use_length.toolTip()
    shown.actions["set_scale"].trigger()
    assert picking_of(shown).measuring.is_on, "the tool is in the hand"
    first, second = seen_points(shown, 2)
    for target in (first, second):
        click(shown, qtbot, shown.window.cloud_panel, target)
    assert not picking_of(shown).measuring.is_on and form.use_length.isEnabled()
    old = session.run
    assert old is not None
    length = session.measurements.items[0].length(old.scale.sim3)
    session.set_config(session.config.with_changes({"interval": 7}))
    set_scale(shown, qtbot, f"{2.0 * length:.3f}")
    assert engine.processed[-1].scale_distance == pytest.approx(2.0 * length, abs=1e-3)
    assert engine.processed[-1].interval == old.config.interval, "only the scale changed"
    assert session.config.interval == 7 and session.config.scale_distance > 0, "what waits goes on waiting"
    assert session.run.scale.is_metric
    with qtbot.waitSignal(shown.processor.processed, timeout=PATIENCE_MS):
        shown.actions["undo"].trigger()
    wait_settled(shown, qtbot)
    assert not session.run.scale.is_metric and session.config.scale_distance == 0
    assert session.config.interval == 7
    with qtbot.waitSignal(shown.processor.processed, timeout=PATIENCE_MS):
        shown.actions["redo"].trigger()
    wait_settled(shown, qtbot)
    assert session.run.scale.is_metric
    # Stopped half way, everything is as before, the measurement too; to take it back is to stop it.
    before, measured = session.run, session.measurements.items
    engine.waits = True
    for key in ("cancel", "undo"):
        form.length.setValue(9.0)
        qtbot.mouseClick(form.use_length, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not picking_of(shown).page.cancel_button.isHidden(), timeout=PATIENCE_MS)
        assert shown.actions["undo"].isEnabled() and shown.actions["undo"].text() == "&Undo: Set the scale"
        assert not shown.actions["redo"].isEnabled()
        shown.actions[key].trigger()
        qtbot.waitUntil(lambda: not session.active_jobs, timeout=PATIENCE_MS)
        assert session.run is before and session.measurements.items == measured
        assert session.config.scale_distance == pytest.approx(before.config.scale_distance)
        assert "Stopped: Setting the scale." in shown.window.status_text
    # The one that was set before can still be taken back.
    engine.waits = False
    with qtbot.waitSignal(shown.processor.processed, timeout=PATIENCE_MS):
        shown.actions["undo"].trigger()
    wait_settled(shown, qtbot)
    assert not session.run.scale.is_metric and session.measurements.items == measured


def test_frames_read_as_ranges() -> None:
    text = frame_links([0, 1, 2, 5, 7, 8], 10)
    assert [part.count("<a ") for part in text.split(", ")] == [2, 1, 2]
    assert 'href="12">12<' in text and 'href="15">15<' in text
    assert frame_links([], 0) == ""
