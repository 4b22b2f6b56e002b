"""A panel that hosts a VTK scene once VTK is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from l3rocc_studio.ui.panels.panel import Panel

if TYPE_CHECKING:
    from vtkmodules.vtkRenderingCore import vtkRenderer

    from l3rocc_engine.run import Run
    from l3rocc_studio.render.colormaps import Background
    from l3rocc_studio.render.detail import Detail
    from l3rocc_studio.ui.panels.vtk_view import VtkView


class Scene3D(Protocol):
    """What the panel needs of a scene of :mod:`l3rocc_studio.render`."""

    renderer: vtkRenderer

    def set_run(self, run: Run | None) -> None:
        """Show another run, or nothing."""
        ...

    def show_frame(self, frame_idx: int) -> None:
        """Show one moment."""
        ...

    def set_detail(self, detail: Detail) -> None:
        """Coarse while something moves, full at rest."""
        ...

    def set_background(self, background: Background) -> None:
        """Change the background."""
        ...

    def fit(self) -> None:
        """Bring everything into the picture."""
        ...

    def close(self) -> None:
        """Let go of everything in VTK."""
        ...


class ScenePanel(Panel):
    """A card around a scene.

    The scene arrives after the window's first paint, since VTK takes a second to load.

    Signals
    -------
    painted
        The scene was drawn.
    """

    painted = Signal()

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty_text, parent)
        self._title = title
        self._empty_text = empty_text
        self._scene: Scene3D | None = None
        self._view: VtkView | None = None
        self._has_run = False
        self._is_scrubbing = False
        self._is_moving = False

    @property
    def view(self) -> VtkView | None:
        """The widget that draws, once VTK is loaded."""
        return self._view

    @property
    def scene(self) -> Scene3D | None:
        """The scene, once VTK is loaded."""
        return self._scene

    @property
    def draws(self) -> bool:
        """Whether asking for a picture will bring one: there is a run and the view can be seen."""
        return self._has_run and self._view is not None and self._view.isVisible()

    def host(self, scene: Scene3D) -> None:
        """Take the scene in."""
        from l3rocc_studio.ui.panels.vtk_view import VtkView

        self._scene = scene
        self._view = VtkView(scene.renderer, self)
        self._view.setAccessibleName(f"{self._title}, 3D view")
        self._view.painted.connect(self.painted)
        self._view.moving_changed.connect(self._set_moving)
        self.set_content(self._view)

    def set_run(self, run: Run | None) -> None:
        """Show another run, or the sentence."""
        self._has_run = run is not None and self._scene is not None
        if self._scene is None or self._view is None:
            return
        if run is None:
            self.show_empty(self._empty_text)
        else:
            self.show_content()
        self._scene.set_run(run)
        self._view.request_render()

    def show_frame(self, frame_idx: int) -> None:
        """Show one moment; it is drawn at the next repaint."""
        if self._scene is not None and self._view is not None and self._has_run:
            self._scene.show_frame(frame_idx)
            self._view.request_render()

    def fit(self) -> None:
        """Bring everything back into view."""
        if self._scene is not None and self._view is not None:
            self._scene.fit()
            self._view.request_render()

    def set_background(self, background: Background) -> None:
        """Follow the theme."""
        if self._scene is not None and self._view is not None:
            self._scene.set_background(background)
            self._view.request_render()

    def set_scrubbing(self, is_scrubbing: bool) -> None:
        """Draw coarsely while a person drags the playhead."""
        self._is_scrubbing = is_scrubbing
        self._update_detail()

    def shut_down(self) -> None:
        """Free VTK's resources while the window still exists."""
        if self._view is not None:
            self._view.shut_down()
        if self._scene is not None:
            self._scene.close()

    def _set_moving(self, is_moving: bool) -> None:
        self._is_moving = is_moving
        self._update_detail()

    def _update_detail(self) -> None:
        from l3rocc_studio.render.detail import Detail

        if self._scene is not None and self._view is not None and self._has_run:
            is_coarse = self._is_scrubbing or self._is_moving
            self._scene.set_detail(Detail.COARSE if is_coarse else Detail.FULL)
            self._view.request_render()
