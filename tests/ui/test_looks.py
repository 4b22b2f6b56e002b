from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.looks import (
    Backdrop,
    BackdropKind,
    CloudColor,
    CloudLook,
    HiddenStyle,
    OccupancyLook,
    PanelLooks,
)
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render.colormaps import DARK, WHITE
from l3rocc_studio.render.projection import project
from l3rocc_studio.ui.looks.cloud_form import NO_COUNT, NO_EDGE
from l3rocc_studio.ui.looks.feature import LooksFeature
from l3rocc_studio.ui.studio import Studio
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import wait_settled


@pytest.fixture
def looking(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> LooksFeature:
    """The looks of a studio that shows the processed room."""
    return show_room(studio, engine, qtbot)


def show_room(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> LooksFeature:
    studio.opener.open(engine.video)
    qtbot.waitUntil(lambda: studio.session.source is not None, timeout=20_000)
    studio.processor.start()
    qtbot.waitUntil(lambda: studio.session.run is not None, timeout=20_000)
    wait_settled(studio, qtbot)
    feature = next(feature for feature in studio.features if isinstance(feature, LooksFeature))
    qtbot.waitUntil(lambda: feature.counter.is_idle)
    return feature


def choose(box, member) -> None:
    box.setCurrentIndex(next(index for index in range(box.count()) if box.itemData(index) is member))
    box.activated.emit(box.currentIndex())


def drag(row, *places: int) -> None:
    """Grip a slider, move it, let go."""
    row.slider.sliderPressed.emit()
    for place in places:
        row.slider.setValue(place)
    row.slider.sliderReleased.emit()


def test_colours_reach_the_scene_with_a_legend_and_can_be_taken_back(studio: Studio, looking: LooksFeature) -> None:
    scene, looks = studio.window.cloud_panel.scene, studio.session.looks
    assert scene is not None
    assert looking.legends["cloud"].legend.is_empty
    choose(looking.page.cloud.color, CloudColor.HEIGHT)
    assert looks.cloud.color is scene.look.color is CloudColor.HEIGHT
    legend = looking.legends["cloud"].legend
    assert legend.title == "Height above the world origin"
    low, high = scene.measures.span(CloudColor.HEIGHT)
    assert (legend.low, legend.high) == (f"{low:.2f} m", f"{high:.2f} m")
    studio.actions["undo"].trigger()
    assert looks.cloud.color is scene.look.color is CloudColor.RGB
    assert looking.page.cloud.color.currentData() is CloudColor.RGB
    assert looking.legends["cloud"].isHidden()


def test_filters_count_and_one_drag_is_one_change(studio: Studio, looking: LooksFeature, qtbot: QtBot) -> None:
    cloud, panel = studio.session.run.cloud, studio.window.cloud_panel
    assert panel.note == f"{cloud.num_points:,} points"
    drag(looking.page.cloud.sliders["min_confidence"], 40, 80, 120)
    assert studio.session.looks.cloud.filters.min_confidence == pytest.approx(0.6)
    num_left = int((cloud.confidence >= np.float32(0.6)).sum())
    assert 0 < num_left < cloud.num_points
    wanted = f"{num_left:,} of {cloud.num_points:,} points"
    qtbot.waitUntil(lambda: panel.note == wanted)
    assert looking.page.cloud.counts.text() == wanted
    assert not panel.is_coarse
    studio.actions["undo"].trigger()
    assert studio.session.looks.cloud.filters.shows_all
    qtbot.waitUntil(lambda: panel.note == f"{cloud.num_points:,} points")


def test_points_are_few_while_a_slider_is_dragged(studio: Studio, looking: LooksFeature) -> None:
    slider = looking.page.cloud.sliders["max_distance"].slider
    slider.sliderPressed.emit()
    assert studio.window.cloud_panel.is_coarse
    slider.sliderReleased.emit()
    assert not studio.window.cloud_panel.is_coarse


def test_what_the_result_does_not_say_is_disabled_with_the_reason(looking: LooksFeature) -> None:
    form = looking.page.cloud
    assert not form.sliders["max_edge"].slider.isEnabled()
    assert form.sliders["max_edge"].toolTip() == NO_EDGE
    index = next(index for index in range(form.color.count()) if form.color.itemData(index) is CloudColor.COUNT)
    item = form.color.model().item(index)
    assert not item.isEnabled()
    assert item.toolTip() == NO_COUNT


def test_actions_boxes_and_looks_say_the_same(studio: Studio, looking: LooksFeature) -> None:
    looks, actions = studio.session.looks, studio.actions
    assert actions["history"].isChecked()
    actions["history"].trigger()
    assert not looks.occupancy.has_history
    assert not looking.page.occupancy.boxes["has_history"].isChecked()
    assert not looking.page.occupancy.sliders["history_len"].slider.isEnabled()
    looking.page.cloud.parts["has_keyframes"].click()
    assert looks.cloud.has_keyframes
    assert actions["keyframe_cameras"].isChecked()
    actions["legends"].trigger()
    assert not looks.cloud.has_legend
    assert not looks.occupancy.has_legend
    assert looking.legends["occupancy"].isHidden()


def test_layers_and_history_reach_the_voxels(studio: Studio, looking: LooksFeature, qtbot: QtBot) -> None:
    scene, form, looks = studio.window.occupancy_panel.scene, looking.page.occupancy, studio.session.looks
    studio.session.timeline.seek(7)
    wait_settled(studio, qtbot)
    form.boxes["has_occluded"].click()
    drag(form.sliders["history_len"], 1)
    wait_settled(studio, qtbot)
    assert looks.occupancy.history_len == 1
    assert scene.look == looks.occupancy
    frame = studio.session.run.occupancy.frame(7)
    rows = {row.name: row for row in looking.legends["occupancy"].legend.rows}
    assert rows["Visible"].count == f"{len(frame.occupied):,}"
    assert rows["Occluded"].count == f"{len(frame.occluded):,}"
    assert rows["Occluded"].is_shown
    choose(form.hidden_style, HiddenStyle.VEIL)
    assert looks.occupancy.hidden_style is HiddenStyle.VEIL


def test_a_backdrop_of_ones_own_outlasts_the_theme(studio: Studio, looking: LooksFeature) -> None:
    scene = studio.window.cloud_panel.scene
    assert scene.background == DARK
    choose(looking.page.cloud.backdrop.kind, BackdropKind.WHITE)
    assert scene.background == WHITE
    studio.theme_choice.choose("light")
    assert scene.background == WHITE
    own = Backdrop(kind=BackdropKind.CUSTOM, color="#203040")
    studio.session.looks.change_cloud(CloudLook(backdrop=own), "x")
    assert scene.background.bottom == pytest.approx((0x20 / 255, 0x30 / 255, 0x40 / 255))
    studio.theme_choice.choose("dark")


def test_reset_brings_one_panel_back(studio: Studio, looking: LooksFeature) -> None:
    looks = studio.session.looks
    unusual = PanelLooks(cloud=CloudLook(point_scale=2.0), occupancy=OccupancyLook(edge_strength=0.0))
    looks.set(unusual)
    looking.page.show_panel("occupancy")
    looking.page.reset.click()
    assert looks.value == dataclasses.replace(unusual, occupancy=OccupancyLook())
    studio.actions["undo"].trigger()
    assert looks.value == unusual


def test_looks_come_back_with_the_next_start(
    make_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot
) -> None:
    first = make_studio()
    wanted = PanelLooks(cloud=CloudLook(color=CloudColor.TIME), edits_range=True)
    first.session.looks.set(wanted)
    close(first, qtbot)
    second = make_studio()
    assert second.session.looks.value == wanted
    show_room(second, engine, qtbot)
    assert second.window.cloud_panel.scene.look == wanted.cloud
    assert second.actions["edit_range"].isChecked()


def test_a_click_on_a_keyframe_goes_there(studio: Studio, looking: LooksFeature) -> None:
    studio.actions["keyframe_cameras"].trigger()
    scene, view = studio.window.cloud_panel.scene, studio.window.cloud_panel.view
    keyframe = studio.session.run.record.keyframes[-1]
    pixels, _ = project(scene.renderer, studio.session.run.trajectory.centres_world[[keyframe]])
    view.clicked.emit(float(pixels[0, 0]), float(pixels[0, 1]))
    assert studio.session.timeline.current == keyframe
    view.clicked.emit(1.0, 1.0)
    assert studio.session.timeline.current == keyframe


def test_the_range_is_dragged_in_voxels_and_the_numbers_follow(
    studio: Studio, looking: LooksFeature, qtbot: QtBot
) -> None:
    session, panel = studio.session, studio.window.occupancy_panel
    before = session.config.pc_range
    studio.actions["edit_range"].trigger()
    box = panel.scene.range_box
    assert box.is_visible
    face = 3
    centre = np.array([[before[3], (before[1] + before[4]) / 2, (before[2] + before[5]) / 2]])
    (start,), _ = project(panel.scene.renderer, centre)
    (end,), _ = project(panel.scene.renderer, centre + np.array([0.5, 0.0, 0.0]))
    tool = panel.view._tools[-1]
    assert tool.press(*start)
    tool.drag(*((start + end) / 2))
    tool.drag(*end)
    tool.release(*end)
    after = session.config.pc_range
    assert after[face] == pytest.approx(before[face] + 0.5, abs=session.config.voxel_size)
    assert [value for number, value in enumerate(after) if number != face] == [*before[:3], *before[4:]]
    cells = (after[3] - after[0]) / session.config.voxel_size
    assert cells == pytest.approx(round(cells), abs=1e-6)
    assert studio.window.process_panel.form.config.pc_range == after
    assert studio.window.process_panel.stale_text
    assert studio.window.cloud_panel.scene.range_box.pc_range == after
    assert all(bar.apply.isVisibleTo(bar) for bar in looking.range_bars)
    studio.actions["undo"].trigger()
    assert session.config.pc_range == before
    assert box.pc_range == before
    assert not any(bar.apply.isVisibleTo(bar) for bar in looking.range_bars)
    assert not tool.press(2.0, 2.0)


def test_another_result_of_the_same_poses_is_looked_at_from_the_same_place(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    show_room(studio, engine, qtbot)
    panel = studio.window.cloud_panel
    mine = CameraPose(position=(1.0, 2.0, 3.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 0.0, 1.0))
    panel.follow_pose(mine)
    studio.actions["occupancy_top"].trigger()
    wait_settled(studio, qtbot)
    top = studio.window.occupancy_panel.scene.camera_pose().position
    studio.session.set_config(studio.session.config.with_changes({"pc_range": [-1.0, -1.0, 0.0, 1.0, 1.0, 2.0]}))
    with qtbot.waitSignal(studio.processor.processed, timeout=20_000):
        studio.actions["process"].trigger()
    wait_settled(studio, qtbot)
    assert panel.scene.camera_pose().position == pytest.approx(mine.position)
    assert panel.scene.view is ViewKind.FREE
    assert studio.window.occupancy_panel.scene.view is ViewKind.TOP
    assert studio.window.occupancy_panel.scene.camera_pose().position == pytest.approx(top)


def test_what_has_no_result_yet_has_no_legend_and_the_page_that_processes_it(
    studio: Studio, looking: LooksFeature, engine: FakeEngine, qtbot: QtBot
) -> None:
    assert not looking.legends["occupancy"].legend.is_empty
    studio.window.sidebar.show_page("look")
    studio.session.open_source(engine.run.source)
    wait_settled(studio, qtbot)
    qtbot.waitUntil(lambda: looking.legends["occupancy"].legend.is_empty, timeout=5000)
    assert looking.legends["occupancy"].isHidden()
    assert studio.window.sidebar.current == "process"
