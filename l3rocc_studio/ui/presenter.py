"""Brings one frame into all panels at the same time: the newest wish next, those overtaken dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.frame_overlay import OverlayChoice
from l3rocc_studio.model.timeline import FrameCause, Timeline
from l3rocc_studio.ui.frame_gatherer import FrameGatherer, GatheredFrame
from l3rocc_studio.ui.pace import Pace
from l3rocc_studio.ui.panels.cloud_panel import CloudPanel
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run

_PAINT_PATIENCE_MS = 2000
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
        self._frames = FrameGatherer(occupancy, self._show, self._add_mesh, self)
        self._wanted: int | None = None
        self._in_hand: int | None = None
        self._newest_shown: int | None = None
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
        self._frames.set_source(None)
        self._start_over()
        if source is None:
            self._rgb.clear()
        else:
            self._frames.set_source(source)

    def set_run(self, num_frames: int, first: int = 0) -> None:
        """The 3D panels have another run of so many frames, or none (0); ``first`` is its first on the timeline."""
        self._frames.set_run(0, self._frames.first)
        self._start_over()
        self._frames.set_run(num_frames, first)
        if num_frames:
            self._playing_changed(self._timeline.is_playing)

    def set_overlays(self, run: Run | None) -> None:
        """Overlays of the video come from another run, or there are none."""
        self._frames.set_overlays(None)
        self._start_over()
        self._frames.set_overlays(run)

    def choose_overlay(self, choice: OverlayChoice) -> None:
        """Lay something else over the video."""
        if choice != self._frames.overlay_choice:
            self._frames.overlay_choice = choice
            self.refresh()

    def extend_run(self, num_frames: int) -> None:
        """The occupancy panel's run has more frames now; the current one is shown if it was missing."""
        was_there = self._frames.has_voxels(self._timeline.current)
        self._frames.extend_run(num_frames)
        if self._frames.has_voxels(self._timeline.current) and not was_there:
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
        return not self._frames.is_complete and self._in_hand in (frame_idx, self._newest_shown)

    def _start_over(self) -> None:
        """Forget the frame in hand; call it when what it is made from is gone and before there is other."""
        self._frames.forget()
        self._wanted = self._in_hand = self._newest_shown = None
        self._unpainted.clear()
        self._patience.stop()
        self._pace.linger()

    def _choose_neighbours(self, _change: bool = False) -> None:
        """A hand that moves passes the frames beside the wished one by, and they would take its time.

        Those that are shown roughly first are not made in full on the chance that they are wished for. No picture is
        decoded ahead while the wished frame is not on the panels yet.
        """
        is_passing = self._timeline.is_scrubbing or self._pace.is_hurried
        self._frames.make_neighbours(pictures=self._in_hand is None, rest=not is_passing)

    def _playing_changed(self, is_playing: bool) -> None:
        # Where a hand goes next nobody knows; and it does not need more than the one.
        self._frames.make_neighbours_roughly(is_wanted=is_playing)

    def _frame_changed(self, frame_idx: int, _cause: FrameCause) -> None:
        self.show(frame_idx)

    def _take_newest(self) -> None:
        if self._wanted is None or not self._frames.has_picture(self._wanted):
            self._wanted = self._in_hand = None
            self._frames.forget()
            self._pace.linger()
            return
        self._in_hand, self._wanted = self._wanted, None
        self._choose_neighbours()
        self._frames.gather(self._in_hand)

    def _show(self, frame: GatheredFrame) -> None:
        """All of the frame in hand is there: hand it to all panels."""
        frame_idx, picture, mesh = self._in_hand, frame.picture, frame.mesh
        if frame_idx is None:
            return
        for error in frame.errors:
            self.frame_failed.emit(error)
        if isinstance(picture, QImage):
            self._rgb.set_image(picture, frame.overlay if isinstance(frame.overlay, tuple) else None)
        self.appearing.emit(frame_idx)
        self._unpainted = {scene for scene in self._scenes if scene.draws}
        if isinstance(picture, QImage) and self._rgb.draws:
            self._unpainted.add(self._rgb)
        for scene in self._scenes:
            scene.show_frame(frame_idx - self._frames.first, None if isinstance(mesh, L3roccError) else mesh)
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
            self._frames.gather_mesh(self._newest_shown)
        else:
            # Not from within a paint event.
            QTimer.singleShot(0, self, self._resume)

    def _add_mesh(self, frame_idx: int, thing: Any) -> None:
        if isinstance(thing, L3roccError):
            self.frame_failed.emit(thing)
        if self.is_idle:
            self._occupancy.add_mesh(frame_idx - self._frames.first, None if isinstance(thing, L3roccError) else thing)

    def _resume(self) -> None:
        if self._in_hand is None:
            self._take_newest()
