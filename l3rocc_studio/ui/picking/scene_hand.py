"""The pointer in both 3D panels: what it clicks and what it passes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from l3rocc_studio.model.pick import PickedPlace
from l3rocc_studio.model.session import Session
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.newest_job import NewestJob, Wish
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from l3rocc_studio.render.scene_picker import WorldPicker

HOVER_MS = 60


class SceneHand(QObject):
    """Turns clicks and passing of the pointer into picked places, in a thread.

    Signals
    -------
    picked (PickedPlace or None)
        A click met something, or nothing.
    double_clicked (PickedPlace or None)
        So did a double click.
    failed (L3roccError)
        Nothing could be looked up.
    """

    picked = Signal(object)
    double_clicked = Signal(object)
    failed = Signal(object)

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._world: WorldPicker | None = None
        self._is_measuring = False
        self._passing: tuple[ScenePanel, float, float] | None = None
        self._clicks, self._passes, self._doubles = (NewestJob(self) for _ in range(3))
        self._clicks.done.connect(self.picked)
        self._clicks.failed.connect(self.failed)
        self._doubles.done.connect(self.double_clicked)
        self._passes.done.connect(self._show_passing)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(HOVER_MS)
        self._due.timeout.connect(self._look_at_passing)
        for panel in window.scene_panels:
            panel.hosted.connect(lambda panel=panel: self._hold(panel))
        self._disconnect = session.run_changed.connect(self._forget)

    @property
    def is_idle(self) -> bool:
        """Whether no click waits for its place."""
        return self._clicks.is_idle and self._doubles.is_idle

    def shut_down(self) -> None:
        """Stop and wait."""
        self._disconnect()
        self._due.stop()
        for job in (self._clicks, self._passes, self._doubles):
            job.shut_down()

    def set_measuring(self, *, is_measuring: bool) -> None:
        """Show a cross all over the scenes while distances are measured."""
        self._is_measuring = is_measuring
        shape = Qt.CursorShape.CrossCursor if is_measuring else Qt.CursorShape.ArrowCursor
        for panel in self._window.scene_panels:
            self._shape(panel, shape)

    def _hold(self, panel: ScenePanel) -> None:
        view = panel.view
        if view is not None:
            view.clicked.connect(lambda x, y: self._click(panel, x, y, self._clicks))
            view.double_clicked.connect(lambda x, y: self._click(panel, x, y, self._doubles))
            view.hovered.connect(lambda x, y: self._pass(panel, x, y))
            view.left.connect(self._due.stop)

    def _click(self, panel: ScenePanel, x: float, y: float, job: NewestJob) -> None:
        find = None if self._is_camera_at(panel, x, y) else self._finder(panel, x, y)
        if find is not None:
            job.start(find)

    def _is_camera_at(self, panel: ScenePanel, x: float, y: float) -> bool:
        """Whether the camera of a keyframe stands there, which a click goes to instead."""
        scene = self._window.cloud_panel.scene if panel is self._window.cloud_panel else None
        return scene is not None and scene.cameras.keyframes.frame_at(x, y) is not None

    def _pass(self, panel: ScenePanel, x: float, y: float) -> None:
        self._passing = (panel, x, y)
        if not self._due.isActive() and self._passes.is_idle:
            self._due.start()

    def _look_at_passing(self) -> None:
        if self._passing is None or self._is_measuring:
            return
        find = self._finder(*self._passing)
        if find is not None:
            panel = self._passing[0]
            self._passes.start(lambda cancel: (panel, find(cancel)))

    def _show_passing(self, found: object) -> None:
        if isinstance(found, tuple) and not self._is_measuring:
            panel, place = found
            is_something = isinstance(place, PickedPlace)
            self._shape(panel, Qt.CursorShape.PointingHandCursor if is_something else Qt.CursorShape.ArrowCursor)

    def _shape(self, panel: ScenePanel, shape: Qt.CursorShape) -> None:
        if panel.view is not None and panel.view.rest_cursor is not shape:
            panel.view.rest_cursor = shape
            panel.view.setCursor(shape)

    def _finder(self, panel: ScenePanel, x: float, y: float) -> Wish | None:
        """What looks a pixel up; everything that may change is taken now."""
        run, scene, frame_idx = self._session.run, panel.scene, self._session.run_frame(self._session.timeline.current)
        if run is None or scene is None or frame_idx is None or not panel.has_run:
            return None
        from l3rocc_studio.render.picking import pick_view
        from l3rocc_studio.render.scene_picker import pick_voxel

        view, look = pick_view(scene.renderer, x, y), scene.look
        if panel is self._window.occupancy_panel:
            return lambda _cancel: pick_voxel(run, view, look, frame_idx)
        picker = self._world_picker()
        return None if picker is None else lambda _cancel: picker.pick(view, look, frame_idx)

    def _world_picker(self) -> WorldPicker | None:
        from l3rocc_studio.render.scene_picker import WorldPicker

        run, scene = self._session.run, self._window.cloud_panel.scene
        prepared = None if scene is None else scene.prepared
        if run is None or prepared is None:
            return None
        if self._world is None:
            self._world = WorldPicker(run, prepared)
        return self._world

    def _forget(self) -> None:
        """Another result: nothing of the old one is looked up any more."""
        self._world = None
        self._passing = None
        for job in (self._clicks, self._passes, self._doubles):
            job.drop()
