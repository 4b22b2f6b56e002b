"""What the current camera sees occupied, in its own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_studio.model.looks import VoxelShape
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from l3rocc_engine.run import GrowingRun, Run
    from l3rocc_studio.model.looks import OccupancyLook
    from l3rocc_studio.render.extent import Extent
    from l3rocc_studio.render.kept_layer import Drawing
    from l3rocc_studio.render.occupancy_scene import OccupancyScene
    from l3rocc_studio.render.prepared_frame import PreparedFrame
    from l3rocc_studio.render.sketched_drawing import SketchedDrawing
    from l3rocc_studio.render.voxel_style import VoxelStyle
    from l3rocc_studio.ui.staging import PreparedGrowth

EMPTY_TEXT = N_("Process the video to see\nwhat the camera sees occupied")
MISSING_TEXT = N_("This frame is not computed yet")
COMING_TEXT = N_("Preparing the view…")


class OccupancyPanel(ScenePanel["OccupancyScene"]):
    """The occupancy panel."""

    is_of_world = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Occupancy"), EMPTY_TEXT, parent)
        self._growing: GrowingRun | None = None
        self._awaited_idx: int | None = None
        self._drawing: SketchedDrawing | None = None

    @property
    def is_growing(self) -> bool:
        """Whether the occupancy of a job that still runs is shown."""
        return self._growing is not None

    @property
    def num_grown(self) -> int:
        """How many frames of a growing occupancy can be shown."""
        return 0 if self._growing is None else self._growing.occupancy.num_ready

    @property
    def first_grown(self) -> int:
        """The frame of the timeline that a growing occupancy begins with."""
        frame_range = () if self._growing is None else self._growing.config.frame_range
        return frame_range[0] if frame_range else 0

    def show_growth(self, growth: PreparedGrowth) -> bool:
        """Show the occupancy of a running job, whose later frames are not there yet; whether it is a new one."""
        if self._scene is None or self._view is None:
            return False
        if growth.run is self._growing:
            if self._awaited_idx is not None and self._awaited_idx < growth.num_ready:
                self.say(tr(COMING_TEXT))
            return False
        self._growing, self._has_run = growth.run, True
        self._num_frames = growth.run.occupancy.num_frames
        self._is_camera_free = False
        self._scene.set_run(growth.run, growth.extent)
        self._view.request_render()
        return True

    @property
    def is_slow(self) -> bool:
        """Many voxels take long whoever draws them."""
        return super().is_slow or (self._scene is not None and self._scene.has_many_voxels)

    def choose_style(self) -> VoxelStyle:
        """What frames must be prepared for to be shown now; the scene is there.

        While time moves and the camera does not, frames are painted on a canvas, which is drawn here when there is none
        of this view; so is one that stays where there are too many voxels to hand to the graphics library at once.
        """
        assert self._scene is not None
        self._scene.rests_painted = self._scene.has_many_voxels and self._scene.look.shape is not VoxelShape.CUBES
        if self._view is not None and self._drawing is not None:
            if self.is_moving:
                self._drawing.forget()
            elif self.is_coarse or self._scene.rests_painted:
                self._view.draw_aside(self._drawing.renew_canvas)
        return self._scene.style(self.detail)

    @property
    def mesh_style(self) -> VoxelStyle | None:
        """What the frame that stays must still be prepared for, so that it can be seen from elsewhere too."""
        return None if self._scene is None or self.is_coarse else self._scene.mesh_style

    def add_mesh(self, frame_idx: int, prepared: PreparedFrame | None) -> None:
        """Take that, and what was counted with it; None if it cannot be made."""
        if self._scene is not None:
            self._scene.add_mesh(prepared)  # which looks as what is painted: nothing is drawn
            self.presented.emit(frame_idx)

    def note_preparation(self, seconds: float) -> None:
        """A full frame was waited for so long; one that is painted says nothing of those that are not."""
        if self._scene is None or not self._scene.rests_painted:
            super().note_preparation(seconds)

    def _note_drawing(self, seconds: float, *, is_orbiting: bool) -> None:
        if self._drawing is None or not self._drawing.was_put:
            super()._note_drawing(seconds, is_orbiting=is_orbiting)

    def set_look(self, look: OccupancyLook) -> None:
        """Show the run in another way; other voxels come with the next frame."""
        self.set_backdrop(look.backdrop)
        if self._scene is not None and self._view is not None:
            self._scene.set_look(look)
            self._view.request_render()
            self.detail_changed.emit()

    def _make_drawing(self, scene: OccupancyScene) -> Drawing:
        from l3rocc_studio.render.sketched_drawing import SketchedDrawing

        self._drawing = SketchedDrawing(scene)
        return self._drawing

    def _stage(self, scene: OccupancyScene, run: Run | None, prepared: Extent | None) -> None:
        self._growing = None
        scene.set_run(run, prepared)

    def _refusal(self, frame_idx: int, prepared: PreparedFrame | None) -> str:
        return tr(MISSING_TEXT) if self._is_to_come(frame_idx, prepared) else super()._refusal(frame_idx, prepared)

    def _is_to_come(self, frame_idx: int, prepared: PreparedFrame | None) -> bool:
        return self._growing is not None and prepared is None and frame_idx >= self.num_grown

    def _present(self, scene: OccupancyScene, frame_idx: int, prepared: PreparedFrame | None) -> None:
        self._awaited_idx = frame_idx if self._is_to_come(frame_idx, prepared) else None
        if self._refusal(frame_idx, prepared):
            scene.show_nothing(frame_idx)
        else:
            scene.show_frame(frame_idx, prepared)
