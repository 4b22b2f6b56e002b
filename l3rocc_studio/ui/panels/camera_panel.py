"""A panel with a scene, and who leads the scene's camera: a hand, a view, or a movement of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from l3rocc_studio.model.view import CameraPose, Vector, ViewKind
from l3rocc_studio.ui.panels.camera_mover import CameraMover
from l3rocc_studio.ui.panels.paced_panel import PacedPanel
from l3rocc_studio.ui.panels.scene_3d import Scene3D

if TYPE_CHECKING:
    from l3rocc_studio.ui.panels.vtk_view import VtkView

S = TypeVar("S", bound=Scene3D)


class CameraPanel(PacedPanel, Generic[S]):
    """The scene and the widget that draws it come late, see :class:`ScenePanel`; until then nothing moves.

    Signals
    -------
    camera_changed
        The scene is looked at from elsewhere, whoever moved the camera.
    touched
        The person took hold of the scene or asked for another view of it.
    view_changed (ViewKind)
        The scene is looked at in another way.
    """

    camera_changed = Signal()
    touched = Signal()
    view_changed = Signal(object)

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty_text, parent)
        self._scene: S | None = None
        self._view: VtkView | None = None
        self._mover: CameraMover | None = None
        self._is_camera_free = False
        self._shown_pose: CameraPose | None = None

    @property
    def mover(self) -> CameraMover | None:
        """What moves the camera by itself, once VTK is loaded."""
        return self._mover

    @property
    def view(self) -> VtkView | None:
        """The widget that draws, once VTK is loaded."""
        return self._view

    @property
    def scene(self) -> S | None:
        """The scene, once VTK is loaded."""
        return self._scene

    @property
    def is_moving(self) -> bool:
        """Whether the camera moves and is drawn coarsely meanwhile."""
        return super().is_moving or (self._mover is not None and self._mover.is_gliding)

    def fit(self) -> None:
        """Bring everything back into view, in the default way if the camera was free."""
        self._go(lambda scene: scene.fit())

    def set_view_kind(self, kind: ViewKind) -> None:
        """Look in another way."""
        self._go(lambda scene: scene.set_view(kind))

    def look_from(self, pose: CameraPose) -> None:
        """Look from a place of one's own, which nothing but the person changes any more."""
        if self._scene is None or self._mover is None:
            return
        self.touched.emit()
        start = self._scene.kept_pose()
        self._free_camera()
        self._mover.glide(start, pose)

    def follow_pose(self, pose: CameraPose) -> None:
        """Look at once from where something else says, such as the camera of another panel."""
        if self._scene is None or self._view is None or self._mover is None:
            return
        self._mover.stop()
        self._free_camera()
        self._scene.set_camera_pose(pose)
        self._view.request_render()

    def take_view(self, kind: ViewKind, pose: CameraPose) -> None:
        """Look at once as was looked before; the pose counts where the kind is FREE."""
        if self._scene is None or self._view is None or self._mover is None:
            return
        if kind is ViewKind.FREE:
            self.follow_pose(pose)
            return
        self._mover.stop()
        self._is_camera_free = False
        self._scene.set_view(kind)
        self.view_changed.emit(kind)
        self._view.request_render()

    def orbit(self, degrees_per_s: float, up: Vector) -> None:
        """Let the camera go round what it looks at, until something else moves it."""
        if self._mover is not None:
            self.touched.emit()
            self._free_camera()
            self._mover.orbit(up, degrees_per_s)

    def _go(self, turn: Callable[[S], None]) -> None:
        """Let the scene choose a view, and go there."""
        if self._scene is None or self._mover is None:
            return
        self.touched.emit()
        self._is_camera_free = False
        start = self._scene.kept_pose()
        turn(self._scene)
        self.view_changed.emit(self._scene.view)
        self._mover.glide(start, self._scene.kept_pose())

    def _free_camera(self) -> None:
        self._is_camera_free = True
        if self._scene is not None and self._scene.view is not ViewKind.FREE:
            self._scene.set_view(ViewKind.FREE)
            self.view_changed.emit(ViewKind.FREE)

    def _lead(self, scene: S, view: VtkView) -> None:
        """Both are there now."""
        self._scene, self._view, self._mover = scene, view, CameraMover(scene, self)
        view.moving_changed.connect(self._set_moving)
        view.camera_moved.connect(self._camera_moved)
        view.touched.connect(self._touched)
        view.resized.connect(self._resized)
        self._mover.moved.connect(view.request_render)
        self._mover.gliding_changed.connect(self._gliding_changed)
        self._mover.orbiting_changed.connect(self._orbiting_changed)

    def _camera_moved(self) -> None:
        """A camera in the person's hand follows nothing else."""
        if self._scene is not None:
            self._scene.release_clipping()
        self._free_camera()

    def _touched(self) -> None:
        if self._mover is not None:
            self._mover.stop()
        self.touched.emit()

    def _resized(self) -> None:
        if self._scene is not None and self._mover is not None and not self._is_camera_free:
            self._mover.stop()
            self._scene.fit()

    def _tell_camera(self) -> None:
        pose = None if self._scene is None else self._scene.camera_pose()
        if pose != self._shown_pose:
            self._shown_pose = pose
            self.camera_changed.emit()
