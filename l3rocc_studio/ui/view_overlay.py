"""What stands over a view: a legend in its corner, a bar at its top."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QWidget


class ViewOverlay(QFrame):
    """Keeps its place when the view gets another size; hidden at first.

    Parameters
    ----------
    parent
        The view that it stands in.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        parent.installEventFilter(self)

    @abstractmethod
    def _place(self) -> None:
        """Take the size and the place that the view has for it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Stay at its place."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return bool(super().eventFilter(watched, event))
