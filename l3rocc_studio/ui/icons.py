"""SVG icons tinted from the palette, sharp at any scale."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from l3rocc_studio.model.resource import resource_text

_SIZES_PX = (16, 20, 24, 32, 48, 64)
_TINTED_SIZES_PX = (20, 24, 48)  # few, as a change of look draws all icons anew


def icon_svg(name: str, color: str) -> str:
    """Text of an icon with its strokes in one colour.

    Raises
    ------
    FileNotFoundError
        If there is no such icon.
    """
    return resource_text("icons", f"{name}.svg").replace("currentColor", color)


def icon_pixmap(name: str, color: str, size_px: int, scale: float = 1.0) -> QPixmap:
    """One icon drawn at ``size_px`` logical pixels for a screen of the given scale."""
    pixmap = QPixmap(QSize(round(size_px * scale), round(size_px * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(icon_svg(name, color).encode()))
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@cache
def tinted_icon(name: str, color: str, disabled_color: str) -> QIcon:
    """An icon in the text colour, greyed where its control is disabled; drawn once a colour."""
    icon = QIcon()
    for size_px in _TINTED_SIZES_PX:
        icon.addPixmap(icon_pixmap(name, color, size_px), QIcon.Mode.Normal)
        icon.addPixmap(icon_pixmap(name, disabled_color, size_px), QIcon.Mode.Disabled)
    return icon


def app_icon() -> QIcon:
    """The program's own icon."""
    icon = QIcon()
    for size_px in _SIZES_PX:
        icon.addPixmap(icon_pixmap("app", "", size_px))
    return icon
