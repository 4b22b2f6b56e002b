"""Where a run, or what grows into one, was looked at from, for the next result of the same poses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from l3rocc_studio.model.view import CameraPose, ViewKind

if TYPE_CHECKING:
    from l3rocc_engine.geometry.trajectory import Trajectory
    from l3rocc_studio.ui.panels.scene_3d import Scene3D


class KeptView:
    """An edit of the range or the voxels makes another result in the same place: one goes on looking as before."""

    def __init__(self) -> None:
        self._trajectory: Trajectory | None = None
        self._left: tuple[Trajectory, ViewKind, CameraPose] | None = None

    def change(self, scene: Scene3D, trajectory: Trajectory | None) -> None:
        """Another run, or none, is about to be shown: note how the present one is looked at."""
        if self._trajectory is not None:
            self._left = self._trajectory, scene.view, scene.kept_pose()
        self._trajectory = trajectory

    def follow(self, trajectory: Trajectory) -> None:
        """What is shown by now has these poses."""
        self._trajectory = trajectory

    def take_up(self, scene: Scene3D) -> None:
        """The run is shown: look at it as at the last one, if the cameras went the same way."""
        if self._left is None or self._trajectory is None:
            return
        trajectory, kind, pose = self._left
        if not np.array_equal(trajectory.world_from_cam, self._trajectory.world_from_cam):
            return
        scene.set_view(kind)
        if kind is ViewKind.FREE:
            scene.set_camera_pose(pose)
