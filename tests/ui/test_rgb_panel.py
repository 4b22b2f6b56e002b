from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.frame_overlay import OverlayChoice, OverlayFill
from l3rocc_studio.render.frame_overlay import FrameOverlay
from l3rocc_studio.ui.panels.picture_view import ImageView
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel, image_from_rgb, overlay_image

WHITE = np.full((100, 200, 3), 255, dtype=np.uint8)


def shown(qtbot: QtBot) -> ImageView:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show()
    qtbot.waitExposed(view)
    return view


def overlay(note: str = "") -> FrameOverlay:
    """The left half red, with a path through the middle and depth 2 on the right."""
    fill = np.zeros((10, 20, 4), dtype=np.uint8)
    fill[:, :10] = (255, 0, 0, 255)
    depth = np.full((10, 20), np.nan, dtype=np.float32)
    depth[:, 10:] = 2.0
    path = np.array([[0, 50], [200, 50]], dtype=np.float32)
    choice = OverlayChoice(fill=OverlayFill.DEPTH, has_path=True)
    return FrameOverlay(frame_idx=0, choice=choice, fill=fill, path_px=(path,), depth=depth, note=note)


def turn_wheel(view: ImageView, place: QPointF, turns: int) -> None:
    event = QWheelEvent(
        place,
        view.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_pixels_keep_their_colours_for_odd_widths() -> None:
    rgb = np.zeros((3, 5, 3), dtype=np.uint8)
    rgb[1, 4] = (200, 100, 50)
    image = image_from_rgb(rgb)
    rgb[:] = 255
    assert image.pixelColor(4, 1).getRgb()[:3] == (200, 100, 50)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)


def test_the_picture_is_fitted_without_distortion(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.set_image(image_from_rgb(WHITE))
    rect = view.target_rect()
    assert (rect.x(), rect.y(), rect.width(), rect.height()) == (0, 100, 400, 200)
    painted = view.grab().toImage()
    assert painted.pixelColor(200, 200).name() == "#ffffff"
    assert painted.pixelColor(200, 50).name() == "#14171d"


def test_an_overlay_covers_its_part_as_much_as_is_asked(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.set_image(image_from_rgb(WHITE), overlay_image(overlay()))
    view.set_opacity(1.0)
    painted = view.grab().toImage()
    assert painted.pixelColor(100, 150).name() == "#ff0000"
    assert painted.pixelColor(300, 150).name() == "#ffffff"
    assert painted.pixelColor(300, 200).blue() > painted.pixelColor(300, 200).red() + 50, "the path"
    view.set_opacity(0.5)
    half = view.grab().toImage().pixelColor(100, 150)
    assert half.red() == 255 and 120 <= half.green() <= 135
    view.set_image(image_from_rgb(WHITE))
    assert view.grab().toImage().pixelColor(100, 150).name() == "#ffffff"


def test_wheel_drag_and_double_click(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.set_image(image_from_rgb(WHITE))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert view.cursor().shape() is Qt.CursorShape.ArrowCursor, "a fitted picture cannot be shifted"
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    before = view.zoom.to_picture(100, 150)
    turn_wheel(view, QPointF(100, 150), 6)
    assert view.zoom.shown_scale > 6
    assert np.allclose(view.zoom.to_picture(100, 150), before)
    held = view.zoom.to_picture(200, 200)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(160, 190))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(160, 190))
    assert np.allclose(view.zoom.to_picture(160, 190), held)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert view.zoom.is_fitted
    view.show_actual_size()
    assert view.target_rect().width() == 200


def test_zoom_stays_from_frame_to_frame(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.set_image(image_from_rgb(WHITE))
    view.zoom_by(4)
    zoom = view.zoom
    view.set_image(image_from_rgb(WHITE))
    assert view.zoom == zoom
    view.set_image(image_from_rgb(np.zeros((50, 50, 3), dtype=np.uint8)))
    assert view.zoom.is_fitted


def test_the_pixel_under_the_pointer_is_told(qtbot: QtBot) -> None:
    panel = RgbPanel()
    qtbot.addWidget(panel)
    panel.resize(402, 440)
    panel.show()
    qtbot.waitExposed(panel)
    rgb = WHITE.copy()
    rgb[20, 150] = (1, 2, 3)
    panel.unit = "m"
    panel.set_note("clip.mp4")
    panel.set_image(image_from_rgb(rgb), (overlay("no depth"), overlay_image(overlay())))
    assert panel.note == "no depth · clip.mp4"
    left, top, scale = panel.view.zoom.rect[0], panel.view.zoom.rect[1], panel.view.zoom.shown_scale
    qtbot.mouseMove(panel.view, QPoint(round(left + 150.5 * scale), round(top + 20.5 * scale)))
    assert panel.readout.split() == ["x", "150", "y", "20", "RGB", "1", "2", "3", "2.000", "m"]
    panel.set_image(image_from_rgb(rgb))
    assert panel.readout.split() == ["x", "150", "y", "20", "RGB", "1", "2", "3"], "another frame, another readout"
    assert panel.note == "clip.mp4"
    QApplication.sendEvent(panel.view, QEvent(QEvent.Type.Leave))
    assert panel.readout == ""
