from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_engine.inspection import InspectedFile, open_inspected
from l3rocc_engine.visual import write_visual
from l3rocc_studio.model.point_coloring import Coloring
from l3rocc_studio.model.view import camera_pose_from_dict
from l3rocc_studio.model.words import set_language
from l3rocc_studio.ui.inspector.window import InspectorWindow
from l3rocc_studio.ui.theme import Theme
from tests.synthetic.run_factory import make_run

Make = Callable[..., InspectorWindow]


@pytest.fixture(scope="module")
def visual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    return write_visual(make_run(place), place / "visual")


@pytest.fixture
def make(theme: Theme, qtbot: QtBot) -> Iterator[Make]:
    windows: list[InspectorWindow] = []

    def show(opened: InspectedFile, frame_idx: int = 0) -> InspectorWindow:
        window = InspectorWindow(opened, theme, points=opened.frame(frame_idx), frame_idx=frame_idx)
        windows.append(window)
        with qtbot.waitSignal(window.view.painted, timeout=30_000):
            window.show()
        qtbot.waitUntil(lambda: bool(window.side.facts.facts), timeout=30_000)
        return window

    yield show
    for window in windows:
        window.close()
        window.deleteLater()
    QApplication.processEvents()


def test_the_file_is_named_while_it_is_being_read(visual: Path, theme: Theme, qtbot: QtBot) -> None:
    opened = open_inspected(visual / "merge_npy_sequence_cam")
    window = InspectorWindow(opened, theme, points=opened.frame(0))
    window.show()
    assert window.title == "merge_npy_sequence_cam" and window.shown == "Reading…"
    assert not window.side.isEnabled()
    qtbot.waitUntil(lambda: bool(window.side.facts.facts), timeout=30_000)
    assert window.side.isEnabled() and "Reading" not in window.shown
    window.close()
    window.deleteLater()
    QApplication.processEvents()


def test_keys_and_the_slider_step_through_the_frames(visual: Path, make: Make, qtbot: QtBot) -> None:
    opened = open_inspected(visual / "merge_npy_sequence_cam")
    window = make(opened, 2)
    shortcuts = {shortcut.key().toString(): shortcut for shortcut in window.findChildren(QShortcut)}
    assert window.frames is not None
    bar = window.frames
    for key, wanted in (("Right", 3), ("End", 11), ("Left", 10), ("Home", 0), ("PgDown", 10), ("PgUp", 0)):
        shortcuts[key].activated.emit()  # an unmanaged display gives no window the keyboard
        qtbot.waitUntil(lambda wanted=wanted: f"{wanted:04d}" in window.shown, timeout=10_000)
        assert bar.text == f"{wanted} / 11"
    assert not bar.buttons["step-back"].isEnabled()
    bar.slider.setValue(5)
    qtbot.waitUntil(lambda: "0005" in window.shown, timeout=10_000)
    assert window.side.facts.facts["points"] == f"{len(opened.frame(5).points):,}"


def test_of_many_wishes_the_newest_is_shown(visual: Path, make: Make, qtbot: QtBot) -> None:
    window = make(open_inspected(visual / "merge_npy_sequence_cam"))
    for frame_idx in (1, 2, 3, 9):
        window.go_to(frame_idx)
    qtbot.waitUntil(lambda: "0009" in window.shown, timeout=10_000)


def test_colours_change_and_stay_for_the_next_frame(visual: Path, make: Make, qtbot: QtBot) -> None:
    window = make(open_inspected(visual / "merge_npy_sequence_cam"))
    assert window.side.colors.currentData() is Coloring.LABEL
    assert window.side.legend.texts == ("background", "path", "occupancy")
    window.color_by(Coloring.HEIGHT)
    qtbot.waitUntil(lambda: window.side.colors.currentData() is Coloring.HEIGHT, timeout=10_000)
    window.go_to(4)
    qtbot.waitUntil(lambda: "0004" in window.shown, timeout=10_000)
    assert window.side.colors.currentData() is Coloring.HEIGHT
    assert len(window.side.legend.texts) == 2


def test_the_copied_camera_is_a_view(visual: Path, make: Make, qtbot: QtBot) -> None:
    window = make(open_inspected(visual / "merge_npy_sequence_world"))
    window.copy_camera()
    values = json.loads(QGuiApplication.clipboard().text())
    assert list(values) == ["position", "focal_point", "view_up", "view_angle", "clipping_range"]
    pose, shown = camera_pose_from_dict(values), window.scene.camera_pose()
    np.testing.assert_allclose(pose.position, shown.position, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(pose.focal_point, shown.focal_point, rtol=1e-6, atol=1e-8)
    # The numbers follow the camera a moment later.
    qtbot.waitUntil(lambda: window.side.camera.facts["view angle"] == f"{shown.view_angle_deg:.3g}")


def test_a_damaged_frame_is_told_and_the_last_good_one_stays(tmp_path: Path, make: Make, qtbot: QtBot) -> None:
    np.save(tmp_path / "occ_0000.npy", np.zeros((2, 3), np.float32))
    (tmp_path / "occ_0001.npy").write_bytes(b"rubbish")
    window = make(open_inspected(tmp_path))
    window.go_to(1)
    qtbot.waitUntil(lambda: "occ_0001.npy" in window.said, timeout=10_000)
    assert window.frames is not None
    assert window.frames.text == "0 / 1"


def test_a_single_file_has_no_frame_bar(visual: Path, make: Make) -> None:
    window = make(open_inspected(visual / "occ_only_cam_ply" / "occ_0003.ply"))
    assert window.frames is None


def test_an_empty_file_says_that_there_is_nothing(tmp_path: Path, make: Make) -> None:
    np.save(tmp_path / "points.npy", np.zeros((0, 3)))
    window = make(open_inspected(tmp_path / "points.npy"))
    assert window.shown == "table of points · no points"


def test_labels_are_named_in_the_windows_language(visual: Path, make: Make) -> None:
    set_language("zh_CN")
    try:
        window = make(open_inspected(visual / "merge_npy_sequence_cam"))
        assert window.side.legend.texts == ("背景", "路径", "占据")
        assert window.side.facts.facts["标签"].startswith("背景")
    finally:
        set_language("en")
