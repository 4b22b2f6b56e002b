"""Brings one frame into all panels at the same time: the newest wish next, those overtaken dropped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_studio.model.timeline import FrameCause, Timeline
from l3rocc_studio.services.frame_provider import FrameProvider
from l3rocc_studio.ui.bridge import Latest
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel, image_from_rgb
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

_PAINT_PATIENCE_MS = 2000
_PICTURE_BUDGET_BYTES = 200 * 1024 * 1024
_LEAST_PICTURES = 8


class Presenter(QObject):
    """Follows the timeline.

    One frame is in hand at a time: its picture is decoded off this thread, then all panels take it and repaint, and
    only when they have painted is the newest wish taken up. So the panels never disagree and never queue up work.

    Signals
    -------
    shown (int)
        A frame is on all panels.
    frame_failed (L3roccError)
        The video could not be decoded at the wanted frame.
    """

    shown = Signal(int)
    frame_failed = Signal(object)

    def __init__(
        self, timeline: Timeline, rgb: RgbPanel, scenes: tuple[ScenePanel, ...], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._rgb = rgb
        self._scenes = scenes
        self._provider: FrameProvider[QImage] | None = None
        self._generation = 0
        self._wanted: int | None = None
        self._in_hand: int | None = None
        self._unpainted: set[ScenePanel] = set()
        self._pictures = Latest(self)
        self._pictures.arrived.connect(self._picture_arrived)
        self._errors = Latest(self)
        self._errors.arrived.connect(self._picture_failed)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PAINT_PATIENCE_MS)
        self._patience.timeout.connect(self._all_painted)
        self._disconnects = [timeline.frame_changed.connect(self._frame_changed)]
        for scene in scenes:
            scene.painted.connect(self._painter(scene))

    @property
    def is_idle(self) -> bool:
        """Whether every wish has been fulfilled."""
        return self._wanted is None and self._in_hand is None

    def set_source(self, source: FrameSource | None) -> None:
        """Show another source; it must stay open until the next call."""
        self._close_provider()
        self._generation += 1
        self._wanted = self._in_hand = None
        self._unpainted.clear()
        if source is None:
            self._rgb.clear()
            return
        generation = self._generation

        width, height = source.size_px
        self._provider = FrameProvider(
            lambda frame_idx: image_from_rgb(source.frame(frame_idx)),
            source.num_frames,
            lambda frame_idx, image: self._pictures.put((generation, frame_idx, image)),
            lambda frame_idx, error: self._errors.put((generation, frame_idx, error)),
            capacity=max(_LEAST_PICTURES, _PICTURE_BUDGET_BYTES // (width * height * 4)),
            name="pictures",
        )

    def show(self, frame_idx: int) -> None:
        """Wish for a frame."""
        self._wanted = frame_idx
        if self._in_hand is None:
            self._take_newest()

    def shut_down(self) -> None:
        """Stop listening and decoding."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []
        self._patience.stop()
        self._close_provider()

    def _close_provider(self) -> None:
        if self._provider is not None:
            self._provider.close()
            self._provider = None

    def _frame_changed(self, frame_idx: int, _cause: FrameCause) -> None:
        self.show(frame_idx)

    def _take_newest(self) -> None:
        if self._wanted is None or self._provider is None:
            self._in_hand = None
            return
        self._in_hand, self._wanted = self._wanted, None
        self._provider.request(self._in_hand)

    def _picture_arrived(self, parcel: tuple[int, int, QImage]) -> None:
        generation, frame_idx, image = parcel
        if generation != self._generation or frame_idx != self._in_hand:
            return
        self._rgb.set_image(image)
        self._show_in_scenes(frame_idx)

    def _picture_failed(self, parcel: tuple[int, int, L3roccError]) -> None:
        generation, frame_idx, error = parcel
        if generation != self._generation or frame_idx != self._in_hand:
            return
        self.frame_failed.emit(error)
        self._show_in_scenes(frame_idx)

    def _show_in_scenes(self, frame_idx: int) -> None:
        self._unpainted = {scene for scene in self._scenes if scene.draws}
        for scene in self._scenes:
            scene.show_frame(frame_idx)
        if self._unpainted:
            self._patience.start()
        else:
            # After the picture's own repaint, which is queued already.
            QTimer.singleShot(0, self, self._all_painted)

    def _painter(self, scene: ScenePanel) -> Callable[[], None]:
        def on_painted() -> None:
            if scene in self._unpainted:
                self._unpainted.discard(scene)
                if not self._unpainted:
                    self._all_painted()

        return on_painted

    def _all_painted(self) -> None:
        """Every panel shows the frame in hand, or was waited for long enough (a minimised window paints nothing)."""
        self._patience.stop()
        self._unpainted.clear()
        if self._in_hand is None:
            return
        shown, self._in_hand = self._in_hand, None
        self.shown.emit(shown)
        if self._wanted is not None:
            # Not from within a paint event.
            QTimer.singleShot(0, self, self._resume)

    def _resume(self) -> None:
        if self._in_hand is None:
            self._take_newest()
