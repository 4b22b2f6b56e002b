"""The video frame with what is laid over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage, QPainterPath
from PySide6.QtWidgets import QLabel, QWidget

from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.ui.panels.panel import Panel
from l3rocc_studio.ui.panels.picture_view import ImageView, OverlayImage

if TYPE_CHECKING:
    from l3rocc_studio.render.frame_overlay import FrameOverlay

_READOUT_GAP_PX = 8


def image_from_rgb(rgb: NDArray[np.uint8]) -> QImage:
    """A QImage of its own memory from (H, W, 3) uint8 RGB, in the format that Qt draws fastest."""
    height, width, _ = rgb.shape
    rgb = np.ascontiguousarray(rgb)
    view = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)


def overlay_image(overlay: FrameOverlay) -> OverlayImage:
    """An overlay as Qt draws it; any thread may make it."""
    fill = None
    if overlay.fill is not None:
        rgba = np.ascontiguousarray(overlay.fill)
        height, width, _ = rgba.shape
        view = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
        fill = view.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    path = QPainterPath()
    for piece in overlay.path_px:
        points = piece.tolist()
        path.moveTo(QPointF(*points[0]))
        for point in points[1:]:
            path.lineTo(QPointF(*point))
    return OverlayImage(fill=fill, path=path)


class RgbPanel(Panel):
    """The RGB panel.

    Signals
    -------
    painted
        The frame was drawn.
    """

    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Video"), tr("The video appears here."), parent)
        self.view = ImageView(self)
        self.set_content(self.view)
        self._name = self._remark = ""
        self._overlay: FrameOverlay | None = None
        self._pixel = (-1, -1)
        self.unit = ""
        self._readout = QLabel("", self.view)
        self._readout.setObjectName("readout")
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        self.view.painted.connect(self.painted)
        self.view.pointed.connect(self._point)

    @property
    def draws(self) -> bool:
        """Whether a picture that is set will be drawn."""
        return self.view.isVisible()

    @property
    def overlay(self) -> FrameOverlay | None:
        """What is laid over the picture."""
        return self._overlay

    @property
    def readout(self) -> str:
        """What is said of the pixel under the pointer; empty if there is none."""
        return "" if self._readout.isHidden() else self._readout.text()

    def set_note(self, text: str) -> None:
        """Name of the file; a remark on the overlay follows it."""
        self._name = text
        self._show_note()

    def set_image(self, image: QImage, overlay: tuple[FrameOverlay, OverlayImage] | None = None) -> None:
        """Show a frame with what belongs over it."""
        self._overlay = None if overlay is None else overlay[0]
        self.view.set_image(image, None if overlay is None else overlay[1])
        self._say_remark("" if overlay is None else retell(overlay[0].note))
        self.show_content()
        self._tell_pixel()

    def clear(self) -> None:
        """Show nothing."""
        self._overlay = None
        self.view.set_image(None)
        self._say_remark("")
        self._readout.hide()
        self.show_empty(tr("The video appears here."))

    def _say_remark(self, remark: str) -> None:
        if remark != self._remark:
            self._remark = remark
            self._show_note()

    def _show_note(self) -> None:
        super().set_note(" · ".join(filter(None, (self._remark, self._name))))

    def _point(self, x: int, y: int) -> None:
        self._pixel = (x, y)
        self._tell_pixel()

    def _tell_pixel(self) -> None:
        (x, y), image = self._pixel, self.view.image
        if image is None or not (0 <= x < image.width() and 0 <= y < image.height()):
            self._readout.hide()
            return
        color = image.pixelColor(x, y)
        text = f"x {x}  y {y}   RGB {color.red()} {color.green()} {color.blue()}"
        depth = self._depth_at(x, y, image)
        self._readout.setText(text if depth is None else f"{text}   {depth:.3f} {self.unit}".rstrip())
        self._readout.adjustSize()
        self._readout.move(_READOUT_GAP_PX, self.view.height() - self._readout.height() - _READOUT_GAP_PX)
        self._readout.show()

    def _depth_at(self, x: int, y: int, image: QImage) -> float | None:
        """Depth of a pixel where the overlay knows it."""
        depth = None if self._overlay is None else self._overlay.depth
        if depth is None:
            return None
        height, width = depth.shape
        value = float(depth[min(y * height // image.height(), height - 1), min(x * width // image.width(), width - 1)])
        return value if np.isfinite(value) else None
