"""Moves a panel's camera by itself: from one view to another, or round and round."""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from l3rocc_studio.model.view import CameraPose, Vector

TICK_MS = 16
GLIDE_S = 0.28
"""How long a change of view takes: long enough to see where one goes, too short to wait for."""


class Camera(Protocol):
    """What is moved."""

    def set_camera_pose(self, pose: CameraPose) -> None:
        """Look from another place."""
        ...

    def kept_pose(self) -> CameraPose:
        """Where it is looked from, with a clipping range only if one was asked for."""
        ...


class CameraMover(QObject):
    """One movement at a time; a new one starts where the last one has come to.

    Signals
    -------
    moved
        The camera is elsewhere: draw.
    gliding_changed (bool)
        A change of view begins or ends.
    orbiting_changed (bool)
        The camera begins or ends going round.
    """

    moved = Signal()
    gliding_changed = Signal(bool)
    orbiting_changed = Signal(bool)

    def __init__(self, camera: Camera, parent: QObject) -> None:
        super().__init__(parent)
        self._camera = camera
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._ends: tuple[CameraPose, CameraPose] | None = None
        self._orbit: tuple[Vector, float] | None = None
        self._since_s = 0.0
        self.glide_s = GLIDE_S
        """Seconds that a change of view takes; 0 makes it at once."""

    @property
    def is_gliding(self) -> bool:
        """Whether a change of view is under way."""
        return self._ends is not None

    @property
    def is_orbiting(self) -> bool:
        """Whether the camera goes round."""
        return self._orbit is not None

    @property
    def destination(self) -> CameraPose | None:
        """Where a change of view leads, while one is under way."""
        return None if self._ends is None else self._ends[1]

    def glide(self, start: CameraPose, end: CameraPose) -> None:
        """Go from one view to another."""
        self.stop()
        if self.glide_s <= 0.0 or start == end:
            self._camera.set_camera_pose(end)
            self.moved.emit()
            return
        self._camera.set_camera_pose(start)
        self._ends, self._since_s = (start, end), time.monotonic()
        self._timer.start()
        self.gliding_changed.emit(True)
        self.moved.emit()

    def retarget(self, end: CameraPose) -> None:
        """The view that is gone to has moved meanwhile."""
        if self._ends is not None:
            self._ends = (self._ends[0], end)
            self._place()

    def orbit(self, axis: Vector, degrees_per_s: float) -> None:
        """Go round the point that is looked at, or change the speed of going round."""
        was_orbiting = self.is_orbiting
        if not was_orbiting:
            self.stop()
            self._since_s = time.monotonic()
        self._orbit = (axis, degrees_per_s)
        self._timer.start()
        if not was_orbiting:
            self.orbiting_changed.emit(True)

    def stop(self) -> None:
        """Stay where one is."""
        self._timer.stop()
        was_gliding, was_orbiting = self.is_gliding, self.is_orbiting
        self._ends = self._orbit = None
        if was_gliding:
            self.gliding_changed.emit(False)
        if was_orbiting:
            self.orbiting_changed.emit(False)

    def _tick(self) -> None:
        if self._orbit is not None:
            self._turn(*self._orbit)
        elif self._ends is not None:
            if time.monotonic() - self._since_s >= self.glide_s:
                self._camera.set_camera_pose(self._ends[1])
                self.stop()
            else:
                self._place()
        self.moved.emit()

    def _place(self) -> None:
        from l3rocc_studio.render.camera_blend import blend_poses, ease

        if self._ends is not None:
            share = ease((time.monotonic() - self._since_s) / self.glide_s)
            self._camera.set_camera_pose(blend_poses(*self._ends, share))

    def _turn(self, axis: Vector, degrees_per_s: float) -> None:
        from l3rocc_studio.render.camera_blend import turned_about

        now_s = time.monotonic()
        angle_deg, self._since_s = degrees_per_s * (now_s - self._since_s), now_s
        self._camera.set_camera_pose(turned_about(self._camera.kept_pose(), axis, angle_deg))
