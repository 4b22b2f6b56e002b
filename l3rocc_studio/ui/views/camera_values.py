"""The numbers of a camera, live, for people who script."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.ui.labels import dim_label
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

REFRESH_MS = 100
_NAMES = ("position", "focal_point", "view_up", "view_angle", "clipping_range")


class CameraValues(QWidget):
    """Follows the camera of one panel at most ten times a second, and only while it can be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel: ScenePanel | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._values = {name: QLabel("–", self) for name in _NAMES}
        for row, (name, value) in enumerate(self._values.items()):
            value.setObjectName("mono")
            value.setAccessibleName(name)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(dim_label(name, self), row, 0)
            grid.addWidget(value, row, 1)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(REFRESH_MS)
        self._due.timeout.connect(self._refresh)

    @property
    def texts(self) -> dict[str, str]:
        """What is shown, by name."""
        return {name: label.text() for name, label in self._values.items()}

    def follow(self, panel: ScenePanel) -> None:
        """Show the camera of another panel."""
        if self._panel is not None:
            self._panel.camera_changed.disconnect(self._note)
        self._panel = panel
        panel.camera_changed.connect(self._note)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up."""
        super().showEvent(event)
        self._refresh()

    def _note(self) -> None:
        if not self._due.isActive() and self.isVisible():
            self._due.start()

    def _refresh(self) -> None:
        scene = None if self._panel is None else self._panel.scene
        if scene is None or not self.isVisible():
            return
        for name, text in _texts(scene.camera_pose()).items():
            self._values[name].setText(text)


def _texts(pose: CameraPose) -> dict[str, str]:
    return {name: _text(value) for name, value in pose.to_dict().items() if name in _NAMES}


def _text(value: float | list[float] | None) -> str:
    """Numbers to three places, in columns."""
    numbers = value if isinstance(value, list) else [] if value is None else [value]
    return " ".join(f"{number:6.3f}" for number in numbers)
