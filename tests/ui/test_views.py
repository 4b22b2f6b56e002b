from __future__ import annotations

import json
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.saved_view import ViewPanel, views_from_text
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.ui.panels.camera_mover import CameraMover
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.views.feature import Views
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import open_video, process, wait_settled


@pytest.fixture
def shown(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> Studio:
    """A window with a result, whose cameras jump unless a test says otherwise."""
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    if studio.actions["smooth_views"].isChecked():
        studio.actions["smooth_views"].trigger()
    return studio


def views_of(studio: Studio) -> Views:
    return next(feature for feature in studio.features if isinstance(feature, Views))


def position(studio: Studio) -> tuple[float, float, float]:
    scene = studio.window.cloud_panel.scene
    assert scene is not None
    return scene.camera_pose().position


def drag(studio: Studio, qtbot: QtBot, panel: object = None) -> None:
    view = (panel or studio.window.cloud_panel).view  # type: ignore[attr-defined]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    qtbot.mouseMove(view, QPoint(100, 80))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    wait_settled(studio, qtbot)


def test_every_view_has_its_place_and_the_menu_shows_which_it_is(shown: Studio, qtbot: QtBot) -> None:
    places = set()
    for kind in (ViewKind.TOP, ViewKind.FRONT, ViewKind.SIDE, ViewKind.FOLLOW, ViewKind.GODS_EYE):
        shown.actions[f"view_{kind.value}"].trigger()
        wait_settled(shown, qtbot)
        places.add(position(shown))
        assert shown.actions[f"view_{kind.value}"].isChecked()
    assert len(places) == 5
    scene = shown.window.occupancy_panel.scene
    assert scene is not None
    poses = set()
    for name in ("top", "front", "side", "behind"):
        shown.actions[f"occupancy_{name}"].trigger()
        poses.add(scene.camera_pose().position)
        assert shown.actions[f"occupancy_{name}"].isChecked()
    assert len(poses) == 4
    # A change of view travels, for less than a third of a second.
    shown.actions["smooth_views"].trigger()
    panel = shown.window.cloud_panel
    assert panel.mover is not None and panel.mover.glide_s <= 0.3
    start = position(shown)
    seen: list[tuple[float, float, float]] = []
    panel.mover.moved.connect(lambda: seen.append(position(shown)))
    shown.actions["view_top"].trigger()
    assert panel.mover.is_gliding and not shown.is_settled
    assert math.dist(position(shown), start) < 1e-9, "it begins where it was"
    wait_settled(shown, qtbot)
    end = position(shown)
    shown.actions["smooth_views"].trigger()
    shown.actions["view_gods_eye"].trigger()
    shown.actions["view_top"].trigger()
    assert end == pytest.approx(position(shown)), "it arrives where a jump would"
    assert not panel.mover.is_gliding and len(seen) > 1


def test_an_orbit_goes_round_until_it_is_touched(shown: Studio, qtbot: QtBot) -> None:
    panel = shown.window.cloud_panel
    assert panel.scene is not None and panel.mover is not None and panel.view is not None
    focal = panel.scene.camera_pose().focal_point
    before = position(shown)
    shown.actions["view_orbit"].trigger()
    qtbot.waitUntil(lambda: math.dist(position(shown), before) > 1e-3, timeout=5000)
    assert math.dist(position(shown), focal) == pytest.approx(math.dist(before, focal))
    qtbot.mousePress(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert not panel.mover.is_orbiting and not shown.actions["view_orbit"].isChecked()
    qtbot.mouseRelease(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    wait_settled(shown, qtbot)
    assert not panel.is_coarse
    shown.actions["view_orbit"].trigger()
    shown.actions["view_gods_eye"].trigger()
    assert not panel.mover.is_orbiting, "another view stops it as well"


def test_views_are_saved_with_a_picture_and_recalled_by_key(shown: Studio, qtbot: QtBot) -> None:
    assert not shown.actions["recall_view_1"].isEnabled()
    shown.actions["view_top"].trigger()
    wait_settled(shown, qtbot)
    saved = position(shown)
    shown.actions["save_view"].trigger()
    (view,) = shown.session.views.items
    assert view.thumbnail_png.startswith(b"\x89PNG") and len(view.thumbnail_png) > 500
    assert view.pose.clipping_range is None, "it fits itself"
    shown.actions["view_gods_eye"].trigger()
    assert position(shown) != saved
    shown.actions["recall_view_1"].trigger()
    wait_settled(shown, qtbot)
    assert position(shown) == pytest.approx(saved)
    assert not shown.actions["view_gods_eye"].isChecked()
    shown.actions["undo"].trigger()
    assert shown.session.views.items == () and not shown.actions["recall_view_1"].isEnabled()
    # The list renames, moves, updates and deletes.
    page, views = views_of(shown).page, shown.session.views
    for _ in range(3):
        shown.actions["save_view"].trigger()
    assert [page.list.item(row).text() for row in range(3)] == ["View 1", "View 2", "View 3"]
    page.list.item(2).setText("Door")
    page.list.setCurrentRow(2)
    qtbot.mouseClick(page.tools["up"], Qt.MouseButton.LeftButton)
    assert [view.name for view in views.items] == ["View 1", "Door", "View 2"]
    assert page.list.currentRow() == 1
    drag(shown, qtbot)
    qtbot.mouseClick(page.tools["update"], Qt.MouseButton.LeftButton)
    assert views.items[1].pose.position == pytest.approx(position(shown))
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [view.name for view in views.items] == ["View 1", "View 2"]
    page.list.setCurrentRow(0)
    assert page.tools["up"].toolTip() == "It is already at this end."
    page.list.item(0).setText("   ")
    assert page.list.item(0).text() == "View 1", "an empty name is refused"
    assert shown.error_dialog is not None


def test_views_go_through_the_clipboard_and_nonsense_is_refused(shown: Studio, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    shown.actions["view_side"].trigger()
    wait_settled(shown, qtbot)
    shown.actions["copy_view"].trigger()
    values = json.loads(clipboard.text())
    assert values["position"] == pytest.approx(position(shown))
    assert len(values["clipping_range"]) == 2
    shown.actions["view_top"].trigger()
    values["position"][2] += 0.5
    clipboard.setText(json.dumps([values, {**values, "panel": "occupancy", "name": "inside"}]))
    shown.actions["paste_view"].trigger()
    wait_settled(shown, qtbot)
    assert position(shown) == pytest.approx(values["position"])
    assert [view.panel for view in shown.session.views.items] == [ViewPanel.CLOUD, ViewPanel.OCCUPANCY]
    qtbot.waitUntil(lambda: bool(shown.session.views.items[0].thumbnail_png), timeout=5000)
    clipboard.setText("nonsense")
    shown.actions["paste_view"].trigger()
    assert shown.error_dialog is not None and "not JSON" in shown.error_dialog.message.text()
    assert len(shown.session.views.items) == 2
    views_of(shown).keeper.copy(1)
    assert views_from_text(clipboard.text())[0].name == "inside"
    assert [view.name for view in shown.session.views.items] == ["View 1", "inside"]
    shown.actions["paste_view"].trigger()
    wait_settled(shown, qtbot)
    shown.actions["recall_view_1"].trigger()
    wait_settled(shown, qtbot)
    shown.actions["copy_view"].trigger()
    for _ in range(2):
        shown.actions["paste_view"].trigger()
        wait_settled(shown, qtbot)
    names = [view.name for view in shown.session.views.items]
    assert names[2:] == ["inside copy", "View 1 copy", "View 1 copy 2"], "the camera of a saved view has its name"
    # A pasted clipping range holds until a hand moves the camera.
    scene = shown.window.cloud_panel.scene
    assert scene is not None
    values = {**scene.kept_pose().to_dict(), "clipping_range": [0.5, 0.7]}
    clipboard.setText(json.dumps(values))
    shown.actions["paste_view"].trigger()
    wait_settled(shown, qtbot)
    assert scene.camera_pose().clipping_range == pytest.approx((0.5, 0.7))
    drag(shown, qtbot)
    assert scene.camera_pose().clipping_range != pytest.approx((0.5, 0.7))


def test_the_numbers_follow_the_camera_while_they_can_be_seen(shown: Studio, qtbot: QtBot) -> None:
    page = views_of(shown).page
    shown.window.sidebar.show_page("views")
    before = page.values.texts["position"]
    shown.actions["view_top"].trigger()
    qtbot.waitUntil(lambda: page.values.texts["position"] != before, timeout=5000)
    numbers = [float(text) for text in page.values.texts["position"].split()]
    assert numbers == pytest.approx(position(shown), abs=6e-4)
    shown.window.sidebar.show_page("process")
    hidden = page.values.texts["position"]
    shown.actions["view_side"].trigger()
    wait_settled(shown, qtbot)
    assert page.values.texts["position"] == hidden
    shown.window.sidebar.show_page("views")
    assert page.values.texts["position"] != hidden, "it catches up"


def world_position_of_occupancy(studio: Studio) -> np.ndarray:
    scene, run = studio.window.occupancy_panel.scene, studio.session.run
    assert scene is not None and run is not None
    pose = run.trajectory.world_from_cam[studio.session.timeline.current]
    return (pose @ np.append(scene.camera_pose().position, 1.0))[:3]


def test_linked_cameras_follow_the_one_that_was_touched(shown: Studio, qtbot: QtBot) -> None:
    shown.actions["link_cameras"].trigger()
    wait_settled(shown, qtbot)
    np.testing.assert_allclose(world_position_of_occupancy(shown), position(shown), atol=1e-6)
    drag(shown, qtbot)
    np.testing.assert_allclose(world_position_of_occupancy(shown), position(shown), atol=1e-6)
    still = position(shown)
    shown.session.timeline.seek(7)
    wait_settled(shown, qtbot)
    assert position(shown) == pytest.approx(still), "the cloud panel leads"
    np.testing.assert_allclose(world_position_of_occupancy(shown), still, atol=1e-6)
    drag(shown, qtbot, shown.window.occupancy_panel)
    assert position(shown) != pytest.approx(still), "now the occupancy panel leads"
    np.testing.assert_allclose(world_position_of_occupancy(shown), position(shown), atol=1e-6)
    ego = shown.window.occupancy_panel.scene.camera_pose().position
    shown.session.timeline.seek(2)
    wait_settled(shown, qtbot)
    assert shown.window.occupancy_panel.scene.camera_pose().position == pytest.approx(ego)
    np.testing.assert_allclose(world_position_of_occupancy(shown), position(shown), atol=1e-6)
    shown.actions["link_cameras"].trigger()
    alone = position(shown)
    drag(shown, qtbot, shown.window.occupancy_panel)
    assert position(shown) == pytest.approx(alone)


def test_panels_are_enlarged_take_the_screen_and_change_places(shown: Studio, qtbot: QtBot) -> None:
    window = shown.window
    assert not shown.actions["step_back"].isEnabled()
    header = window.occupancy_panel.layout().itemAt(0).widget()
    width = window.occupancy_panel.width()
    qtbot.mouseDClick(header, Qt.MouseButton.LeftButton, pos=QPoint(60, 16))
    qtbot.waitUntil(lambda: window.occupancy_panel.width() > 1.5 * width, timeout=5000)
    assert not window.cloud_panel.isVisible() and not window.rgb_panel.isVisible()
    shown.session.timeline.seek(4)
    wait_settled(shown, qtbot)
    shown.actions["step_back"].trigger()
    wait_settled(shown, qtbot)
    assert window.cloud_panel.isVisible() and window.rgb_panel.isVisible()
    qtbot.waitUntil(lambda: abs(window.occupancy_panel.width() - width) <= 2, timeout=5000)
    # The whole screen: the timeline stays.
    shown.actions["full_screen"].trigger()
    wait_settled(shown, qtbot)
    assert window.windowState() & Qt.WindowState.WindowFullScreen
    assert not window.menuBar().isVisible() and not window.sidebar.isVisible()
    assert window.timeline_bar.isVisible()
    shown.actions["step_back"].trigger()
    wait_settled(shown, qtbot)
    assert not window.windowState() & Qt.WindowState.WindowFullScreen
    assert window.menuBar().isVisible() and window.sidebar.isVisible()
    # Another panel in the large place.
    assert window.large_panel is window.cloud_panel
    window.swap_panels(window.occupancy_panel)
    wait_settled(shown, qtbot)
    assert window.large_panel is window.occupancy_panel
    qtbot.waitUntil(lambda: window.occupancy_panel.width() > window.cloud_panel.width(), timeout=5000)
    shown.session.timeline.seek(6)
    wait_settled(shown, qtbot)
    window.swap_panels(window.cloud_panel)
    wait_settled(shown, qtbot)
    assert window.large_panel is window.cloud_panel


class Camera:
    """Stands for a scene."""

    def __init__(self, pose: object) -> None:
        self.pose = pose

    def set_camera_pose(self, pose: object) -> None:
        self.pose = pose

    def kept_pose(self) -> object:
        return self.pose


def test_a_target_that_moves_meanwhile_is_met(qapp: QApplication, qtbot: QtBot) -> None:
    start, other, third = (
        CameraPose(position=(x, 0.0, 5.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0)) for x in (0, 1, 2)
    )
    camera = Camera(start)
    mover = CameraMover(camera, qapp)  # type: ignore[arg-type]
    mover.glide_s = 0.05
    mover.glide(start, other)
    mover.retarget(third)
    qtbot.waitUntil(lambda: not mover.is_gliding, timeout=3000)
    assert camera.pose == third
