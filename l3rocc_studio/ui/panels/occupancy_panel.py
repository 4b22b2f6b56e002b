"""What the current camera sees occupied, in its own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from l3rocc_engine.run import Run
    from l3rocc_studio.render.occupancy_scene import Extent, OccupancyScene, PreparedFrame

EMPTY_TEXT = "Process the video to see\nwhat the camera sees occupied"


class OccupancyPanel(ScenePanel["OccupancyScene"]):
    """The occupancy panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Occupancy", EMPTY_TEXT, parent)

    def set_history_visible(self, *, is_visible: bool) -> None:
        """Show or hide what earlier frames saw; takes effect with the next frame."""
        if self._scene is not None:
            self._scene.set_history_visible(is_visible=is_visible)
            self.detail_changed.emit()

    def _stage(self, scene: OccupancyScene, run: Run | None, prepared: Extent | None) -> None:
        scene.set_run(run, prepared)

    def _present(self, scene: OccupancyScene, frame_idx: int, prepared: PreparedFrame | None) -> None:
        scene.show_frame(frame_idx, prepared)
