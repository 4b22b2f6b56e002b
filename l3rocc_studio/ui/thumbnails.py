"""Thumbnails for widgets: made in a thread one after another, drawn when they arrive."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.services.thumbnails import Thumbnails
from l3rocc_studio.ui.bridge import Job

Wish = tuple[Path, int | None]


class ThumbnailLoader(QObject):
    """Hands out thumbnails that are there, and makes the others.

    Signals
    -------
    arrived (Path)
        The thumbnail of this input can be had now.
    """

    arrived = Signal(object)

    def __init__(self, thumbnails: Thumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._known: dict[Wish, QPixmap | None] = {}
        self._wishes: list[Wish] = []
        self._job = Job(self)
        self._job.succeeded.connect(self._take)
        self._job.finished.connect(self._next)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being made."""
        return not self._wishes and not self._job.is_running

    def pixmap(self, path: Path, episode: int | None = None) -> QPixmap | None:
        """The thumbnail, or None while it is being made and where there is none."""
        wish = (path, episode)
        if wish not in self._known:
            self._known[wish] = None
            self._wishes.append(wish)
            if not self._job.is_running:
                self._next()
        return self._known[wish]

    def shut_down(self) -> None:
        """Stop and wait."""
        self._wishes = []
        self._job.shut_down()

    def _next(self) -> None:
        if not self._wishes:
            return
        wish, thumbnails = self._wishes.pop(0), self._thumbnails

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            file = thumbnails.make(*wish)
            return wish, None if file is None else QImage(str(file))

        self._job.start(work)

    def _take(self, made: tuple[Wish, QImage | None]) -> None:
        wish, image = made
        if image is not None and not image.isNull():
            self._known[wish] = QPixmap.fromImage(image)
            self.arrived.emit(wish[0])
