"""Small pictures of the source's frames as Qt draws them, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from l3rocc_studio.services.frame_thumbnails import HEIGHT_PX, FrameThumbnails
from l3rocc_studio.ui.bridge import Latest
from l3rocc_studio.ui.panels.rgb_panel import image_from_rgb

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource

_TOGETHER_MS = 60


class Pictures(QObject):
    """Thumbnails of one source after another.

    Signals
    -------
    arrived
        There are more pictures than before; told at most every ``_TOGETHER_MS``.
    """

    arrived = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thumbnails: FrameThumbnails | None = None
        self._images: dict[int, QImage] = {}
        self._size_px = (HEIGHT_PX, HEIGHT_PX)
        self._carrier = Latest(self)
        self._together = QTimer(self)
        self._together.setSingleShot(True)
        self._together.setInterval(_TOGETHER_MS)
        self._together.timeout.connect(self.arrived)
        self._carrier.arrived.connect(self._note)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of every picture."""
        return self._size_px

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self._size_px[0] / self._size_px[1]

    def set_source(self, source: FrameSource | None) -> None:
        """Make pictures of another source, or none."""
        if self._thumbnails is not None:
            self._thumbnails.close()
            self._thumbnails = None
        self._images.clear()
        if source is not None:
            width, height = source.size_px
            self._size_px = (max(1, round(width * HEIGHT_PX / height)), HEIGHT_PX)
            # One more than the frame, as an empty box and frame 0 would look the same.
            self._thumbnails = FrameThumbnails(source, lambda frame_idx: self._carrier.put(frame_idx + 1))

    def want(self, frames: list[int]) -> None:
        """Wish for the pictures of these frames."""
        if self._thumbnails is not None:
            self._thumbnails.want(frames)

    def want_now(self, frame_idx: int) -> None:
        """Wish for one picture before all others."""
        if self._thumbnails is not None:
            self._thumbnails.want_now(frame_idx)

    def hold(self, *, is_held: bool) -> None:
        """Make none while something more urgent is going on, or go on."""
        if self._thumbnails is not None:
            self._thumbnails.hold(is_held=is_held)

    def exact(self, frame_idx: int) -> QImage | None:
        """The picture of a frame, if it is there."""
        if self._thumbnails is None:
            return None
        picture = self._thumbnails.picture(frame_idx)
        if picture is None:
            self._images.pop(frame_idx, None)
            return None
        if frame_idx not in self._images:
            self._images[frame_idx] = image_from_rgb(picture)
        return self._images[frame_idx]

    def nearest(self, frame_idx: int) -> QImage | None:
        """The picture of a frame, or until it is made that of the nearest one."""
        found = self.exact(frame_idx)
        if found is not None or self._thumbnails is None:
            return found
        other = self._thumbnails.nearest(frame_idx)
        return None if other is None else self.exact(other)

    def shut_down(self) -> None:
        """Stop the thread."""
        self._together.stop()
        self.set_source(None)

    def _note(self, _frame_idx: object) -> None:
        if not self._together.isActive():
            self._together.start()
