"""Brings one frame into all panels at the same time: the newest wish next, those overtaken dropped."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.frame_overlay import OverlayChoice
from l3rocc_studio.model.timeline import FrameCause, Timeline
from l3rocc_studio.ui.frame_part import FramePart
from l3rocc_studio.ui.pace import Pace
from l3rocc_studio.ui.panels.cloud_panel import CloudPanel
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel
from l3rocc_studio.ui.panels.picture_view import OverlayImage
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel, image_from_rgb, overlay_image
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.frame_overlay import FrameOverlay
    from l3rocc_studio.render.prepared_frame import PreparedFrame
    from l3rocc_studio.render.voxel_style import VoxelStyle

_PAINT_PATIENCE_MS = 2000
_PICTURE_BUDGET_BYTES = 200 * 1024 * 1024
_LEAST_PICTURES = 8
_MESHES, _SKETCHES = 6, 6
_OVERLAYS = 16
_PICTURE, _MESH, _OVERLAY = "picture", "mesh", "overlay"
_NUM_PARTS = 3
_Overlay = tuple["FrameOverlay", OverlayImage]
_Scene = ScenePanel[Any]


class Presenter(QObject):
    """Follows the timeline.

    One frame is in hand at a time: its picture, its voxels and what is laid over the picture are made off this thread,
    then all panels take it and repaint, and only when they have painted is the newest wish taken up. So the panels
    never disagree, and a fast scrub never queues up work. While frames pass by, panels that need long show less of
    each; the one that stays is then brought in full, unless another comes before it is ready.

    Signals
    -------
    appearing (int)
        A frame is about to be painted on all panels.
    shown (int)
        It is on all of them.
    frame_failed (L3roccError)
        The video could not be decoded at the wanted frame.
    """

    appearing = Signal(int)
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
        # Panels must know that frames pass by before one is wished for.
        self._pace = Pace(timeline, self)
        self._picture_part: FramePart[QImage, None] = FramePart("pictures", self._receive, self)
        # Apart, so that a frame that passes by never waits for the full one of another.
        self._full_part: FramePart[PreparedFrame | None, VoxelStyle] = FramePart("meshes", self._receive, self)
        self._coarse_part: FramePart[PreparedFrame | None, VoxelStyle] = FramePart("sketches", self._receive, self)
        # What a frame that is there needs for another view; nothing waits for it.
        self._later_part: FramePart[PreparedFrame | None, VoxelStyle] = FramePart("later meshes", self._add_mesh, self)
        self._overlay_part: FramePart[_Overlay, OverlayChoice] = FramePart("overlays", self._receive, self)
        self._overlay_choice = OverlayChoice()
        self._first = 0
        self._wanted: int | None = None
        self._in_hand: int | None = None
        self._newest_shown: int | None = None
        self._taken_s = 0.0
        self._asked: dict[FramePart[Any, Any], str] = {}
        self._parts: dict[str, Any] = {}
        self._unpainted: set[QObject] = set()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PAINT_PATIENCE_MS)
        self._patience.timeout.connect(self._all_painted)
        self._disconnects = [
            timeline.frame_changed.connect(self._frame_changed),
            timeline.scrubbing_changed.connect(self._choose_neighbours),
            timeline.playing_changed.connect(self._playing_changed),
        ]
        rgb.painted.connect(self._painter(rgb))
        for scene in self._scenes:
            scene.painted.connect(self._painter(scene))
            scene.detail_changed.connect(self.refresh)
            self._pace.changed.connect(scene.set_hurried)
        self._pace.changed.connect(self._choose_neighbours)

    @property
    def is_idle(self) -> bool:
        """Whether every wish has been fulfilled, with as much detail as there was time for."""
        return self._wanted is None and self._in_hand is None

    @property
    def is_at_rest(self) -> bool:
        """Whether the panels also show all that they can of the frame."""
        is_passing = self._pace.is_hurried and any(scene.is_coarse for scene in self._scenes)
        return self.is_idle and not is_passing and self._occupancy.mesh_style is None

    def set_source(self, source: FrameSource | None) -> None:
        """Show the pictures of another source; it must stay open until the next call."""
        self._start_over(self._picture_part)
        if source is None:
            self._rgb.clear()
            return
        width, height = source.size_px
        self._picture_part.make_from(
            lambda frame_idx, _variant: image_from_rgb(source.frame(frame_idx)),
            source.num_frames,
            capacity=max(_LEAST_PICTURES, _PICTURE_BUDGET_BYTES // (width * height * 4)),
        )

    def set_run(self, num_frames: int, first: int = 0) -> None:
        """The 3D panels have another run of so many frames, or none (0); ``first`` is its first on the timeline."""
        self._start_over(self._full_part, self._coarse_part, self._later_part)
        self._first = first
        scene = self._occupancy.scene
        if num_frames and scene is not None:
            make = scene.prepare_frame
            self._full_part.make_from(make, num_frames, first=first, capacity=_MESHES, ahead=3, behind=1)
            self._coarse_part.make_from(make, num_frames, first=first, capacity=_SKETCHES, ahead=3, behind=1)
            self._later_part.make_from(make, num_frames, first=first, capacity=1)
            self._playing_changed(self._timeline.is_playing)

    def set_overlays(self, run: Run | None) -> None:
        """Overlays of the video come from another run, or there are none."""
        self._start_over(self._overlay_part)
        if run is None:
            return

        def make(frame_idx: int, choice: OverlayChoice) -> _Overlay:
            from l3rocc_studio.render.frame_overlay import prepare_overlay

            overlay = prepare_overlay(run, frame_idx, choice)
            return overlay, overlay_image(overlay)

        self._overlay_part.make_from(make, run.num_frames, first=self._first, capacity=_OVERLAYS, ahead=4, behind=1)

    def choose_overlay(self, choice: OverlayChoice) -> None:
        """Lay something else over the video."""
        if choice != self._overlay_choice:
            self._overlay_choice = choice
            self.refresh()

    def extend_run(self, num_frames: int) -> None:
        """The occupancy panel's run has more frames now; the current one is shown if it was missing."""
        was_there = self._full_part.has(self._timeline.current)
        for part in (self._full_part, self._coarse_part, self._later_part):
            part.extend(num_frames)
        if self._full_part.has(self._timeline.current) and not was_there:
            self.refresh()

    def show(self, frame_idx: int) -> None:
        """Wish for a frame."""
        self._wanted = frame_idx
        if self._in_hand is None or self._may_let_go(frame_idx):
            self._take_newest()

    def refresh(self) -> None:
        """Show the current frame again, in the detail that is wanted now."""
        self.show(self._timeline.current)

    def shut_down(self) -> None:
        """Stop listening and making things."""
        self._pace.shut_down()
        for disconnect in self._disconnects:
            disconnect()
        self.set_overlays(None)
        self.set_run(0)
        self.set_source(None)

    def _may_let_go(self, frame_idx: int) -> bool:
        """Whether the frame in hand need not come first: it is the same, or the panels have it, though not in full."""
        return len(self._parts) < _NUM_PARTS and self._in_hand in (frame_idx, self._newest_shown)

    def _start_over(self, *parts: FramePart[Any, Any]) -> None:
        """Forget the frame in hand; things of these kinds that are still on their way are ignored."""
        for part in parts:
            part.clear()
        self._wanted = self._in_hand = self._newest_shown = None
        self._unpainted.clear()
        self._patience.stop()
        self._pace.linger()

    def _choose_neighbours(self, _change: bool = False) -> None:
        """A hand that moves passes the frames beside the wished one by, and they would take its time.

        Those that are shown roughly first are not made in full on the chance that they are wished for. No picture is
        decoded ahead while the wished frame is not on the panels yet.
        """
        self._picture_part.make_neighbours(is_wanted=self._in_hand is None)
        is_wanted = not (self._timeline.is_scrubbing or self._pace.is_hurried)
        self._overlay_part.make_neighbours(is_wanted=is_wanted)
        self._full_part.make_neighbours(is_wanted=is_wanted and not self._occupancy.is_slow)

    def _playing_changed(self, is_playing: bool) -> None:
        # Where a hand goes next nobody knows; and it does not need more than the one.
        self._coarse_part.make_neighbours(is_wanted=is_playing)

    def _frame_changed(self, frame_idx: int, _cause: FrameCause) -> None:
        self.show(frame_idx)

    def _receive(self, part: FramePart[Any, Any], frame_idx: int, thing: object) -> None:
        name = self._asked.get(part)
        if frame_idx != self._in_hand or name is None or name in self._parts:
            return
        if part is self._full_part:
            self._occupancy.note_preparation(time.perf_counter() - self._taken_s)
        self._parts[name] = thing
        self._show_if_complete()

    def _take_newest(self) -> None:
        if self._wanted is None or not self._picture_part.has(self._wanted):
            self._wanted = self._in_hand = None
            self._pace.linger()
            return
        self._in_hand, self._wanted = self._wanted, None
        self._taken_s = time.perf_counter()
        self._parts, self._asked = {}, {}
        self._choose_neighbours()
        self._ask(_PICTURE, self._picture_part, lambda: None)
        mesh_part = self._coarse_part if self._occupancy.is_coarse else self._full_part
        self._ask(_MESH, mesh_part, self._occupancy.choose_style)
        has_overlay = not self._overlay_choice.is_empty
        self._ask(_OVERLAY, self._overlay_part if has_overlay else None, lambda: self._overlay_choice)

    def _ask(self, name: str, part: FramePart[Any, Any] | None, variant: Callable[[], Any]) -> None:
        """Wish for a thing of the frame in hand; it has none where there is nothing to make it from."""
        if part is None or self._in_hand is None or not part.has(self._in_hand):
            self._parts[name] = None
        else:
            self._asked[part] = name
            part.request(self._in_hand, variant())

    def _show_if_complete(self) -> None:
        frame_idx = self._in_hand
        if frame_idx is None or len(self._parts) < _NUM_PARTS:
            return
        picture, mesh, overlay = (self._parts[part] for part in (_PICTURE, _MESH, _OVERLAY))
        for part in (picture, mesh, overlay):
            if isinstance(part, L3roccError):
                self.frame_failed.emit(part)
        if isinstance(picture, QImage):
            self._rgb.set_image(picture, overlay if isinstance(overlay, tuple) else None)
        self.appearing.emit(frame_idx)
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
        self._newest_shown, self._in_hand = self._in_hand, None
        self._choose_neighbours()
        self.shown.emit(self._newest_shown)
        if self._wanted is None:
            self._pace.linger()
            self._ask_for_mesh(self._newest_shown)
        else:
            # Not from within a paint event.
            QTimer.singleShot(0, self, self._resume)

    def _ask_for_mesh(self, frame_idx: int) -> None:
        style = self._occupancy.mesh_style
        if style is not None and self._later_part.has(frame_idx):
            self._later_part.request(frame_idx, style)

    def _add_mesh(self, _part: FramePart[Any, Any], frame_idx: int, thing: Any) -> None:
        if isinstance(thing, L3roccError):
            self.frame_failed.emit(thing)
        if self.is_idle:
            self._occupancy.add_mesh(frame_idx - self._first, None if isinstance(thing, L3roccError) else thing)

    def _resume(self) -> None:
        if self._in_hand is None:
            self._take_newest()
