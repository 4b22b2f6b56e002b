"""A panel that hosts a VTK scene once VTK is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from l3rocc_studio.ui.panels.panel import Panel

if TYPE_CHECKING:
    from vtkmodules.vtkRenderingCore import vtkRenderer

    from l3rocc_engine.run import Run
    from l3rocc_studio.render.colormaps import Background
    from l3rocc_studio.render.detail import Detail
    from l3rocc_studio.render.kept_layer import Drawing
    from l3rocc_studio.ui.panels.vtk_view import VtkView

SLOW_RENDER_S = 0.06
"""A scene that takes longer than this is drawn coarsely while it plays."""


class Scene3D(Protocol):
    """What every panel needs of a scene of :mod:`l3rocc_studio.render`."""

    renderer: vtkRenderer

    def set_background(self, background: Background) -> None:
        """Change the background."""
        ...

    def fit(self) -> None:
        """Bring everything into the picture."""
        ...

    def close(self) -> None:
        """Let go of everything in VTK."""
        ...


S = TypeVar("S", bound=Scene3D)


class ScenePanel(Panel, Generic[S]):
    """A card around a scene.

    The scene arrives after the window's first paint, since VTK takes a second to load. Without a run it is an empty
    floor with a sentence over it.

    Signals
    -------
    painted
        The scene was drawn.
    detail_changed
        The wanted detail changed: the current frame should be shown again.
    """

    painted = Signal()
    detail_changed = Signal()

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty_text, parent)
        self._title = title
        self._scene: S | None = None
        self._view: VtkView | None = None
        self._sentence: QLabel | None = None
        self._has_run = False
        self._is_scrubbing = self._is_playing = self._is_moving = self._is_camera_free = False
        self._full_render_s = 0.0

    @property
    def view(self) -> VtkView | None:
        """The widget that draws, once VTK is loaded."""
        return self._view

    @property
    def scene(self) -> S | None:
        """The scene, once VTK is loaded."""
        return self._scene

    @property
    def has_run(self) -> bool:
        """Whether a run is shown."""
        return self._has_run

    @property
    def shows_nothing(self) -> bool:
        """Whether the empty scene is shown."""
        return not self._has_run

    @property
    def sentence(self) -> str:
        """What is said over the empty scene; empty while a run is shown."""
        if self._sentence is None:
            return self._empty.text()
        return "" if self._sentence.isHidden() else self._sentence.text()

    @property
    def draws(self) -> bool:
        """Whether asking for a picture will bring one: there is a run and the view can be seen."""
        return self._has_run and self._view is not None and self._view.isVisible()

    @property
    def is_coarse(self) -> bool:
        """Whether speed counts more than detail now."""
        is_slow = self._full_render_s > SLOW_RENDER_S
        return self._is_scrubbing or self._is_moving or (self._is_playing and is_slow)

    @property
    def detail(self) -> Detail:
        """How much to draw now."""
        from l3rocc_studio.render.detail import Detail

        return Detail.COARSE if self.is_coarse else Detail.FULL

    def host(self, scene: S) -> None:
        """Take the scene in."""
        from l3rocc_studio.ui.panels.vtk_view import VtkView

        self._scene = scene
        self._view = VtkView(scene.renderer, self, drawing=self._make_drawing(scene))
        self._view.setAccessibleName(f"{self._title}, 3D view")
        self._view.painted.connect(self._note_painted)
        self._view.moving_changed.connect(self._set_moving)
        self._view.camera_moved.connect(self._camera_moved)
        self._view.resized.connect(self._resized)
        self._sentence = QLabel(self._empty.text(), self._view)
        self._sentence.setObjectName("sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self._view)
        layout.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_content(self._view)
        self.show_content()

    def set_run(self, run: Run | None, prepared: Any = None) -> None:
        """Show another run, with what was prepared of it in another thread, or the empty scene."""
        if run is None and self.shows_nothing:
            return
        self._has_run = run is not None and self._scene is not None
        self._is_camera_free = False
        self._full_render_s = 0.0
        if self._scene is None or self._view is None:
            return
        self._stage(self._scene, run, prepared)
        if self._sentence is not None:
            self._sentence.setVisible(run is None)
        self._view.request_render()

    def say(self, text: str) -> None:
        """Change the sentence over the empty scene."""
        self.show_empty(text) if self._sentence is None else self._sentence.setText(text)

    def show_frame(self, frame_idx: int, prepared: Any = None) -> None:
        """Show one moment; it is drawn at the next repaint."""
        if self._scene is not None and self._view is not None and self._has_run:
            self._present(self._scene, frame_idx, prepared)
            self._view.request_render()

    def fit(self) -> None:
        """Bring everything back into view."""
        self._is_camera_free = False
        if self._scene is not None and self._view is not None:
            self._scene.fit()
            self._view.request_render()

    def set_background(self, background: Background) -> None:
        """Follow the theme."""
        if self._scene is not None and self._view is not None:
            self._scene.set_background(background)
            self._view.request_render()

    def set_scrubbing(self, is_scrubbing: bool) -> None:
        """A person drags the playhead, or lets go."""
        was_coarse = self.is_coarse
        self._is_scrubbing = is_scrubbing
        self._tell_detail(was_coarse=was_coarse)

    def set_playing(self, is_playing: bool) -> None:
        """Time moves by itself, or stops."""
        was_coarse = self.is_coarse
        self._is_playing = is_playing
        self._tell_detail(was_coarse=was_coarse)

    def shut_down(self) -> None:
        """Free VTK's resources while the window still exists."""
        if self._view is not None:
            self._view.shut_down()
        if self._scene is not None:
            self._scene.close()

    def _make_drawing(self, scene: S) -> Drawing | None:
        """How the scene gets into its window, if not simply by VTK."""
        return None

    def _stage(self, scene: S, run: Run | None, prepared: Any) -> None:
        """Give the scene another run."""
        raise NotImplementedError

    def _present(self, scene: S, frame_idx: int, prepared: Any) -> None:
        """Give the scene another frame."""
        raise NotImplementedError

    def _camera_moved(self) -> None:
        self._is_camera_free = True

    def _resized(self) -> None:
        if self._scene is not None and not self._is_camera_free:
            self._scene.fit()

    def _set_moving(self, is_moving: bool) -> None:
        was_coarse = self.is_coarse
        self._is_moving = is_moving
        self._tell_detail(was_coarse=was_coarse)

    def _tell_detail(self, *, was_coarse: bool) -> None:
        if self._has_run and was_coarse != self.is_coarse:
            self.detail_changed.emit()

    def _note_painted(self, seconds: float) -> None:
        if not self.is_coarse:
            self._full_render_s = seconds
        self.painted.emit()
