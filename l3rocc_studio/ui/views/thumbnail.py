"""Small pictures of what a panel shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter

if TYPE_CHECKING:
    from l3rocc_studio.ui.panels.vtk_view import VtkView

THUMBNAIL_SIZE = QSize(144, 90)


def thumbnail_png(view: VtkView) -> bytes:
    """What a view shows now, cut to the shape of a thumbnail, as PNG; a copy of the picture that is there already."""
    picture = view.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB32)
    grown = picture.scaled(
        THUMBNAIL_SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    place = QRect(0, 0, THUMBNAIL_SIZE.width(), THUMBNAIL_SIZE.height())
    place.moveCenter(grown.rect().center())
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(grown.copy(place))
    return bytes(data.data())
