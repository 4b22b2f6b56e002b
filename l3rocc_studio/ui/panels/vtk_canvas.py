"""A Qt widget that hosts a VTK render window and draws it only when something changed."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QGuiApplication, QOpenGLContext, QSurface
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkInteractionStyle import vtkInteractorStyleTrackballCamera
from vtkmodules.vtkRenderingCore import vtkRenderer
from vtkmodules.vtkRenderingOpenGL2 import vtkGenericOpenGLRenderWindow
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

if TYPE_CHECKING:
    from l3rocc_studio.render.kept_layer import Drawing

_GL_DRAW_FRAMEBUFFER = 0x8CA9
_GL_COLOR_ATTACHMENT0 = 0x8CE0
_GL_COLOR_BUFFER_BIT = 0x4000
_GL_SCISSOR_TEST = 0x0C11
_GL_DEPTH_TEST = 0x0B71
_GL_LEQUAL = 0x0203
_GL_NEAREST = 0x2600


class VtkCanvas(QOpenGLWidget):
    """Shows one VTK renderer; VTK draws into its own buffers, which are copied into the widget's.

    VTK renders at most once a repaint and only after :meth:`request_render`, a resize or an interaction: a repaint
    that Qt wants for its own reasons copies the last picture. The widget takes no drops, so that they reach the window.

    Signals
    -------
    painted (float)
        After a requested picture was drawn; the seconds that it took.
    resized
        The picture has another shape.
    camera_moved
        The person moved the camera.
    """

    painted = Signal(float)
    resized = Signal()
    camera_moved = Signal()

    def __init__(self, renderer: vtkRenderer, parent: QWidget | None = None, *, drawing: Drawing | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.NoPartialUpdate)
        self.setAcceptDrops(False)
        self._renderer = renderer
        self._window = vtkGenericOpenGLRenderWindow()
        self._window.SetReadyForRendering(False)
        self._window.SetFrameBlitModeToNoBlit()
        self._window.SetMultiSamples(0)
        self._window.AddRenderer(renderer)
        self._interactor = vtkGenericRenderWindowInteractor()
        self._interactor.SetRenderWindow(self._window)
        self._interactor.SetInteractorStyle(vtkInteractorStyleTrackballCamera())
        self._interactor.EnableRenderOff()
        self._interactor.Initialize()
        self._context: QOpenGLContext | None = None
        self._surface: QSurface | None = None
        self._is_dirty = True
        self._is_closed = False
        self._observers: list[tuple[Any, int]] = [
            (self._window, self._window.AddObserver("WindowMakeCurrentEvent", self._make_vtk_current)),
            (self._window, self._window.AddObserver("WindowIsCurrentEvent", self._tell_vtk_current)),
            (self._interactor, self._interactor.AddObserver("RenderEvent", self._interactor_wants_render)),
        ]

    @property
    def renderer(self) -> vtkRenderer:
        """The renderer that is shown."""
        return self._renderer

    def request_render(self) -> None:
        """Draw the scene anew at the next repaint; many requests before it make one drawing."""
        if not self._is_closed:
            self._is_dirty = True
            self.update()

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture in device pixels."""
        width_px, height_px = self._window.GetSize()
        return width_px, height_px

    @contextmanager
    def lent_renderer(self) -> Iterator[None]:
        """Let another window draw the scene for a while, for instance a larger one; the widget keeps its picture."""
        self.makeCurrent()
        self._forget_drawing()
        # What is left on this context would pull it back into the other window's drawing.
        self._window.Finalize()
        self._window.RemoveRenderer(self._renderer)
        self.doneCurrent()
        try:
            yield
        finally:
            self._window.AddRenderer(self._renderer)
            self.makeCurrent()
            self._begin_on_context()
            self.doneCurrent()
            self.request_render()

    def draw_aside(self, draw: Callable[[vtkGenericOpenGLRenderWindow], bool]) -> None:
        """Let something draw with the window's means for itself; if it says that it did, the scene is drawn anew."""
        if self._is_closed or not self._window.GetReadyForRendering():
            return
        was_dirty, self._is_dirty = self._is_dirty, True
        self.makeCurrent()
        try:
            with self._clean_state():
                self._is_dirty = draw(self._window) or was_dirty
        finally:
            self.doneCurrent()

    def shut_down(self) -> None:
        """Free VTK's graphics resources while the context is still alive; call before the window is deleted."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._context is not None:
            self.makeCurrent()
            self._window.Finalize()
            self._forget_drawing()
            self.doneCurrent()
        self._let_go()

    def event(self, event: QEvent) -> bool:
        """A changed scale of the screen needs a new picture."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.request_render()
        return bool(super().event(event))

    # The render window's side

    def _make_vtk_current(self, _window: object, _event: str) -> None:
        # Not QOpenGLWidget.makeCurrent(): that also binds the widget's buffer under VTK's feet.
        if self._context is not None and self._surface is not None:
            self._context.makeCurrent(self._surface)

    def _tell_vtk_current(self, _window: object, _event: str) -> None:
        is_current = self._context is not None and QOpenGLContext.currentContext() is self._context
        self._window.SetIsCurrent(is_current)

    def _interactor_wants_render(self, _interactor: object, _event: str) -> None:
        self.camera_moved.emit()
        self.request_render()

    def initializeGL(self) -> None:  # noqa: N802  (Qt's name)
        """Hand Qt's context to VTK."""
        if self._is_closed:
            return
        self._context = self.context()
        self._surface = self._context.surface()
        self._context.aboutToBeDestroyed.connect(self._lose_context)
        self._begin_on_context()
        self._is_dirty = True

    def _begin_on_context(self) -> None:
        """Let VTK take up the context that is current."""
        _point_to_gl_loader(self._window)
        self._window.OpenGLInitContext()
        self._window.OpenGLInit()
        self._restore_vtk_state()
        self._window.SetForceMaximumHardwareLineWidth(1)
        self._window.SetReadyForRendering(True)
        self._window.SetOwnContext(0)

    def _restore_vtk_state(self) -> None:
        state = self._window.GetState()
        state.Reset()
        state.vtkglDepthFunc(_GL_LEQUAL)
        state.vtkglEnable(_GL_DEPTH_TEST)

    def resizeGL(self, width: int, height: int) -> None:  # noqa: N802
        """Tell VTK the new size in device pixels."""
        if self._is_closed:
            return
        scale = self.devicePixelRatioF()
        self._interactor.UpdateSize(max(1, round(width * scale)), max(1, round(height * scale)))
        self._window.SetDPI(round(72 * scale))
        self._is_dirty = True
        self.resized.emit()

    def paintGL(self) -> None:  # noqa: N802
        """Draw the scene if it changed, and copy the picture into the widget."""
        if self._is_closed or not self._window.GetReadyForRendering():
            return
        started_s = time.perf_counter()
        was_dirty, self._is_dirty = self._is_dirty, False
        with self._clean_state():
            if was_dirty:
                self._draw()
                self.makeCurrent()
            self._copy_picture()
        if was_dirty:
            self.painted.emit(time.perf_counter() - started_s)

    @contextmanager
    def _clean_state(self) -> Iterator[None]:
        """Whatever others did to the context is not what VTK remembers of it."""
        state = self._window.GetState()
        state.Reset()
        state.Push()
        state.vtkglDepthFunc(_GL_LEQUAL)
        state.vtkglEnable(_GL_DEPTH_TEST)
        try:
            yield
        finally:
            state.Pop()

    def _draw(self) -> None:
        if self._drawing is None:
            self._window.Render()
        else:
            self._drawing.draw(self._window)

    def _forget_drawing(self) -> None:
        if self._drawing is not None:
            self._drawing.forget()

    def _copy_picture(self) -> None:
        """Copy VTK's finished picture into the widget's buffer and make it opaque for the compositor."""
        gl = self.context().extraFunctions()
        gl.glBindFramebuffer(_GL_DRAW_FRAMEBUFFER, self.defaultFramebufferObject())
        gl.glDrawBuffers(1, [_GL_COLOR_ATTACHMENT0])
        gl.glDisable(_GL_SCISSOR_TEST)
        width, height = self._window.GetSize()
        self._window.BlitDisplayFramebuffer(
            0, 0, 0, width, height, 0, 0, width, height, _GL_COLOR_BUFFER_BIT, _GL_NEAREST
        )
        gl.glColorMask(0, 0, 0, 1)
        gl.glClearColor(0.0, 0.0, 0.0, 1.0)
        gl.glClear(_GL_COLOR_BUFFER_BIT)
        gl.glColorMask(1, 1, 1, 1)

    def _lose_context(self) -> None:
        """Qt is about to delete the context, as when the widget moves to another window: free VTK's share of it."""
        if self._context is None or self._surface is None:
            return
        self._context.makeCurrent(self._surface)
        self._window.Finalize()
        self._forget_drawing()
        self._window.SetReadyForRendering(False)
        self._context = self._surface = None

    def _let_go(self) -> None:
        for owner, tag in self._observers:
            owner.RemoveObserver(tag)
        self._observers = []
        self._window.RemoveRenderer(self._renderer)
        self._interactor.SetInteractorStyle(None)
        self._interactor.SetRenderWindow(None)
        self._window.SetReadyForRendering(False)
        self._context = self._surface = None


def _point_to_gl_loader(window: vtkGenericOpenGLRenderWindow) -> None:
    """On Linux VTK must find OpenGL's functions the way Qt made the context: through GLX or through EGL."""
    if not sys.platform.startswith("linux"):
        return
    if QGuiApplication.platformName().startswith("wayland"):
        loader = ctypes.CDLL("libEGL.so.1").eglGetProcAddress
    else:
        loader = ctypes.CDLL("libGL.so.1").glXGetProcAddressARB
    address = ctypes.cast(loader, ctypes.c_void_p).value
    window.SetOpenGLSymbolLoader2(int(address or 0), 0)
