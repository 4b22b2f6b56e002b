"""A panel that hosts a VTK scene once VTK is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from l3rocc_studio.model.looks import Backdrop
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.panels.camera_panel import CameraPanel, S
from l3rocc_studio.ui.panels.kept_view import KeptView

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.colormaps import Background
    from l3rocc_studio.render.kept_layer import Drawing

OUTSIDE_TEXT = N_("This frame was not processed")


class ScenePanel(CameraPanel[S], Generic[S]):
    """A card around a scene.

    The scene arrives after the window's first paint, since VTK takes a second to load. Without a run it is an empty
    floor with a sentence over it.

    Signals
    -------
    painted
        The scene was drawn.
    presented (int)
        The scene has another frame and will be drawn with it.
    hosted
        The scene is there.
    staged
        The scene has another run, or none.
    """

    is_of_world = True
    """Whether the scene stands in the world, or in the recording's camera."""
    painted = Signal()
    presented = Signal(int)
    hosted = Signal()
    staged = Signal()

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty_text, parent)
        self._title = title
        self._sentence: QLabel | None = None
        self._theme_background: Background | None = None
        self._backdrop = Backdrop()
        self._num_frames = 0
        self._kept_view = KeptView(is_of_world=self.is_of_world)

    @property
    def is_growing(self) -> bool:
        """Whether what a job has made so far is shown."""
        return False

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

    def host(self, scene: S) -> None:
        """Take the scene in."""
        from l3rocc_studio.ui.panels.vtk_view import VtkView

        view = VtkView(scene.renderer, self, drawing=self._make_drawing(scene))
        view.setAccessibleName(tr("{title}, 3D view").format(title=self._title))
        view.painted.connect(self._note_painted)
        self._lead(scene, view)
        self._sentence = QLabel(self._empty.text(), view)
        self._sentence.setObjectName("sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(view)
        layout.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_content(view)
        self.show_content()
        self.hosted.emit()

    def set_run(self, run: Run | None, prepared: Any = None) -> None:
        """Show another run, with what was prepared of it in another thread, or the empty scene."""
        if run is None and self.shows_nothing:
            return
        self._has_run = run is not None and self._scene is not None
        self._num_frames = 0 if run is None else run.num_frames
        self._forget_times()
        if self._scene is None or self._view is None or self._mover is None:
            return
        self._mover.stop()
        self._kept_view.change(self._scene, run)
        self._stage(self._scene, run, prepared)
        self._kept_view.take_up(self._scene)
        self._is_camera_free = self._scene.view is ViewKind.FREE
        self.view_changed.emit(self._scene.view)
        if self._sentence is not None:
            self._sentence.setVisible(run is None)
        self._view.request_render()
        self.staged.emit()

    def say(self, text: str) -> None:
        """Change the sentence over the empty scene."""
        self.show_empty(tr(text)) if self._sentence is None else self._sentence.setText(text)

    def show_frame(self, frame_idx: int, prepared: Any = None) -> None:
        """Show one moment, counted in the run's frames; it is drawn at the next repaint.

        A moment that the run does not have is told in a sentence.
        """
        if self._scene is not None and self._view is not None and self._has_run:
            refusal = self._refusal(frame_idx, prepared)
            if self._sentence is not None and (refusal or not self._sentence.isHidden()):
                self.say(refusal)
                self._sentence.setVisible(bool(refusal))
            self._present(self._scene, frame_idx, prepared)
            self.presented.emit(frame_idx)
            self._view.request_render()

    def set_background(self, background: Background) -> None:
        """Follow the theme, unless another backdrop was chosen."""
        self._theme_background = background
        self._apply_background()

    def set_backdrop(self, backdrop: Backdrop) -> None:
        """Choose what is behind everything."""
        if backdrop != self._backdrop:
            self._backdrop = backdrop
            self._apply_background()

    def _apply_background(self) -> None:
        if self._scene is None or self._view is None or self._theme_background is None:
            return
        from l3rocc_studio.render.colormaps import background_of

        self._scene.set_background(background_of(self._backdrop, self._theme_background))
        self._view.request_render()

    def shut_down(self) -> None:
        """Free VTK's resources while the window still exists."""
        if self._mover is not None:
            self._mover.stop()
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

    def _refusal(self, frame_idx: int, prepared: Any) -> str:
        """Why a moment cannot be shown; empty if it can."""
        return "" if 0 <= frame_idx < self._num_frames else tr(OUTSIDE_TEXT)

    def _present(self, scene: S, frame_idx: int, prepared: Any) -> None:
        """Give the scene another frame."""
        raise NotImplementedError

    def _note_painted(self, seconds: float) -> None:
        self._note_drawing(seconds, is_orbiting=self._mover is not None and self._mover.is_orbiting)
        self.painted.emit()
        self._tell_camera()
