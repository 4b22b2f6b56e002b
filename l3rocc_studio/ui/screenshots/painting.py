"""Draws panels and the window larger than they are on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.panels.panel import Panel
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

GAP_PX = 8


def panel_picture(panel: Panel, scale: int, *, is_transparent: bool = False) -> QImage | None:
    """What a panel shows, without its header; None while there is nothing to draw with.

    Parameters
    ----------
    panel
        Which one.
    scale
        So many times as wide and high as on the screen.
    is_transparent
        Nothing behind a scene. The video has nothing behind it anyway.
    """
    if isinstance(panel, ScenePanel):
        return _scene_picture(panel, scale, is_transparent=is_transparent)
    return _video_picture(panel, scale) if isinstance(panel, RgbPanel) else None


def side_by_side(pictures: Sequence[QImage], scale: int, *, is_transparent: bool, behind: QWidget) -> QImage:
    """Pictures in one row at the height of the highest."""
    height = max(picture.height() for picture in pictures)
    scaled = [
        picture.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation)
        if picture.height() != height
        else picture
        for picture in pictures
    ]
    gap = GAP_PX * scale
    row = QImage(
        sum(picture.width() for picture in scaled) + gap * (len(scaled) - 1),
        height,
        QImage.Format.Format_ARGB32,
    )
    row.fill(Qt.GlobalColor.transparent if is_transparent else behind.palette().window().color())
    painter, left = QPainter(row), 0
    for picture in scaled:
        painter.drawImage(left, 0, picture)
        left += picture.width() + gap
    painter.end()
    return row


def window_picture(window: MainWindow, scale: int) -> QImage:
    """The whole window with its scenes drawn anew."""
    picture = QImage(window.size() * scale, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(scale)
    painter = QPainter(picture)
    window.render(painter, QPoint(0, 0))
    for panel in window.scene_panels:
        drawn = _scene_picture(panel, scale, is_transparent=False) if panel.isVisible() else None
        if drawn is not None and panel.view is not None and not panel.is_empty:
            place = QRect(panel.view.mapTo(window, QPoint(0, 0)), panel.view.size())
            painter.drawImage(place, drawn)
            _draw_children(painter, panel.view, place.topLeft())
    painter.end()
    picture.setDevicePixelRatio(1.0)
    return picture


def _scene_picture(panel: ScenePanel, scale: int, *, is_transparent: bool) -> QImage | None:
    """The scene in another, larger window off the screen; the panel gets it back afterwards."""
    from l3rocc_studio.render.detail import Detail
    from l3rocc_studio.render.offscreen import OffscreenView

    if panel.scene is None or panel.view is None:
        return None
    width_px, height_px = (scale * side for side in panel.view.size_px)
    with panel.view.lent_renderer(), OffscreenView(panel.scene, width_px, height_px) as view:
        if panel.is_coarse:
            panel.scene.set_detail(Detail.FULL)
        pixels = view.draw_transparent() if is_transparent else view.draw()
    return _image(pixels)


def _image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of its own memory from (H, W, 3) RGB or (H, W, 4) RGBA, not premultiplied."""
    height, width, channels = pixels.shape
    layout = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(np.ascontiguousarray(pixels).data, width, height, channels * width, layout).copy()


def _video_picture(panel: RgbPanel, scale: int) -> QImage:
    """The frame and what lies over it, as it fits the panel."""
    view = panel.view
    shown = view.target_rect().toAlignedRect().intersected(view.rect()) if view.image is not None else view.rect()
    picture = QImage(shown.size() * scale, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    picture.setDevicePixelRatio(scale)
    view.render(picture, QPoint(0, 0), QRegion(shown))
    picture.setDevicePixelRatio(1.0)
    return picture


def _draw_children(painter: QPainter, widget: QWidget, at: QPoint) -> None:
    """What stands over a scene, such as its legend."""
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible():
            child.render(painter, at + child.pos(), QRegion(), QWidget.RenderFlag.DrawChildren)
