"""What may take the mouse over in a 3D view before it turns the camera."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt


class MouseTool(Protocol):
    """Something in a scene that can be gripped; places are device pixels from the lower left corner, as VTK has them.

    A view asks its tools in order; the first that takes a press keeps the mouse until the release.
    """

    def hover(self, x_px: float, y_px: float) -> Qt.CursorShape | None:
        """The mouse passes without a button: the cursor to show, or None where there is nothing to grip."""
        ...

    def press(self, x_px: float, y_px: float) -> bool:
        """The left button goes down: whether the tool takes it."""
        ...

    def drag(self, x_px: float, y_px: float) -> None:
        """The mouse moves with the button down."""
        ...

    def release(self, x_px: float, y_px: float) -> None:
        """The button goes up."""
        ...
