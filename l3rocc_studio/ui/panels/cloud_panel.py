"""The world: fused cloud, camera path, and where the camera is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from l3rocc_engine.run import Run
    from l3rocc_studio.model.looks import CloudLook
    from l3rocc_studio.model.view_keyframe import ViewKeyframe
    from l3rocc_studio.render.kept_layer import Drawing
    from l3rocc_studio.render.prepared_world import PreparedWorld
    from l3rocc_studio.render.world_scene import WorldScene

EMPTY_TEXT = N_("Process the video\nto see the scene in 3D")


class CloudPanel(ScenePanel["WorldScene"]):
    """The cloud panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Cloud"), EMPTY_TEXT, parent)
        self._is_growing = False

    @property
    def is_growing(self) -> bool:
        """Whether the cloud of a job that still runs is shown."""
        return self._is_growing

    @property
    def shows_nothing(self) -> bool:
        """Whether neither a run nor a growing cloud is shown."""
        return super().shows_nothing and not self._is_growing

    def show_growth(self, growth: PreparedWorld, frame_idx: int) -> None:
        """Show cloud and way as far as a running job knows them, with the camera at a frame counted in the run's."""
        if self._scene is None or self._view is None or self._has_run or growth.cameras is None:
            return
        self._is_growing = True
        self._num_frames = growth.cameras.trajectory.num_frames
        if self._sentence is not None:
            self._sentence.setVisible(False)
        self._kept_view.follow(growth.cameras.trajectory)
        self._scene.show_growth(growth)
        self.show_frame(frame_idx)

    def show_frame(self, frame_idx: int, prepared: object = None) -> None:
        """Show one moment, of what grows too."""
        super().show_frame(frame_idx, prepared)
        if self._is_growing and self._scene is not None and self._view is not None:
            self._present(self._scene, frame_idx, prepared)
            self._view.request_render()

    def set_look(self, look: CloudLook) -> None:
        """Show the run in another way."""
        self.set_backdrop(look.backdrop)
        if self._scene is not None and self._view is not None:
            self._scene.set_look(look)
            self._scene.set_detail(self.detail)  # which depends on what is shown
            self._view.request_render()

    def set_keyframes(self, keyframes: Sequence[ViewKeyframe], frames: range) -> None:
        """Views that the keyframed view travels along, at frames of the run; without any, the camera stays."""
        if self._scene is None or self._view is None:
            return
        self._scene.set_keyframes(keyframes, frames)
        if self._scene.view is ViewKind.KEYFRAMES:
            if not keyframes:
                self._free_camera()
            self._view.request_render()

    @property
    def is_coarse(self) -> bool:
        """A scrub needs no coarse cloud where the picture of the cloud is kept and only the camera's path changes."""
        keeps = self._scene is not None and self._scene.can_keep_still and not self._scene.has_voxels
        return self._is_adjusting or (self.is_moving if keeps else super().is_coarse)

    def _make_drawing(self, scene: WorldScene) -> Drawing:
        from l3rocc_studio.render.kept_layer import KeptLayer

        return KeptLayer(scene)

    def _stage(self, scene: WorldScene, run: Run | None, prepared: PreparedWorld | None) -> None:
        self._is_growing = False
        scene.set_run(run, prepared)

    def _present(self, scene: WorldScene, frame_idx: int, prepared: object) -> None:
        scene.set_detail(self.detail)
        # Outside the run's frames the path is shown as it is at the nearest of them.
        scene.show_frame(min(max(frame_idx, 0), self._num_frames - 1))
        if self._mover is not None and scene.has_moving_view:
            self._mover.retarget(scene.kept_pose())
