"""A 3D view that a person can take hold of: turned, shifted, zoomed, clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_studio.ui.panels.vtk_canvas import VtkCanvas

if TYPE_CHECKING:
    from l3rocc_studio.render.kept_layer import Drawing
    from l3rocc_studio.ui.panels.mouse_tool import MouseTool

_GL_NEAREST = 0x2600
_REST_MS = 180
CLICK_REACH_PX = 3.0
"""A button that goes up this near to where it went down has clicked, not dragged."""
_PRESS = {
    Qt.MouseButton.LeftButton: "LeftButtonPressEvent",
    Qt.MouseButton.MiddleButton: "MiddleButtonPressEvent",
    Qt.MouseButton.RightButton: "RightButtonPressEvent",
}
_RELEASE = {button: name.replace("Press", "Release") for button, name in _PRESS.items()}


class VtkView(VtkCanvas):
    """Turns what the mouse does into moves of the camera, unless a tool takes it over.

    Signals
    -------
    moving_changed (bool)
        The camera starts or stops being moved by hand: draw coarsely meanwhile.
    touched
        The person took hold of the scene, by a button or the wheel.
    clicked (float, float), double_clicked (float, float)
        The left button went down and up in one place, in device pixels from the lower left corner.
    hovered (float, float)
        The pointer passes without a button, in the same pixels.
    left
        The pointer is no longer over the scene.
    """

    moving_changed = Signal(bool)
    touched = Signal()
    clicked = Signal(float, float)
    double_clicked = Signal(float, float)
    hovered = Signal(float, float)
    left = Signal()

    def __init__(self, renderer: vtkRenderer, parent: QWidget | None = None, *, drawing: Drawing | None = None) -> None:
        super().__init__(renderer, parent, drawing=drawing)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self._is_moving = False
        self._buttons: set[Qt.MouseButton] = set()
        self._pressed: tuple[QPointF, Qt.MouseButton] | None = None
        self._tools: list[MouseTool] = []
        self._tool_in_use: MouseTool | None = None
        self.rest_cursor = Qt.CursorShape.ArrowCursor
        """The pointer's shape where no tool has another wish."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._come_to_rest)

    def add_tool(self, tool: MouseTool) -> None:
        """Let a tool take the mouse over; those added later are asked first."""
        self._tools.insert(0, tool)

    def shut_down(self) -> None:
        """Stop waiting for the hand to rest, and free VTK's graphics resources."""
        self._rest.stop()
        super().shut_down()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A button goes down: for a tool, or else a click or the begin of a turn, which shows in the next move."""
        button = event.button()
        if button not in _PRESS or self._is_closed or self._tool_in_use is not None:
            return
        self.touched.emit()
        if button is Qt.MouseButton.LeftButton and not self._buttons:
            self._tool_in_use = next((tool for tool in self._tools if tool.press(*self._place(event))), None)
            if self._tool_in_use is not None:
                return
        self._buttons.add(button)
        if len(self._buttons) == 1:
            self._pressed = (event.position(), button)
        else:
            self._begin_drag()
            self._pass_on(event, _PRESS[button])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A second click in the same place."""
        self.mousePressEvent(event)
        if self._pressed is not None and event.button() is Qt.MouseButton.LeftButton:
            self._pressed = None
            self.double_clicked.emit(*self._place(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Turn, shift or zoom, or let a tool do its work."""
        if self._is_closed:
            return
        if self._tool_in_use is not None:
            self._tool_in_use.drag(*self._place(event))
        elif self._buttons:
            if self._pressed is not None:
                way = event.position() - self._pressed[0]
                if max(abs(way.x()), abs(way.y())) <= CLICK_REACH_PX:
                    return
                self._begin_drag()
            self._pass_on(event, "MouseMoveEvent")
        else:
            shapes = (tool.hover(*self._place(event)) for tool in self._tools)
            self.setCursor(next((shape for shape in shapes if shape is not None), self.rest_cursor))
            self.hovered.emit(*self._place(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End it."""
        button = event.button()
        if button not in _RELEASE or self._is_closed:
            return
        if self._tool_in_use is not None:
            if button is Qt.MouseButton.LeftButton:
                tool, self._tool_in_use = self._tool_in_use, None
                tool.release(*self._place(event))
            return
        self._buttons.discard(button)
        if self._pressed is None:
            self._pass_on(event, _RELEASE[button])
        else:
            self._pressed = None
            if button is Qt.MouseButton.LeftButton:
                self.clicked.emit(*self._place(event))
        if not self._buttons:
            self._come_to_rest()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """The pointer is elsewhere."""
        super().leaveEvent(event)
        self.left.emit()

    def _begin_drag(self) -> None:
        """The button that went down begins to turn, shift or zoom, from where it went down."""
        if self._pressed is not None:
            place, button = self._pressed
            self._pressed = None
            self._locate(place.x(), place.y(), QGuiApplication.keyboardModifiers())
            self._interactor.InvokeEvent(_PRESS[button])
            self._set_moving(True)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom."""
        turns = event.angleDelta().y()
        if not turns or self._is_closed:
            return
        self.touched.emit()
        self._set_moving(True)
        self._locate(event.position().x(), event.position().y(), event.modifiers())
        self._interactor.InvokeEvent("MouseWheelForwardEvent" if turns > 0 else "MouseWheelBackwardEvent")
        self._rest.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys belong to the window's actions, not to VTK's built-in ones."""
        event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Nothing is drawn for a passing mouse."""
        event.accept()

    def _pass_on(self, event: QMouseEvent, name: str) -> None:
        self._locate(event.position().x(), event.position().y(), event.modifiers())
        self._interactor.InvokeEvent(name)

    def _place(self, event: QMouseEvent) -> tuple[float, float]:
        """Where the mouse is, as VTK counts."""
        scale = self.devicePixelRatioF()
        return event.position().x() * scale, (self.height() - 1 - event.position().y()) * scale

    def _locate(self, x: float, y: float, modifiers: Qt.KeyboardModifier) -> None:
        scale = self.devicePixelRatioF()
        is_ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        is_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        self._interactor.SetEventInformationFlipY(
            round(x * scale), round(y * scale), int(is_ctrl), int(is_shift), chr(0), 0, None
        )

    def _set_moving(self, is_moving: bool) -> None:
        if is_moving != self._is_moving:
            self._is_moving = is_moving
            self.moving_changed.emit(is_moving)

    def _come_to_rest(self) -> None:
        self._rest.stop()
        if not self._buttons:
            self._set_moving(False)
