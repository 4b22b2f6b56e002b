"""Brings one frame into all panels at the same time: the newest wish next, those overtaken dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.frame_overlay import OverlayChoice
from l3rocc_studio.model.timeline import FrameCause, Timeline
from l3rocc_studio.services.frame_provider import FrameProvider
from l3rocc_studio.ui.bridge import Latest
from l3rocc_studio.ui.panels.cloud_panel import CloudPanel
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel
from l3rocc_studio.ui.panels.picture_view import OverlayImage
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel, image_from_rgb, overlay_image
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.frame_overlay import FrameOverlay
    from l3rocc_studio.render.frame_voxels import VoxelStyle
    from l3rocc_studio.render.occupancy_scene import PreparedFrame

_PAINT_PATIENCE_MS = 2000
_PICTURE_BUDGET_BYTES = 200 * 1024 * 1024
_LEAST_PICTURES = 8
_MESHES = 12
_OVERLAYS = 16
_PICTURE, _MESH, _OVERLAY = "picture", "mesh", "overlay"
_Overlay = tuple["FrameOverlay", OverlayImage]
_Scene = ScenePanel[Any]


class Presenter(QObject):
    """Follows the timeline.

    One frame is in hand at a time: its picture, its voxels and what is laid over the picture are made off this thread,
    then all panels take it and repaint, and only when they have painted is the newest wish taken up. So the panels
    never disagree, and a fast scrub never queues up work.

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
        self, timeline: Timeline, rgb: RgbPanel, cloud: CloudPanel, occupancy: OccupancyPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._rgb = rgb
        self._occupancy = occupancy
        self._scenes: tuple[_Scene, ...] = (cloud, occupancy)
        self._pictures: FrameProvider[QImage, None] | None = None
        self._meshes: FrameProvider[PreparedFrame | None, VoxelStyle] | None = None
        self._num_meshes = self._first = self._num_overlays = 0
        self._overlays: FrameProvider[_Overlay, OverlayChoice] | None = None
        self._overlay_choice = OverlayChoice()
        self._generations = {_PICTURE: 0, _MESH: 0, _OVERLAY: 0}
        self._wanted: int | None = None
        self._in_hand: int | None = None
        self._parts: dict[str, Any] = {}
        self._unpainted: set[QObject] = set()
        self._carriers = {part: Latest(self) for part in (_PICTURE, _MESH, _OVERLAY)}
        for part, carrier in self._carriers.items():
            carrier.arrived.connect(self._receiver(part))
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PAINT_PATIENCE_MS)
        self._patience.timeout.connect(self._all_painted)
        self._disconnects = [
            timeline.frame_changed.connect(self._frame_changed),
            timeline.scrubbing_changed.connect(self._scrubbing_changed),
        ]
        rgb.painted.connect(self._painter(rgb))
        for scene in self._scenes:
            scene.painted.connect(self._painter(scene))
            scene.detail_changed.connect(self.refresh)

    @property
    def is_idle(self) -> bool:
        """Whether every wish has been fulfilled."""
        return self._wanted is None and self._in_hand is None

    def set_source(self, source: FrameSource | None) -> None:
        """Show the pictures of another source; it must stay open until the next call."""
        self._start_over(_PICTURE)
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        if source is None:
            self._rgb.clear()
            return
        width, height = source.size_px
        self._pictures = FrameProvider(
            lambda frame_idx, _variant: image_from_rgb(source.frame(frame_idx)),
            source.num_frames,
            self._sender(_PICTURE),
            self._sender(_PICTURE),
            capacity=max(_LEAST_PICTURES, _PICTURE_BUDGET_BYTES // (width * height * 4)),
            name="pictures",
        )

    def set_run(self, num_frames: int, first: int = 0) -> None:
        """The 3D panels have another run of so many frames, or none (0); ``first`` is its first on the timeline."""
        self._start_over(_MESH)
        self._num_meshes, self._first = num_frames, first
        if self._meshes is not None:
            self._meshes.close()
            self._meshes = None
        scene = self._occupancy.scene
        if not num_frames or scene is None:
            return
        self._meshes = FrameProvider(
            scene.prepare_frame,
            num_frames,
            self._sender(_MESH),
            self._sender(_MESH),
            capacity=_MESHES,
            ahead=3,
            behind=1,
            name="meshes",
        )

    def set_overlays(self, run: Run | None) -> None:
        """Overlays of the video come from another run, or there are none."""
        self._start_over(_OVERLAY)
        if self._overlays is not None:
            self._overlays.close()
            self._overlays = None
        if run is None:
            return
        self._num_overlays = run.num_frames

        def make(frame_idx: int, choice: OverlayChoice) -> _Overlay:
            from l3rocc_studio.render.frame_overlay import prepare_overlay

            overlay = prepare_overlay(run, frame_idx, choice)
            return overlay, overlay_image(overlay)

        self._overlays = FrameProvider(
            make,
            run.num_frames,
            self._sender(_OVERLAY),
            self._sender(_OVERLAY),
            capacity=_OVERLAYS,
            ahead=4,
            behind=1,
            name="overlays",
        )

    def choose_overlay(self, choice: OverlayChoice) -> None:
        """Lay something else over the video."""
        if choice != self._overlay_choice:
            self._overlay_choice = choice
            self.refresh()

    def extend_run(self, num_frames: int) -> None:
        """The occupancy panel's run has more frames now; the current one is shown if it was missing."""
        was_missing = self._num_meshes <= self._timeline.current - self._first < num_frames
        self._num_meshes = num_frames
        if self._meshes is not None:
            self._meshes.extend(num_frames)
        if was_missing:
            self.refresh()

    def show(self, frame_idx: int) -> None:
        """Wish for a frame."""
        self._wanted = frame_idx
        if self._in_hand is None:
            self._take_newest()

    def refresh(self) -> None:
        """Show the current frame again, in the detail that is wanted now."""
        self.show(self._timeline.current)

    def shut_down(self) -> None:
        """Stop listening and making things."""
        for disconnect in self._disconnects:
            disconnect()
        self.set_overlays(None)
        self.set_run(0)
        self.set_source(None)

    def _start_over(self, part: str) -> None:
        """Forget the frame in hand; parts of a kind that are still on their way are ignored."""
        self._generations[part] += 1
        self._wanted = self._in_hand = None
        self._unpainted.clear()
        self._patience.stop()

    def _scrubbing_changed(self, is_scrubbing: bool) -> None:
        for provider in (self._meshes, self._overlays):
            if provider is not None:
                provider.make_neighbours(is_wanted=not is_scrubbing)

    def _frame_changed(self, frame_idx: int, _cause: FrameCause) -> None:
        self.show(frame_idx)

    def _sender(self, part: str) -> Callable[[int, object], None]:
        """Called on a provider's thread: send a thing, or the error in its place, to this thread."""
        generation, carrier = self._generations[part], self._carriers[part]
        first = 0 if part == _PICTURE else self._first

        def send(frame_idx: int, thing: object) -> None:
            carrier.put((generation, first + frame_idx, thing))

        return send

    def _receiver(self, part: str) -> Callable[[tuple[int, int, object]], None]:
        def receive(parcel: tuple[int, int, object]) -> None:
            generation, frame_idx, thing = parcel
            if frame_idx == self._in_hand and part not in self._parts and generation == self._generations[part]:
                self._parts[part] = thing
                self._show_if_complete()

        return receive

    def _take_newest(self) -> None:
        if self._wanted is None or self._pictures is None:
            self._wanted = self._in_hand = None
            return
        self._in_hand, self._wanted = self._wanted, None
        self._parts = {}
        self._pictures.request(self._in_hand, None)
        run_frame = self._in_hand - self._first
        if self._meshes is None or not 0 <= run_frame < self._num_meshes:
            self._parts[_MESH] = None
        else:
            self._meshes.request(run_frame, self._occupancy.choose_style())
        if self._overlays is None or self._overlay_choice.is_empty or not 0 <= run_frame < self._num_overlays:
            self._parts[_OVERLAY] = None
        else:
            self._overlays.request(run_frame, self._overlay_choice)

    def _show_if_complete(self) -> None:
        frame_idx = self._in_hand
        if frame_idx is None or len(self._parts) < len(self._carriers):
            return
        picture, mesh, overlay = (self._parts[part] for part in (_PICTURE, _MESH, _OVERLAY))
        for part in (picture, mesh, overlay):
            if isinstance(part, L3roccError):
                self.frame_failed.emit(part)
        if isinstance(picture, QImage):
            self._rgb.set_image(picture, overlay if isinstance(overlay, tuple) else None)
        self._unpainted = {scene for scene in self._scenes if scene.draws}
        if isinstance(picture, QImage) and self._rgb.draws:
            self._unpainted.add(self._rgb)
        for scene in self._scenes:
            scene.show_frame(frame_idx - self._first, None if isinstance(mesh, L3roccError) else mesh)
        if self._unpainted:
            self._patience.start()
        else:
            # After the picture's own repaint, which is queued already.
            QTimer.singleShot(0, self, self._all_painted)

    def _painter(self, panel: QObject) -> Callable[[], None]:
        def on_painted() -> None:
            if panel in self._unpainted:
                self._unpainted.discard(panel)
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
